"""What a profile itself says to a provider that callagent has no factory for: language, key terms, thresholds.

Each value goes to the parameter of its name, where the provider has one and no option stands beside `use`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from callagent.profile import Profile, ProviderSpec, VadSettings
from callagent.providers.constructors import Constructor
from callagent.providers.keyterms import short_bias_of
from callagent.providers.plugins import INFERENCE_NAME

_LANGUAGE: Final = ("language", "language_codes", "language_code", "languages")
_KEY_TERMS: Final = ("keyterms", "keyterms_prompt", "keyterm", "phrase_list", "hotwords")
"""Parameters of recognisers that take a list of phrases to expect."""

_GATEWAY_KEY_TERMS: Final = {"deepgram": "keyterm", "assemblyai": "keyterms_prompt"}
"""Provider of a model of LiveKit Inference -> what its key terms are called there (`extra_kwargs`)."""

_WITH_REGION: Final = ("azure", "aws", "google", "nvidia", "clova")
"""Plugins that want the language with its region; their own defaults are written so, or their API's are."""

_THRESHOLDS: Final = {
    "activation_threshold": ("activation_threshold",),
    "deactivation_threshold": ("deactivation_threshold",),
    "min_speech": ("min_speech", "min_speech_duration"),
    "min_silence": ("min_silence", "min_silence_duration"),
    "prefix_padding": ("prefix_padding", "prefix_padding_duration"),
}
"""Key of the section `vad` -> what the parameter is called: as here, or as livekit's detectors call it."""


def arguments_of(constructor: Constructor, profile: Profile, spec: ProviderSpec) -> dict[str, Any]:
    """Return what the constructor is called with: the options, and what the profile gives to its parameters."""
    options = dict(spec.options)
    if "/" in spec.use:
        options.setdefault("model", spec.use)
    known = constructor.parameters
    filled = {name: value for name, value in _values(constructor, profile) if name in known}
    if options.get("detect_language"):
        filled = {name: value for name, value in filled.items() if name not in _LANGUAGE}
    if extra := _gateway_key_terms(constructor, profile, options):
        options["extra_kwargs"] = extra
    return {**filled, **options}


def _gateway_key_terms(constructor: Constructor, profile: Profile, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the options that LiveKit Inference hands on to its recognisers, with the key terms."""
    given, model = options.get("extra_kwargs", {}), str(options.get("model", ""))
    name = _GATEWAY_KEY_TERMS.get(model.partition("/")[0])
    if constructor.part != "stt" or constructor.name != INFERENCE_NAME or name is None or not isinstance(given, dict):
        return None
    return {name: list(short_bias_of(profile)), **given}


def unused_thresholds(constructor: Constructor, profile: Profile) -> list[str]:
    """Return the keys of the section `vad` that say something else than usual, and that the detector cannot follow."""
    if "profile" in constructor.parameters and constructor.own:
        return []
    known = constructor.parameters
    return [key for key in _changed(profile.vad) if not any(name in known for name in _THRESHOLDS[key])]


def _values(constructor: Constructor, profile: Profile) -> Iterator[tuple[str, Any]]:
    if constructor.own:
        yield "profile", profile
    if constructor.part == "vad":
        yield "sample_rate", profile.vad.sample_rate
        for key in _changed(profile.vad):
            yield from ((name, getattr(profile.vad, key)) for name in _THRESHOLDS[key])
        return
    if constructor.part in ("stt", "tts"):
        yield from _languages(constructor, profile.language)
    if constructor.part == "stt":
        yield from _first(_KEY_TERMS, constructor.parameters, list(short_bias_of(profile)))


def _languages(constructor: Constructor, language: str) -> Iterator[tuple[str, Any]]:
    """Give the tag with its region where the provider writes its own default so, and to functions of one's own."""
    for name in (name for name in _LANGUAGE if name in constructor.parameters):
        default = constructor.parameters[name].default
        regional = constructor.name.rpartition("-")[2] in _WITH_REGION or (isinstance(default, str) and "-" in default)
        tag = language if constructor.own or regional else language.partition("-")[0]
        yield name, [tag] if name == "language_codes" else tag
        return


def _first(names: Iterable[str], known: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    yield from [(name, value) for name in names if name in known][:1]


def _changed(settings: VadSettings) -> list[str]:
    usual = VadSettings()
    return [key for key in _THRESHOLDS if getattr(settings, key) != getattr(usual, key)]

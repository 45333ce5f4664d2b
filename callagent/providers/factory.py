"""The providers by name: checked at start, made per call, their models loaded once per process."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, cast

from livekit.agents import llm, tts, vad

from callagent.profile import Profile, ProviderSpec
from callagent.providers.availability import problems
from callagent.providers.registry import OFFERS, Offer, resolve
from callagent.providers.types import Providers, Reply, Script, Setup
from callagent.yaml_config import ConfigError, Problem


def check_providers(profile: Profile, env: Mapping[str, str] | None = None) -> None:
    """Raise ConfigError, one line each, for a provider, an option, a key or a package that is not there.

    `env` is where keys are looked up, None for the process's environment. The providers' plugins are imported, which
    livekit allows on the main thread only: call this there before `prewarm` runs elsewhere.
    """
    _refuse(problems(profile, os.environ if env is None else env))
    for _, offer, _ in _chosen(profile):
        resolve(offer.make)


def make_providers(profile: Profile, *, script: Script | None = None) -> Providers:
    """Return the providers of one call. Raise ConfigError as `check_providers` does.

    `script` is what the scripted LLM answers from, None for the profile's own replies. Models that are not loaded yet
    are loaded now, which blocks; `prewarm` does that ahead.
    """
    check_providers(profile)
    script = script or script_of(profile)
    made = {part: resolve(offer.make)(Setup(profile, spec.options, script)) for part, offer, spec in _chosen(profile)}
    return Providers(**made)


def make_voice(profile: Profile) -> tts.TTS[Any]:
    """Return the voice of a call alone, as `make_providers` makes it."""
    _refuse(problems(profile, os.environ, ["tts"]))
    return cast("tts.TTS[Any]", _make("tts", profile, Script()))


def make_llm(profile: Profile) -> llm.LLM[Any]:
    """Return the profile's LLM alone, for a conversation without sound. Raise ConfigError as `check_providers` does."""
    _refuse(problems(profile, os.environ, ["llm"]))
    return cast("llm.LLM[Any]", _make("llm", profile, script_of(profile)))


def make_vad(profile: Profile) -> vad.VAD:
    """Return the profile's VAD alone. Raise ConfigError as `check_providers` does, for that part."""
    _refuse(problems(profile, os.environ, ["vad"]))
    return cast("vad.VAD", _make("vad", profile, Script()))


def prewarm(profile: Profile) -> None:
    """Load the models of the profile's local providers and run each once. Raise ConfigError where one is missing.

    Blocks, may run in any thread; a second call finds the models loaded.
    """
    warmed = [(part, offer.warm, spec) for part, offer, spec in _chosen(profile) if offer.warm]
    _refuse(problems(profile, os.environ, [part for part, _, _ in warmed]))
    for _, warm, spec in warmed:
        resolve(warm)(Setup(profile, spec.options, Script()))


def make_ahead(profile: Profile) -> None:
    """Make what the next call of the profile would make, where that takes time. Blocks.

    Raises:
        ConfigError: as `check_providers`, for those parts.
    """
    slow = [(part, offer.ahead, spec) for part, offer, spec in _chosen(profile) if offer.ahead]
    _refuse(problems(profile, os.environ, [part for part, _, _ in slow]))
    for _, ahead, spec in slow:
        resolve(ahead)(Setup(profile, spec.options, Script()))


def script_of(profile: Profile) -> Script:
    """Return the profile's own replies as a script."""
    replies = tuple(Reply(each.when, each.say, each.tool, each.args) for each in profile.replies)
    return Script(replies, profile.otherwise)


def _make(part: str, profile: Profile, script: Script) -> Any:
    spec: ProviderSpec = getattr(profile.providers, part)
    return resolve(OFFERS[part][spec.use].make)(Setup(profile, spec.options, script))


def _refuse(found: list[Problem]) -> None:
    if found:
        raise ConfigError(*found)


def _chosen(profile: Profile) -> Iterator[tuple[str, Offer, ProviderSpec]]:
    """Yield part, offer and spec of each provider that there is."""
    for part, offers in OFFERS.items():
        spec: ProviderSpec = getattr(profile.providers, part)
        if spec.use in offers:
            yield part, offers[spec.use], spec

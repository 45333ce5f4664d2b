"""The providers by name: checked at start, made per call, their models loaded once per process."""

import logging
import os
from collections.abc import Mapping
from typing import Any, cast

from livekit.agents import llm, tts, vad

from callagent.profile import Profile
from callagent.providers.availability import member_problems, problems
from callagent.providers.making import make_part, try_out
from callagent.providers.registry import OFFERS, members_of, resolve
from callagent.providers.types import Providers, Reply, Script, Setup
from callagent.yaml_config import ConfigError, Problem

_log = logging.getLogger("callagent.providers")


def check_providers(profile: Profile, env: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Raise ConfigError, one line each, for a provider, an option, a key or a package that is not there. Return, and
    log, what is different while one provider of a chain is used instead of another.

    `env` is where keys are looked up, None for the process's environment. The providers' plugins are imported, which
    livekit allows on the main thread only: call this there before `prewarm` runs elsewhere. What is none of callagent's
    own is made once, and thrown away: only then it says that its key is missing.
    """
    _refuse(problems(profile, os.environ if env is None else env))
    for member in members_of(profile):
        if member.offer:
            resolve(member.offer.make)
    notes = try_out(profile)
    for note in notes:
        _log.warning("the providers of a chain differ", extra={"profile": profile.name, "note": note})
    return notes


def make_providers(profile: Profile, *, script: Script | None = None) -> Providers:
    """Return the providers of one call. Raise ConfigError as `check_providers` does.

    `script` is what the scripted LLM answers from, None for the profile's own replies. Models that are not loaded yet
    are loaded now, which blocks; `prewarm` does that ahead.
    """
    _refuse(problems(profile, os.environ))
    script = script or script_of(profile)
    return Providers(**{part: make_part(profile, part, script) for part in OFFERS})


def make_voice(profile: Profile) -> tts.TTS[Any]:
    """Return the voice of a call alone, as `make_providers` makes it."""
    _refuse(problems(profile, os.environ, ["tts"]))
    return cast("tts.TTS[Any]", make_part(profile, "tts", Script()))


def make_llm(profile: Profile) -> llm.LLM[Any]:
    """Return the profile's LLM alone, for a conversation without sound. Raise ConfigError as `check_providers` does."""
    _refuse(problems(profile, os.environ, ["llm"]))
    return cast("llm.LLM[Any]", make_part(profile, "llm", script_of(profile)))


def make_vad(profile: Profile) -> vad.VAD:
    """Return the profile's VAD alone. Raise ConfigError as `check_providers` does, for that part."""
    _refuse(problems(profile, os.environ, ["vad"]))
    return cast("vad.VAD", make_part(profile, "vad", Script()))


def prewarm(profile: Profile) -> None:
    """Load the models of the profile's local providers and run each once. Raise ConfigError where one is missing.

    Blocks, may run in any thread; a second call finds the models loaded.
    """
    warmed = [(member, member.offer.warm) for member in members_of(profile) if member.offer and member.offer.warm]
    _refuse([flaw for member, _ in warmed for flaw in member_problems(profile, member, os.environ)])
    for member, warm in warmed:
        resolve(warm)(Setup(profile, member.spec.options, Script()))


def make_ahead(profile: Profile) -> None:
    """Make what the next call of the profile would make, where that takes time. Blocks.

    Raises:
        ConfigError: as `check_providers`, for those parts.
    """
    slow = [(member, member.offer.ahead) for member in members_of(profile) if member.offer and member.offer.ahead]
    _refuse([flaw for member, _ in slow for flaw in member_problems(profile, member, os.environ)])
    for member, ahead in slow:
        resolve(ahead)(Setup(profile, member.spec.options, Script()))


def script_of(profile: Profile) -> Script:
    """Return the profile's own replies as a script."""
    replies = tuple(Reply(each.when, each.say, each.tool, each.args) for each in profile.replies)
    return Script(replies, profile.otherwise)


def _refuse(found: list[Problem]) -> None:
    if found:
        raise ConfigError(*found)

"""The providers by name: checked at start, made per call, their models loaded once per process."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from livekit.agents import llm, tts, vad

from callagent.profile import Profile, ProviderSpec, load_profile, load_targets
from callagent.providers.availability import member_problems, moved, problems
from callagent.providers.making import make_part, try_out
from callagent.providers.registry import OFFERS, members_of, resolve
from callagent.providers.turn_ends import make_turn_model, turn_end_notes
from callagent.providers.types import Providers, Reply, Script, Setup
from callagent.yaml_config import ConfigError, Problem

_log = logging.getLogger("callagent.providers")


def load_usable(name_or_path: str | Path, *, sets: Sequence[str] = ()) -> Profile:
    """Return a profile that a call can be answered with: its providers can be made, its functions be called.

    Raises:
        ConfigError: it cannot.
    """
    profile = load_profile(name_or_path, sets=sets)
    check_providers(profile)
    load_targets(profile)
    return profile


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
    notes = (*try_out(profile), *turn_end_notes(profile))
    for note in notes:
        _log.warning("a provider does not do all that others do", extra={"profile": profile.name, "note": note})
    for name, agent in profile.agents.items():
        if agent.models:
            notes += check_models(profile, agent.models, f"agents.{name}", env)
    return notes


def make_providers(profile: Profile, *, script: Script | None = None) -> Providers:
    """Return the providers of one call. Raise ConfigError as `check_providers` does.

    `script` is what the scripted LLM answers from, None for the profile's own replies. Models that are not loaded yet
    are loaded now, which blocks; `prewarm` does that ahead. Those of several agents are made with them, so that a
    hand-over waits for none.
    """
    _refuse(problems(profile, os.environ))
    agents = {name: _models_of(profile, name, script) for name in profile.agents}
    script = script or script_of(profile)
    parts = {part: make_part(profile, part, script) for part in OFFERS}
    return Providers(**parts, turn_model=make_turn_model(profile), agents=agents)


def _models_of(profile: Profile, name: str, script: Script | None) -> dict[str, Any]:
    """Return what one of several agents has of its own; a scripted LLM in any case, as the replies may be its own."""
    spec = profile.agents[name]
    script = script or script_of(profile, name)
    made = make_models(profile, spec.models, f"agents.{name}", script=script) if spec.models else {}
    scripted = spec.llm is None and profile.providers.llm.use == "script" and not profile.providers.llm.fallbacks
    return {"llm": make_part(profile, "llm", script), **made} if scripted else made


def make_voice(profile: Profile) -> tts.TTS[Any]:
    """Return the voice of a call alone, as `make_providers` makes it."""
    _refuse(problems(profile, os.environ, ["tts"]))
    return cast("tts.TTS[Any]", make_part(profile, "tts", Script()))


def make_llm(profile: Profile) -> llm.LLM[Any]:
    """Return the profile's LLM alone, for a conversation without sound. Raise ConfigError as `check_providers` does."""
    _refuse(problems(profile, os.environ, ["llm"]))
    return cast("llm.LLM[Any]", make_part(profile, "llm", script_of(profile)))


def make_agent_llms(profile: Profile) -> dict[str, dict[str, Any]]:
    """Return the LLMs of several agents, for a conversation without sound. Raise ConfigError as `make_models` does."""
    silent = {name: spec.model_copy(update={"stt": None, "tts": None}) for name, spec in profile.agents.items()}
    quiet = profile.model_copy(update={"agents": silent}).placed_as(profile)
    return {name: _models_of(quiet, name, None) for name in silent}


def make_vad(profile: Profile) -> vad.VAD:
    """Return the profile's VAD alone. Raise ConfigError as `check_providers` does, for that part."""
    _refuse(problems(profile, os.environ, ["vad"]))
    return cast("vad.VAD", make_part(profile, "vad", Script()))


def make_models(
    profile: Profile, chosen: Mapping[str, ProviderSpec], at: str, *, script: Script | None = None
) -> dict[str, Any]:
    """Return the providers of one agent that has its own: `stt`, `llm` or `tts`, as livekit's `Agent(…)` takes them,
    and `Agent.update_options(…)` in the middle of a call.

    Args:
        profile: gives them language, key terms and limits.
        chosen: part -> provider or chain.
        at: key of the profile at which they stand (`agents.orders`), for messages.
        script: what a scripted LLM answers from, None for the profile's own replies.

    Raises:
        ConfigError: as `check_models`.
    """
    agent = _of_one_agent(profile, chosen, at)
    with _standing(at):
        _refuse(problems(agent, os.environ, chosen))
        return {part: make_part(agent, part, script or script_of(profile)) for part in chosen}


def check_models(
    profile: Profile, chosen: Mapping[str, ProviderSpec], at: str, env: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Look at the providers of one agent as `check_providers` does at those of the profile, at load."""
    with _standing(at):
        return check_providers(_of_one_agent(profile, chosen, at), env)


def _of_one_agent(profile: Profile, chosen: Mapping[str, ProviderSpec], at: str) -> Profile:
    """Return the profile as one of its agents has it, which hands over to nobody."""
    return profile.with_providers(chosen, at).model_copy(update={"agents": {}})


@contextmanager
def _standing(at: str) -> Iterator[None]:
    """Name the keys of problems as they stand in the file: `agents.orders.tts`."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(*(moved(each, at) for each in error.problems)) from error


def prewarm(profile: Profile) -> None:
    """Load the models of the profile's local providers and run each once, and its end-of-turn model where it uses one.
    Raise ConfigError where one is missing.

    Blocks, may run in any thread; a second call finds the models loaded.
    """
    warmed = [(member, member.offer.warm) for member in members_of(profile) if member.offer and member.offer.warm]
    _refuse([flaw for member, _ in warmed for flaw in member_problems(profile, member, os.environ)])
    for member, warm in warmed:
        resolve(warm)(Setup(profile, member.spec.options, Script()))
    make_turn_model(profile)
    for agent, at in _agents_with_models(profile):
        with _standing(at):
            prewarm(agent)


def make_ahead(profile: Profile) -> None:
    """Make what the next call of the profile would make, where that takes time. Blocks.

    Raises:
        ConfigError: as `check_providers`, for those parts.
    """
    slow = [(member, member.offer.ahead) for member in members_of(profile) if member.offer and member.offer.ahead]
    _refuse([flaw for member, _ in slow for flaw in member_problems(profile, member, os.environ)])
    for member, ahead in slow:
        resolve(ahead)(Setup(profile, member.spec.options, Script()))
    for agent, at in _agents_with_models(profile):
        with _standing(at):
            make_ahead(agent)


def _agents_with_models(profile: Profile) -> Iterator[tuple[Profile, str]]:
    """Yield the profile as each agent with models of its own has it, and where those stand."""
    for name, spec in profile.agents.items():
        if spec.models:
            yield _of_one_agent(profile, spec.models, f"agents.{name}"), f"agents.{name}"


def script_of(profile: Profile, agent: str | None = None) -> Script:
    """Return the profile's own replies as a script: those of everybody, and those of `agent` alone."""
    replies = (each for each in profile.replies if each.agent in (None, agent))
    return Script(
        tuple(Reply(each.when, each.say, each.tool, each.args) for each in replies),
        profile.otherwise,
        bool(profile.agents),
    )


def _refuse(found: list[Problem]) -> None:
    if found:
        raise ConfigError(*found)

"""The provider of a part, made: by callagent's factory of that name, or by what its name stands for elsewhere."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain as in_a_row
from typing import Any

from livekit.agents import llm
from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers.availability import constructor
from callagent.providers.constructors import NotConstructed
from callagent.providers.fallback_chain import Ability, ability_of, chain_flaws, chain_notes, chained, realtime_notes
from callagent.providers.outages.patience import CHAIN_ATTEMPT_S, Patience
from callagent.providers.profile_values import arguments_of
from callagent.providers.registry import OFFERS, Member, members_of, resolve
from callagent.providers.turn_ends import recogniser_flaws, turn_end_flaws
from callagent.providers.types import Script, Setup
from callagent.yaml_config import ConfigError, Problem


def make_member(profile: Profile, member: Member, script: Script) -> Any:
    """Return one provider. What is wrong with it has been asked before (`availability.problems`).

    Raises:
        ConfigError: its plugin, or the author's function, raised or returned something else.
    """
    if member.offer is not None:
        return resolve(member.offer.make)(Setup(profile, member.spec.options, script))
    made_by = constructor(profile, member)
    try:
        return made_by.made(arguments_of(made_by, profile, member.spec))
    except NotConstructed as error:
        raise ConfigError(profile.places.problem(profile.name, member.key, str(error))) from error


def make_part(profile: Profile, part: str, script: Script) -> Any:
    """Return the provider of a part, several of them as one chain. Raise ConfigError as `make_member` does."""
    members = list(members_of(profile, [part]))
    made = [make_member(profile, member, script) for member in members]
    if len(made) == 1:
        return made[0]
    _refuse(profile, chain_flaws([ability_of(member, each) for member, each in zip(members, made, strict=True)]))
    waits = part == "stt" and not all(each.capabilities.streaming for each in made)
    detector = make_part(profile, "vad", script) if waits else None
    return chained(part, members, made, detector, _patience(profile, part))


def _patience(profile: Profile, part: str) -> Patience:
    """Return how long the members of a chain are waited for."""
    model = profile.model
    attempt = {"stt": model.stt_timeout, "llm": model.timeout, "tts": model.tts_timeout}[part]
    return Patience(attempt or CHAIN_ATTEMPT_S, model.retries)


def try_out(profile: Profile) -> tuple[str, ...]:
    """Make the providers that are none of callagent's own, and those of chains, and close them again. Return what is
    different between those of a chain, each a sentence.

    They are made as in a call, on a running loop with livekit's HTTP session, in a thread of their own: whoever asks
    may be on a loop already. Local models are not loaded.

    Raises:
        ConfigError: what the providers say, such as that a key is missing, and what a chain cannot do.
    """
    chains = [list(members_of(profile, [part])) for part in OFFERS]
    chains = [chain for chain in chains if len(chain) > 1 or chain[0].offer is None]
    if not chains:
        return ()
    for member in in_a_row.from_iterable(chains):
        if member.offer is None:
            constructor(profile, member)  # imports it, which livekit allows on the main thread only
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="callagent.providers") as thread:
        return thread.submit(asyncio.run, _try(profile, chains)).result()


async def _try(profile: Profile, chains: list[list[Member]]) -> tuple[str, ...]:
    found: list[Problem] = []
    notes: list[str] = []
    async with http_context.open():
        for chain in chains:
            abilities: list[Ability] = []
            for member in chain:
                try:
                    made = None if member.offer and member.offer.warm else make_member(profile, member, Script())
                except ConfigError as error:
                    found += error.problems
                    continue
                abilities.append(ability_of(member, made))
                notes += realtime_notes(member, made)
                found += _problems(profile, await asyncio.to_thread(_turn_ends, profile, member, made))
                await _close(made)
            if len(chain) > 1 and abilities:
                found += _problems(profile, chain_flaws(abilities))
                notes += chain_notes(abilities)
    if found:
        raise ConfigError(*found)
    return tuple(notes)


def _turn_ends(profile: Profile, member: Member, made: Any) -> list[tuple[str, str]]:
    """Return what is wrong with `endpointing.by` that only what was made could tell. Blocks."""
    if member.part == "stt":
        return list(recogniser_flaws(profile, member, made))
    if member.part == "llm" and member.offer is None:
        return list(turn_end_flaws(profile, member, realtime=isinstance(made, llm.RealtimeModel)))
    return []


def _problems(profile: Profile, flaws: Iterable[tuple[str, str]]) -> list[Problem]:
    return [profile.places.problem(profile.name, key, message) for key, message in flaws]


def _refuse(profile: Profile, flaws: Iterable[tuple[str, str]]) -> None:
    if problems := _problems(profile, flaws):
        raise ConfigError(*problems)


async def _close(made: Any) -> None:
    """Close it: detectors cannot be."""
    close: Callable[[], Any] | None = getattr(made, "aclose", None)
    if close is not None:
        await close()

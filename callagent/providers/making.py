"""One provider of a profile, made: by callagent's factory of that name, or by what its name stands for elsewhere."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers.availability import constructor
from callagent.providers.constructors import NotConstructed
from callagent.providers.profile_values import arguments_of
from callagent.providers.registry import Member, members_of, resolve
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


def try_out(profile: Profile) -> list[Problem]:
    """Return what the providers say that are none of callagent's own when they are made; they are closed again.

    They are made as in a call, on a running loop with livekit's HTTP session, in a thread of their own: whoever asks
    may be on a loop already.
    """
    others = [member for member in members_of(profile) if member.offer is None]
    if not others:
        return []
    for member in others:
        constructor(profile, member)  # imports it, which livekit allows on the main thread only
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="callagent.providers") as thread:
        return thread.submit(_tried, profile, others).result()


def _tried(profile: Profile, members: list[Member]) -> list[Problem]:
    return asyncio.run(_try(profile, members))


async def _try(profile: Profile, members: list[Member]) -> list[Problem]:
    found: list[Problem] = []
    async with http_context.open():
        for member in members:
            try:
                made = make_member(profile, member, Script())
            except ConfigError as error:
                found += error.problems
            else:
                await _closed(made)
    return found


async def _closed(made: Any) -> None:
    """Close it: all but detectors can be."""
    close: Callable[[], Any] | None = getattr(made, "aclose", None)
    if close is not None:
        await close()

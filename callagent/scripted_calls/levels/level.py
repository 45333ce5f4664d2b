"""What a level is, and the levels by name."""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from typing import Protocol, cast, runtime_checkable

from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.call_script import LevelName

LEVELS: Mapping[LevelName, str] = {
    "text": "callagent.scripted_calls.levels.text:TextLevel",
    "audio": "callagent.scripted_calls.levels.audio:AudioLevel",
    "room": "callagent.scripted_calls.levels.room:RoomLevel",
    "sip": "callagent.scripted_calls.levels.sip:SipLevel",
}
"""Name -> where it is; a level is imported only when it is used."""


class Level(Protocol):
    """A level of scripted calls: makes one stage per call, and holds what the calls of one run share.

    `start()` and `aclose()` run on the same event loop as the calls, except where `shared_loop` is False: then every
    call gets a fresh loop from `new_loop()` and neither is called.
    """

    name: LevelName
    shared_loop: bool

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Return a fresh event loop of the kind that the level needs."""
        ...

    async def start(self) -> None:
        """Start what the calls share (models, servers, worker processes).

        Raises:
            LevelUnavailable: the level cannot run here.
        """
        ...

    def stage(self, plan: CallPlan) -> Stage:
        """Return a new call, not yet started."""
        ...

    async def aclose(self) -> None:
        """End what `start()` started; idempotent."""
        ...


@runtime_checkable
class Checking(Protocol):
    """A level that can tell ahead, before there is an event loop, whether it can make these calls here."""

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Import and look up what the calls need.

        Raises:
            LevelUnavailable: something that the level needs is not installed.
            ConfigError: a profile is not valid here.
        """
        ...


def make_level(name: LevelName) -> Level:
    """Return the level of that name, not yet started.

    Raises:
        LevelUnavailable: a package that it needs is not installed.
    """
    module, attribute = LEVELS[name].split(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as missing:
        raise LevelUnavailable(
            f"level {name} is not available here: the Python package '{missing.name}' is missing"
        ) from missing
    return cast(Level, factory())

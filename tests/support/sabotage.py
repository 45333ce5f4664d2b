"""Tools that break something in the process that loads them: what no profile can do.

The process of a call loads the tools of the call's profile when it assembles the session, and later processes of the
worker load them ahead; so what a tool breaks, it breaks in calls with the profile of its name alone. The worker's main
process loads the tools of its default profile before it starts, and has no calls: there it is broken for good.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livekit.agents import get_job_context

from callagent.agent import CallFlow
from callagent.journal.call_record import CallRecord
from callagent.worker.call.room_events import RoomEvents
from callagent.worker.watchdog.abandoned_rooms import RoomGuard


def _break(*_: object) -> None:
    raise RuntimeError("broken on purpose")


async def _break_later(*_: object) -> None:
    _break()


async def _hang(*_: object) -> None:
    await asyncio.Event().wait()


def _break_in_a_call(guard: RoomGuard, running: dict[str, str]) -> None:
    if running:
        _break()


def _disk_is_full(record: CallRecord, directory: Path) -> Path:
    raise OSError(28, "No space left on device")


def _nothing() -> str:
    return "never called"


def _in_calls_of(profile: str, broken: Callable[..., object], whole: Callable[..., object]) -> Callable[..., object]:
    dispatched = json.dumps({"profile": profile})

    def chosen(*args: Any, **named: Any) -> object:
        return broken(*args) if _dispatched_with() in (dispatched, None) else whole(*args, **named)

    return chosen


def _dispatched_with() -> str | None:
    """The metadata that this process's call was dispatched with; None in a process that has no calls."""
    try:
        return str(get_job_context().job.metadata)
    except RuntimeError:
        return None


SABOTAGES: dict[str, tuple[type, str, Callable[..., object]]] = {
    "beginning_raises": (RoomEvents, "__init__", _break),
    "explode": (CallFlow, "start", _break),
    "farewell_raises": (RoomEvents, "aclose", _break_later),
    "farewell_hangs": (RoomEvents, "aclose", _hang),
    "guard_dies": (RoomGuard, "_compare", _break_in_a_call),
    "disk_full": (CallRecord, "write", _disk_is_full),
}
"""What loading a tool breaks, by the tool's name."""


def __getattr__(name: str) -> Callable[[], str]:
    if name not in SABOTAGES:
        raise AttributeError(name)
    owner, method, broken = SABOTAGES[name]
    setattr(owner, method, _in_calls_of(name, broken, getattr(owner, method)))
    return _nothing

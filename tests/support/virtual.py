"""Time that passes at once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop

T = TypeVar("T")


def virtually(body: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs `body` in virtual time, from 0 on."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(body())


def noted_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every `asyncio.sleep` ends at once from now on; the seconds that each would have taken, as they come."""
    sleep, pauses = asyncio.sleep, list[float]()

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noted)
    return pauses


class Clock:
    """Stands for the module `time` where a test says what time it is: `monkeypatch.setattr(module, "time", Clock(…))`.

    Attributes:
        now: what both clocks show, in seconds.
    """

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

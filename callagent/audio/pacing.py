"""The time of a call."""

import asyncio
import time
from collections.abc import Callable


class Pacer:
    """Calls `tick` once in every period, in real time of the running loop.

    Deadlines are absolute, so that lateness does not add up: after a stall the missed ticks follow at once, each after
    giving other tasks a turn. An error in `tick` ends `run` and is raised from it.
    """

    def __init__(self, tick: Callable[[], None], *, period: float) -> None:
        self._tick = tick
        self._period = period
        self._worst_lateness = 0.0

    @property
    def worst_lateness(self) -> float:
        """The longest time in seconds by which a tick came too late."""
        return self._worst_lateness

    async def run(self, *, first_in: float = 0.0) -> None:
        """Tick until cancelled; the first tick is due in `first_in` seconds."""
        loop = asyncio.get_running_loop()
        start = loop.time() + first_in
        ticks = 0
        while True:
            deadline = start + ticks * self._period
            await asyncio.sleep(max(0.0, deadline - loop.time()))
            self._worst_lateness = max(self._worst_lateness, loop.time() - deadline)
            self._tick()
            ticks += 1


class CallClock:
    """Seconds since the call began.

    Call time follows `time.time()`, the clock of livekit's `created_at` stamps, so that what a session reports and
    what the line measured can be laid on one axis.
    """

    def __init__(self, origin: float | None = None) -> None:
        """Start the call now, or at the `time.time()` stamp `origin`."""
        self._origin = time.time() if origin is None else origin

    def now(self) -> float:
        """Return the seconds since the call began."""
        return self.of(time.time())

    def of(self, wall: float) -> float:
        """Convert a `time.time()` stamp to call time."""
        return wall - self._origin

    def wall(self, at: float) -> float:
        """Convert a call time to a `time.time()` stamp."""
        return self._origin + at

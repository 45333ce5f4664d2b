"""Virtual time: an event loop whose clock jumps to the next timer, with the wall clock kept in step."""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVarTuple, Unpack

EPOCH = 1_000_000.0
"""Wall time at which every virtual call begins. Small, because only differences are ever looked at, and those of large
stamps are not exact."""

JOB_PATIENCE_S = 10.0
"""Real seconds for which a job in a thread holds the virtual clock. One that hangs gets no more, so that the limits
of the call pass."""

_ORDER_NUDGE = 1e-11
"""Added to each timer, once more for every timer before it, so that timers due at the same instant fire in the order in
which they were made; a million timers move by ten microseconds."""

Ts = TypeVarTuple("Ts")


class _JumpingSelector(selectors.BaseSelector):
    """Polls the real selector without waiting; where the loop wants to wait for a timer, the clock jumps instead."""

    def __init__(self) -> None:
        self.now = 0.0
        self.jobs: set[object] = set()
        self.on_jump: Callable[[float], None] = lambda seconds: None
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return self._real.select(None)
        if self.jobs:
            ready = self._real.select(JOB_PATIENCE_S)
            if not ready:
                self.jobs.clear()
            return ready
        self.now += timeout
        self.on_jump(timeout)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which sleeping costs nothing: its clock starts at 0 and jumps from timer to timer.

    A job in an executor takes real time; while one is pending the clock stands still (for `JOB_PATIENCE_S` at most), so
    results do not depend on how long the job took. While the loop runs, wall time follows it, beginning at `EPOCH`.
    """

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        self._timers = 0
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return seconds of virtual time since the loop was made."""
        return self._jumping.now

    def call_at(
        self, when: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Any = None
    ) -> asyncio.TimerHandle:
        """As the base class; timers of the same instant fire first made, first fired."""
        self._timers += 1
        return super().call_at(when + self._timers * _ORDER_NUDGE, callback, *args, context=context)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], Any], *args: *Ts
    ) -> "asyncio.Future[Any]":
        """As the base class; virtual time stands still until the job is done."""
        job = super().run_in_executor(executor, func, *args)
        self._jumping.jobs.add(job)
        job.add_done_callback(self._job_done)
        return job

    def _job_done(self, job: "asyncio.Future[Any]") -> None:
        self._jumping.jobs.discard(job)

    def run_forever(self) -> None:
        """Run as the base class does; meanwhile `time.time` and `datetime.now` of the
        whole process show this loop's time.
        """
        import time_machine  # of the extra `calls`: whoever makes such a loop has asked for it before

        with time_machine.travel(EPOCH + self.time(), tick=False) as traveller:
            self._jumping.on_jump = traveller.shift
            super().run_forever()

"""Virtual time in which models take as long as they compute, whatever else the machine is busy with.

On a busy machine a recogniser waits for a CPU as long as it computes, and a benchmark of latency would measure the
neighbours. Here the clock stands still while a job runs in a thread, and its result comes after as much virtual time as
the job has used CPU time on its critical path. What that leaves out is the work that a session does beside the models.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, TypeVarTuple, Unpack

from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop

Ts = TypeVarTuple("Ts")

_TASKS = Path("/proc/self/task")


class MeteredLoop(VirtualLoop):
    """Jobs in executors run one at a time; each takes its own thread's CPU time and that of the busiest other thread.

    The other threads are the model's own: they work while the job's thread waits for them, and side by side. What the
    event loop itself computes takes no time. Needs Linux.
    """

    def __init__(self) -> None:
        super().__init__()
        self._one_at_a_time = threading.Lock()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], Any], *args: *Ts
    ) -> "asyncio.Future[Any]":
        """As the base class; the result comes after as much time as it took to compute."""
        began, took = self.time(), _Stopwatch()
        result: asyncio.Future[Any] = self.create_future()

        def metered() -> Any:
            with self._one_at_a_time, took:
                return func(*args)

        def computed(job: "asyncio.Future[Any]") -> None:
            self.call_at(began + took.seconds, _hand_over, job, result)

        super().run_in_executor(executor, metered).add_done_callback(computed)
        return result


def _hand_over(job: "asyncio.Future[Any]", result: "asyncio.Future[Any]") -> None:
    if result.cancelled():
        return
    if job.cancelled():
        result.cancel()
    elif (error := job.exception()) is not None:
        result.set_exception(error)
    else:
        result.set_result(job.result())


class _Stopwatch:
    """Used in a job's own thread: `seconds` on its critical path."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._before: dict[int, float] = {}

    def __enter__(self) -> None:
        self._before = _cpu_times()

    def __exit__(self, *_: object) -> None:
        used = {thread: now - self._before.get(thread, 0.0) for thread, now in _cpu_times().items()}
        own = used.pop(threading.get_native_id(), 0.0)
        self.seconds = own + max(used.values(), default=0.0)


def _cpu_times() -> dict[int, float]:
    """Return CPU seconds of each thread of this process so far, by native id."""
    times = {}
    for task in _TASKS.iterdir():
        thread = int(task.name)
        try:
            times[thread] = time.clock_gettime(~thread << 3 | 6)  # CPUCLOCK_SCHED | CPUCLOCK_PERTHREAD, see time(7)
        except OSError:  # the thread has just ended
            continue
    return times

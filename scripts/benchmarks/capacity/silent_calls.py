"""What silent calls take while they run: processor time by thread, and memory, in alternating pairs."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from callagent.concurrency import all_of
from scripts.benchmarks.answering.callers import Caller
from scripts.benchmarks.answering.process_usage import family
from scripts.benchmarks.answering.system import System
from scripts.benchmarks.capacity.process_cost import Cost, Memory, by_name, mean_memory, memory, thread_seconds

SETTLE_S = 6.0
"""Seconds from the beginning of the greeting until a call is silent."""

REST_S = 3.0
"""Seconds between two measurements, in which processes end and others are made ready."""


@dataclass(frozen=True)
class Sample:
    """One measurement.

    Args:
        worker: whose calls.
        calls: how many at once.
        cost: of one of them, the mean.
        idle: megabytes (PSS) of all processes of the worker before the calls came.
    """

    worker: str
    calls: int
    cost: Cost
    idle: float


class CallsMissing(RuntimeError):
    """Calls were not answered; what is measured then is something else."""


async def measure(worker: str, system: System, calls: int, seconds: float) -> Sample:
    """Have so many call, wait until all are silent, and return what a call takes then.

    Raises:
        CallsMissing: not all of them were greeted.
    """
    await system.calm()
    idle = sum(memory(pid).shared_out for pid in family(system.pid))
    callers = [system.caller() for _ in range(calls)]
    try:
        reached = await all_of(*(caller.call() for caller in callers))
        if any(each.greeted is None for each in reached):
            raise CallsMissing(f"{worker}: not all of {calls} callers were greeted")
        await asyncio.sleep(SETTLE_S)
        cost = await _running(system, calls, seconds)
    finally:
        await _all_hang_up(callers)
    await asyncio.sleep(REST_S)
    return Sample(worker, calls, cost, idle)


async def _all_hang_up(callers: Sequence[Caller]) -> None:
    await asyncio.gather(*(caller.hang_up() for caller in callers))


async def _running(system: System, calls: int, seconds: float) -> Cost:
    """Return what a call takes: the processes of the worker that take most are those of calls."""
    before, began = {pid: thread_seconds(pid) for pid in family(system.pid)}, time.monotonic()
    await asyncio.sleep(seconds)
    elapsed = time.monotonic() - began
    taken = {pid: by_name(threads, thread_seconds(pid)) for pid, threads in before.items()}
    busiest = sorted(taken, key=lambda pid: taken[pid].total(), reverse=True)[:calls]
    threads: Counter[str] = sum((taken[pid] for pid in busiest), Counter())
    each = {name: spent / elapsed / calls for name, spent in threads.most_common()}
    return Cost(sum(each.values()), each, mean_memory(memory(pid) for pid in busiest))


async def in_pairs(
    systems: Mapping[str, System], numbers: Sequence[int], pairs: int, seconds: float
) -> list[Sample]:  # fmt: skip
    """Measure the systems in turn, so many times, each time in the other order."""
    found = []
    for pair in range(pairs):
        for calls in numbers:
            for worker in list(systems) if pair % 2 == 0 else reversed(list(systems)):
                found.append(await measure(worker, systems[worker], calls, seconds))
    return found


def mean_cost(samples: Sequence[Sample]) -> Cost:
    """Return the mean of measurements."""
    names = dict.fromkeys(name for each in samples for name in each.cost.threads)
    threads = {name: fmean(each.cost.threads.get(name, 0.0) for each in samples) for name in names}
    sizes = mean_memory(each.cost.memory for each in samples)
    return Cost(fmean(each.cost.cores for each in samples), threads, Memory(sizes.shared_out, sizes.private))


def ratios(samples: Sequence[Sample], worker: str, other: str, calls: int) -> list[float]:
    """Return, pair by pair, the processor time of a call of `worker` as a part of one of `other`."""
    mine, others = ([each.cost.cores for each in samples if (each.worker, each.calls) == (name, calls)]
                    for name in (worker, other))  # fmt: skip
    return [one / two for one, two in zip(mine, others, strict=True)]

"""What a worker has at a moment, and whether it grows: slopes with their intervals."""

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import aiohttp

from scripts.benchmarks.answering.process_usage import family
from scripts.benchmarks.capacity.process_cost import memory

BLOCKS = 12
"""Parts into which samples are put before a line is fitted: neighbours are alike, means of parts much less."""

T_95 = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
"""Student's t for an interval of 95 %, with one degree of freedom to ten (a table of any statistics book)."""

_TASKS = re.compile(rb"^callagent_worker_tasks (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class WorkerSample:
    """One look at a worker.

    Args:
        at: seconds from the beginning.
        megabytes: PSS of all its processes.
        main_megabytes: memory of the process that takes the jobs, its own.
        descriptors, threads, tasks: open files, threads and asyncio tasks of that process.
        processes: how many there are.
    """

    at: float
    megabytes: float
    main_megabytes: float
    descriptors: float
    threads: float
    tasks: float
    processes: float


async def look(at: float, leash: int, metrics_port: int) -> WorkerSample:
    """Look at the worker whose leash has that process id."""
    pids = family(leash)
    main = pids[1]
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{metrics_port}/metrics") as response:
        tasks = _TASKS.search(await response.read())
    return WorkerSample(
        at,
        sum(memory(pid).shared_out for pid in pids),
        memory(main).private,
        entries(f"/proc/{main}/fd"),
        entries(f"/proc/{main}/task"),
        float(tasks[1]) if tasks else math.nan,
        len(pids),
    )


def entries(directory: str) -> int:
    """Return how many entries a directory of /proc has."""
    return len(os.listdir(directory))


@dataclass(frozen=True)
class Slope:
    """How much a figure grows in an hour, and between what this lies with 95 %.

    Args:
        what: the figure.
        mean: of it.
    """

    what: str
    mean: float
    an_hour: float
    low: float
    high: float

    @property
    def grows(self) -> bool:
        """Whether it certainly does: the interval is above 0."""
        return self.low > 0


def slope(what: str, times: Sequence[float], values: Sequence[float]) -> Slope:
    """Fit a line to the means of `BLOCKS` parts; NaN where there are fewer than three."""
    size = len(values) // BLOCKS
    if size == 0:
        return Slope(what, fmean(values) if values else math.nan, math.nan, math.nan, math.nan)
    parts = [slice(at * size, (at + 1) * size) for at in range(BLOCKS)]
    x = [fmean(times[part]) / 3600 for part in parts]
    y = [fmean(values[part]) for part in parts]
    middle, level = fmean(x), fmean(y)
    spread = sum((each - middle) ** 2 for each in x)
    steep = sum((a - middle) * (b - level) for a, b in zip(x, y, strict=True)) / spread
    left = sum((b - level - steep * (a - middle)) ** 2 for a, b in zip(x, y, strict=True))
    error = math.sqrt(left / (BLOCKS - 2) / spread) * T_95[BLOCKS - 3]
    return Slope(what, level, steep, steep - error, steep + error)

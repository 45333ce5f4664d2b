"""Capacity is a number of calls: what is offered to the server, and what is refused above it."""

import logging
import os
from collections.abc import Collection
from pathlib import Path

import prometheus_client
from livekit.agents.utils.hw import get_cpu_monitor

LOAD_THRESHOLD = 0.7
"""Load at which livekit-server stops offering jobs to a worker (`agents.target_load` of its configuration)."""

CALLS_PER_CORE = {"local": 2, "remote": 8}
"""Calls one core carries with speech models in the process, and with all of them behind an API.

Measured with the local models: 0.2 to 0.4 of a core for a call in which the caller speaks a third of the time.
"""

MB_PER_CALL = {"local": 400, "remote": 200}
"""Memory set aside for the process of one call, in megabytes.

Measured with the local models: 300 MB of its own (PSS) during a call, 265 MB before; without models about 110 MB.
"""

MEMORY_SHARE = 0.75
"""Part of the machine's memory that calls may take together."""

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")

_log = logging.getLogger("callagent.worker")
_offered = prometheus_client.Counter("callagent_calls_offered", "Calls offered to the worker, the refused ones too")
_refused = prometheus_client.Counter("callagent_calls_refused", "Calls refused because the worker was full")
_active = prometheus_client.Gauge("callagent_calls_active", "Calls in progress")
_limit = prometheus_client.Gauge("callagent_calls_max", "Calls that the worker answers at the same time")


def machine_memory() -> int:
    """Return megabytes of memory that this machine or container may use."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(_CGROUP_LIMIT.read_text())
    except (OSError, ValueError):
        limit = physical
    return min(physical, limit) // 2**20


def default_max_calls(*, local_models: bool, cores: float | None = None, memory_mb: int | None = None) -> int:
    """Return calls to answer at the same time: what the cores carry or the memory
    holds, whichever is less, and at least 1.

    `cores * CALLS_PER_CORE` against `memory * MEMORY_SHARE / MB_PER_CALL`, less one process: livekit-agents keeps one
    ready for the next call while all the others are busy.

    Args:
        local_models: whether speech models run inside the process of the call.
        cores: CPUs (a container's share counts); None asks the machine.
        memory_mb: memory in megabytes; None asks the machine.
    """
    cores = get_cpu_monitor().cpu_count() if cores is None else cores
    memory_mb = machine_memory() if memory_mb is None else memory_mb
    models = "local" if local_models else "remote"
    by_cores = int(cores * CALLS_PER_CORE[models])
    by_memory = int(memory_mb * MEMORY_SHARE / MB_PER_CALL[models]) - 1
    return max(1, min(by_cores, by_memory))


class Capacity:
    """Counts calls, turns the count into a load, and refuses the call above `max_calls`.

    The load of a full worker stays just under the threshold: one more call is then offered and refused aloud (log,
    metric), instead of being lost between server and worker without a trace. Other workers are preferred long before.

    Attributes:
        calls: in progress, when the server was last told of the load.
        refused: calls that the worker was too full for.
        draining: whether it takes no more calls.
    """

    def __init__(self, max_calls: int) -> None:
        self.max_calls = max_calls
        self.calls = self.refused = 0
        self.draining = False
        self._answering: set[str] = set()
        _limit.set(max_calls)

    def load(self, active: Collection[str]) -> float:
        """Return calls in progress as a load, 0 to just below `LOAD_THRESHOLD`."""
        self.calls = len(active)
        _active.set(self.calls)
        return LOAD_THRESHOLD * min(len(active), self.max_calls) / (self.max_calls + 1)

    def admit(self, job_id: str, active: Collection[str]) -> bool:
        """Take a place for a job, or count and log the refusal. `release` gives the place back.

        Args:
            job_id: the job that is offered.
            active: ids of the jobs in progress.
        """
        _offered.inc()
        if len(self._answering.union(active)) >= self.max_calls:
            self.refused += 1
            _refused.inc()
            _log.warning(
                "call refused: the worker is full",
                extra={"job_id": job_id, "max_calls": self.max_calls, "refused": self.refused},
            )
            return False
        self._answering.add(job_id)
        return True

    def release(self, job_id: str) -> None:
        """Give back what `admit` took, once the job is in progress or has come to nothing."""
        self._answering.discard(job_id)

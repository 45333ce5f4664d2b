"""What a process takes by its threads, and how much of its memory is its own, from Linux' /proc."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Megabytes of a process, or the mean of several.

    Args:
        shared_out: PSS: pages shared with n others counted as an nth.
        private: of its own: what would be free if it ended.
    """

    shared_out: float = 0.0
    private: float = 0.0


@dataclass(frozen=True)
class Cost:
    """What a call takes.

    Args:
        cores: processor time of its process, in parts of a core.
        threads: the same by the names of its threads.
        memory: of its process.
    """

    cores: float
    threads: Mapping[str, float] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)


def thread_seconds(pid: int) -> dict[tuple[int, str], float]:
    """Return processor time of the threads of a process, by number and name; those that have ended are missing."""
    taken = {}
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        main = "event loop" if int(task.name) == pid else name
        taken[int(task.name), main] = (int(fields[11]) + int(fields[12])) / _TICKS
    return taken


def by_name(before: Mapping[tuple[int, str], float], after: Mapping[tuple[int, str], float]) -> Counter[str]:
    """Return seconds that threads took meanwhile, those of one name together."""
    taken: Counter[str] = Counter()
    for thread, seconds in after.items():
        taken[thread[1]] += seconds - before.get(thread, 0.0)  # type: ignore[assignment]  # a Counter of seconds
    return taken


def memory(pid: int) -> Memory:
    """Return memory of a process; none when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return Memory()
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return Memory(sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"])


def mean_memory(sizes: Iterable[Memory]) -> Memory:
    """Return the mean of several."""
    found = list(sizes) or [Memory()]
    return Memory(sum(each.shared_out for each in found) / len(found), sum(each.private for each in found) / len(found))

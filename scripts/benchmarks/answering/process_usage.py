"""What processes take of this machine, from Linux' /proc."""

import os
from pathlib import Path

STEAL = 7
"""Column of /proc/stat: time in which the host of a virtual machine gave its processors to others."""


def family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [pid, *(each for text in lists for child in text.split() for each in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """Return processor time of a process; 0 when it is gone."""
    return _ticks(pid, 2) / os.sysconf("SC_CLK_TCK")


def all_cpu_seconds(pid: int) -> float:
    """Return processor time of a process, with that of its children that have ended; 0 when it is gone."""
    return _ticks(pid, 4) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int, fields: int) -> int:
    """Return the sum of user and system time, which the same of ended children follow."""
    try:
        columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, columns[11 : 11 + fields]))


def pss(pid: int) -> float:
    """Return megabytes of a process, pages shared with n others counted as an nth; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def stolen_seconds() -> float:
    """Return processor time that this machine wanted and did not get from its host; 0 where there is no host."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return int(fields[STEAL]) / os.sysconf("SC_CLK_TCK") if len(fields) > STEAL else 0.0

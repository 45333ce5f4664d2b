"""How busy other programs keep the machine: a benchmark of latency on a busy machine measures the machine."""

import os
import time
from pathlib import Path


class Neighbours:
    """Measures from its making on; reads /proc, so not for the event loop."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._used = _used_by_others()

    def cpus(self) -> float:
        """How many CPUs others used on average, those of the host that this machine runs on included; 0.0 off Linux."""
        elapsed = time.monotonic() - self._began
        return max(0.0, (_used_by_others() - self._used) / elapsed) if elapsed else 0.0


def _used_by_others() -> float:
    """CPU seconds since the machine was started, without those of this process."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _, _, irq, softirq, steal = map(int, stat.read_text(encoding="ascii").split()[1:9])
    own = os.times()
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK") - own.user - own.system

"""How long the process had to wait for a CPU: a benchmark of latency on a busy machine measures the machine."""

from pathlib import Path


def cpu_wait() -> float:
    """Seconds for which the threads of this process were ready to run and had no CPU so far; 0.0 off Linux."""
    nanoseconds = 0
    for file in Path("/proc/self/task").glob("*/schedstat"):
        try:
            nanoseconds += int(file.read_text(encoding="ascii").split()[1])
        except OSError:  # a thread that has just ended
            continue
    return nanoseconds / 1e9

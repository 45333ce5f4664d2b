"""Running something in a process of its own, with a time limit, from a parent that has imported everything already."""

import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress

MOST_MEMORY_BYTES = 8 << 30
"""Bytes of address space: a mutant that collects for ever must not take the machine with it."""

LOOKS_S = 0.005
CRASHED = 70


def run_forked(work: Callable[[], int], limit_s: float | None = None, quiet: bool = True) -> int | None:
    """Run `work` in a fork; return its exit status, negative for a signal, or None when the time was up.

    What it started and left behind ends with it. `quiet` throws away what it prints.
    """
    pid = os.fork()
    if pid == 0:
        status = CRASHED
        try:
            os.setsid()
            if quiet:
                _silence()
            status = work()
        finally:
            os._exit(status)
    try:
        return _wait(pid, limit_s)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def limit_memory() -> None:
    """Keep this process below MOST_MEMORY_BYTES."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _wait(pid: int, limit_s: float | None) -> int | None:
    if limit_s is None:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(LOOKS_S)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None

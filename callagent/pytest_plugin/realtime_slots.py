"""How many calls run in real time side by side, over all the processes of this user: xdist's workers and other runs."""

import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

SIDE_BY_SIDE = 2
"""More calls than that disturb each other's timing on a machine of two cores."""


@contextmanager
def slots_for(level: str) -> Generator[None]:
    """Wait until a call at that level may begin, and hold its place: one of two at level audio, else both."""
    with ExitStack() as held:
        if level == "audio":
            held.enter_context(_any_slot())
        else:
            for number in range(SIDE_BY_SIDE):  # always in this order: two that want both never wait for each other
                held.enter_context(_slot(number))
        yield


@contextmanager
def _any_slot() -> Generator[None]:
    import fcntl

    for number in range(SIDE_BY_SIDE):
        with _opened(number) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield
            return
    with _slot(os.getpid() % SIDE_BY_SIDE):
        yield


@contextmanager
def _slot(number: int) -> Generator[None]:
    import fcntl

    with _opened(number) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _opened(number: int) -> IO[bytes]:
    directory = Path(tempfile.gettempdir()) / f"callagent-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid != os.getuid():
        raise PermissionError(f"{directory} belongs to somebody else")
    return (directory / f"call-{number}.lock").open("ab")

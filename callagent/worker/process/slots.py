"""How many processes of a worker make themselves ready: as many as its calls can need.

livekit-agents starts a process for every one that a call has taken, also when no further call may come. Each would load
its models, seconds of work, just while callers who came together wait for their greeting, and keep its memory.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callagent.private_files import lives, locked

LOOK_S = 0.25
"""How often a process that waits for its slot looks whether one is free, in seconds."""

_SLOT = "slot-"

_log = logging.getLogger("callagent.worker")


def wait_for_slot(directory: Path | None, most: int) -> None:
    """Wait until fewer than `most` living processes have a slot, and take one for as long as this one lives. Blocks.

    A process whose parent ends meanwhile ends too.

    Args:
        directory: what is shared between the processes of a worker; None: nothing is, and nobody waits.
    """
    if directory is None:
        return
    parent = os.getppid()
    while not take_slot(directory, most):
        time.sleep(LOOK_S)
        if os.getppid() != parent:
            os._exit(0)


def take_slot(directory: Path, most: int) -> bool:
    """Take a slot where one is free; say whether there was one."""
    with locked(directory / "slots.lock"):
        taken = 0
        for slot in directory.glob(f"{_SLOT}*"):
            if lives(int(slot.name.removeprefix(_SLOT))):
                taken += 1
            else:
                slot.unlink()
        if taken < most:
            (directory / f"{_SLOT}{os.getpid()}").touch()
        return taken < most


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End this process, with a line in the log, when what is done inside takes longer."""
    timer = threading.Timer(seconds, _give_up, (seconds,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _give_up(seconds: float) -> None:
    _log.error("a process was not ready in time and is replaced", extra={"seconds": seconds})
    time.sleep(1.0)  # for the log to get to the worker
    os._exit(1)

"""SIGINT and SIGTERM, counted: the first asks for a drain, the second ends the calls, the third ends the process."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

HANDLED = (signal.SIGINT, signal.SIGTERM)
KILLED_STATUS = 130
"""Exit status after the third signal, as a shell reports it for SIGINT."""


class Signals:
    """What has been asked for so far."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.drain = asyncio.Event()
        self.stop = asyncio.Event()
        self._loop = loop
        self._count = 0

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 2:
            os._exit(KILLED_STATUS)
        self._loop.call_soon_threadsafe((self.drain if self._count == 1 else self.stop).set)


@contextmanager
def handled_signals() -> Iterator[Signals]:
    """Handle both signals while inside, and put the former handlers back. Main thread, inside a running loop.

    A handler of the signal module instead of the loop's own: the third signal works while the loop is blocked.
    """
    signals = Signals(asyncio.get_running_loop())
    former = {number: signal.signal(number, signals._handle) for number in HANDLED}
    try:
        yield signals
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)

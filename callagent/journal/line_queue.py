"""Lines of a call on their way to the thread that writes them: whoever puts one never waits."""

import asyncio
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from callagent.journal.codec import Line, written

MOST_AT_ONCE: Final = 256
"""Lines that are written by one request to the system."""


@dataclass(frozen=True)
class Batch:
    """What has been put meanwhile.

    Attributes:
        lines: in order; there may be none.
        waiting: those who wait for these lines and all before.
        last: whether nothing follows.
    """

    lines: Sequence[Line]
    waiting: Sequence[threading.Event]
    last: bool

    def encoded(self) -> bytes:
        """Return the lines as they stand in a file."""
        return "".join(f"{written(line)}\n" for line in self.lines).encode()

    def done(self) -> None:
        """Tell those who wait that these lines are written, or never will be."""
        for each in self.waiting:
            each.set()


class LineQueue:
    """Takes lines from any thread, and gives them in batches to the one that writes."""

    def __init__(self) -> None:
        self._things: queue.SimpleQueue[Line | threading.Event | None] = queue.SimpleQueue()
        self._ended = False

    def put(self, line: Line) -> None:
        """Take a line."""
        self._things.put(line)

    async def flush(self, within: float) -> bool:
        """Wait until what was put so far is done, for so many seconds at most; tell whether it is."""
        done = threading.Event()
        self._things.put(done)
        return await asyncio.to_thread(done.wait, within)

    def close(self) -> None:
        """End the batches after what was put so far."""
        self._things.put(None)

    def batches(self) -> Iterator[Batch]:
        """Return what is put, batch by batch, until the queue is closed; blocks. Asked again it goes on from there."""
        while not self._ended:
            things = [self._things.get()]
            while len(things) < MOST_AT_ONCE and not self._things.empty():
                things.append(self._things.get())
            self._ended = None in things
            waiting = [each for each in things if isinstance(each, threading.Event)]
            yield Batch([each for each in things if not isinstance(each, threading.Event | None)], waiting, self._ended)

"""Writes the journal of a call as the call goes, from a thread: a slow disk or a full one does not hold the call up."""

import asyncio
import logging
import os
import queue
import threading
from pathlib import Path

from callagent.journal.codec import Head, Line, written
from callagent.private_files import create_file

MOST_AT_ONCE = 256
"""Lines that are written by one request to the system."""

_log = logging.getLogger("callagent.journal")


class JournalWriter:
    """A journal under way. Its file begins with `begin`; what is put before that comes after the head.

    A line is in the hands of the system as soon as it is written, so that a process that is killed leaves everything up
    to then. A disk that fails costs the rest of the journal, which the log tells, and nothing else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: queue.SimpleQueue[Line | threading.Event | None] = queue.SimpleQueue()
        self._head: Head | None = None
        self._thread = threading.Thread(target=self._run, name="callagent.journal", daemon=True)

    @property
    def begun(self) -> bool:
        """Whether the journal has its head."""
        return self._head is not None

    def begin(self, head: Head) -> None:
        """Begin the file, once."""
        if self._head is None:
            self._head = head
            self._thread.start()

    def put(self, line: Line) -> None:
        """Take a line to be written; never waits."""
        self._lines.put(line)

    async def flush(self, within: float) -> None:
        """Wait until what was put so far is written, for so many seconds at most; a journal must have been begun."""
        done = threading.Event()
        self._lines.put(done)
        if not await asyncio.to_thread(done.wait, within):
            _log.error("journal not written in time", extra={"path": str(self.path)})

    def close(self) -> None:
        """End the thread after what was put so far; do not wait for it."""
        self._lines.put(None)

    def _run(self) -> None:
        try:
            create_file(self.path)
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            self._give_up(error)
            return
        try:
            assert self._head is not None
            self._write(file, [self._head])
            while self._write(file, self._batch()):
                pass
        except OSError as error:
            self._give_up(error)
        finally:
            os.close(file)

    def _batch(self) -> "list[Line | threading.Event | None]":
        """Return what has been put meanwhile, at least one thing."""
        batch = [self._lines.get()]
        while len(batch) < MOST_AT_ONCE and not self._lines.empty():
            batch.append(self._lines.get())
        return batch

    def _write(self, file: int, batch: "list[Line | threading.Event | None]") -> bool:
        """Write a batch and tell those who wait for it; False when it was the last."""
        text = "".join(f"{written(each)}\n" for each in batch if not isinstance(each, threading.Event | None)).encode()
        while text:
            text = text[os.write(file, text) :]
        for each in batch:
            if isinstance(each, threading.Event):
                each.set()
        return None not in batch

    def _give_up(self, error: OSError) -> None:
        """Let nobody wait for what will not be written any more."""
        _log.error("journal not written", extra={"path": str(self.path), "error": f"{type(error).__name__}: {error}"})
        while (each := self._lines.get()) is not None:
            if isinstance(each, threading.Event):
                each.set()

"""Writes the journal of a call as the call goes, from a thread: a slow disk or a full one does not hold the call up."""

import logging
import os
import threading
from pathlib import Path

from callagent.journal.codec import Head, Line, written
from callagent.journal.line_queue import LineQueue
from callagent.private_files import create_file

_log = logging.getLogger("callagent.journal")


class JournalWriter:
    """A journal under way. Its file begins with `begin`; what is put before that comes after the head.

    A line is in the hands of the system as soon as it is written, so that a process that is killed leaves everything up
    to then. A disk that fails costs the rest of the journal, which the log tells, and nothing else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = LineQueue()
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
        if not await self._lines.flush(within):
            _log.error("journal not written in time", extra={"path": str(self.path)})

    def close(self) -> None:
        """End the thread after what was put so far; do not wait for it."""
        self._lines.close()

    def _run(self) -> None:
        try:
            create_file(self.path)
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            self._give_up(error)
            return
        try:
            assert self._head is not None
            _write(file, f"{written(self._head)}\n".encode())
            for batch in self._lines.batches():
                try:
                    _write(file, batch.encoded())
                finally:
                    batch.done()
        except OSError as error:
            self._give_up(error)
        finally:
            os.close(file)

    def _give_up(self, error: OSError) -> None:
        """Let nobody wait for what will not be written any more."""
        _log.error("journal not written", extra={"path": str(self.path), "error": f"{type(error).__name__}: {error}"})
        for batch in self._lines.batches():
            batch.done()


def _write(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]

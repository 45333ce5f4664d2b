"""Writes what happens in a call into the spool, from a thread: whatever the disk does, the call goes on."""

import logging
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import callagent.records.spool as spool
from callagent.journal.codec import Head, Line
from callagent.journal.line_queue import LineQueue

MOST_KEPT_BYTES: Final = 16 << 20
"""Bytes of a call that wait in memory for a disk that takes them; what comes later is lost."""

AGAIN_S: Final = 5.0
"""How long a disk that has failed is left alone, in seconds."""

_log = logging.getLogger("callagent.records")


class SpoolWriter:
    """The file of a call in the spool.

    A line is in the hands of the system as soon as it is written, so that a process that is killed leaves everything up
    to then. Where a disk fails, is full or is taken away, the call moves to the next of its places with what was
    written so far; where there is none it waits in memory.

    Args:
        call: id of the call.
        places: directories, in the order in which they are tried.
    """

    def __init__(self, call: str, places: Sequence[Path]) -> None:
        self._call, self._places = call, list(places)
        self._lines = LineQueue()
        self._file: int | None = None
        self._path: Path | None = None
        self._size, self._left = 0, b""
        self._failed_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="callagent.spool", daemon=True)
        self._thread.start()

    def begin(self, head: Head) -> None:
        """Take the head, or what is known of the call by now; nothing may be put before the first one."""
        self.put(head)

    def put(self, line: Line) -> None:
        """Take a line to be written; never waits."""
        self._lines.put(line)

    async def flush(self, within: float) -> None:
        """Wait until what was put so far is written, for so many seconds at most."""
        if not await self._lines.flush(within):
            _log.error("call not spooled in time", extra={"call": self._call})

    def close(self) -> None:
        """End the thread after what was put so far; do not wait for it. Whoever delivers knows then that it is all."""
        self._lines.close()

    def join(self, within: float) -> None:
        """Wait for the end of the thread, for so many seconds at most; blocks."""
        self._thread.join(within)

    def _run(self) -> None:
        for batch in self._lines.batches():
            self._write(batch.encoded(), last=batch.last)
            batch.done()
        if self._file is not None:
            os.close(self._file)

    def _write(self, content: bytes, *, last: bool) -> None:
        if len(self._left) + len(content) <= MOST_KEPT_BYTES:
            self._left += content
        if not self._left or (self._resting() and not last):
            return
        try:
            self._append()
        except OSError as error:
            self._move(error)

    def _resting(self) -> bool:
        return self._failed_at is not None and time.monotonic() < self._failed_at + AGAIN_S

    def _append(self) -> None:
        """Append what is left to the file. Raise OSError where that is not all of it."""
        if self._file is None or self._path is None:
            raise FileNotFoundError
        if os.fstat(self._file).st_nlink == 0:
            raise FileNotFoundError(2, "the directory was taken away", str(self._path.parent))
        while self._left:
            done = os.write(self._file, self._left)
            self._size, self._left = self._size + done, self._left[done:]
        self._failed_at = None

    def _move(self, reason: OSError) -> None:
        """Go on in another place, or in the same one anew."""
        here, before = self._file, self._path
        if before is not None:
            _log.error("spool failed", extra={"path": str(before.parent), "error": _words(reason)})
        for place in self._places:
            if before is not None and place == before.parent and not isinstance(reason, FileNotFoundError):
                continue
            try:
                content = b"" if here is None else _content(here, self._size)
                self._file = spool.open_file(place, self._call, content + self._left)
            except OSError as error:
                reason = error
                continue
            self._path, self._size, self._left = place / spool.file_name(self._call), len(content + self._left), b""
            self._failed_at = None
            if here is not None:
                _give_up(here, None if before == self._path else before)
            return
        if self._failed_at is None:
            _log.error("call not spooled: no place takes it", extra={"call": self._call, "error": _words(reason)})
        self._failed_at = time.monotonic()


def _content(file: int, size: int) -> bytes:
    """Return what was written into a file, which may have no name any more."""
    parts, at = [], 0
    while at < size and (part := os.pread(file, size - at, at)):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def _give_up(file: int, path: Path | None) -> None:
    """Close a file whose content is elsewhere now, and remove it where it has a name still."""
    if path is not None:
        with suppress(OSError):  # delivered twice, the second copy changes nothing
            path.unlink(missing_ok=True)
    os.close(file)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__

"""A file in the spool that grows while a call goes on, wherever there is a disk that takes it."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import callagent.records.spool as spool

AGAIN_S: Final = 5.0
"""How long a disk that has failed is left alone, in seconds."""


class SpoolFile:
    """A file under a name in one of several places; everything blocks, and nothing raises.

    What is appended is in the hands of the system at once, so that a process that is killed leaves everything up to
    then. Where a disk fails, is full or is taken away, the file moves to the next of its places with what was written
    so far; where there is none, what comes waits in memory.

    Args:
        name: of the file.
        places: directories, in the order in which they are tried.
        most_kept: bytes that wait in memory for a disk that takes them; what comes later is lost.
        moved: told of the directory that has failed, and why.
        nowhere: told why no place takes the file, once for each time that it has got so far.
    """

    def __init__(
        self,
        name: str,
        places: Sequence[Path],
        most_kept: int,
        moved: Callable[[Path, OSError], None],
        nowhere: Callable[[OSError], None],
    ) -> None:
        self._name, self._places, self._most = name, list(places), most_kept
        self._moved, self._nowhere = moved, nowhere
        self._file: int | None = None
        self._path: Path | None = None
        self._size, self._left = 0, bytearray()
        self._failed_at: float | None = None

    def append(self, content: bytes, *, last: bool = False) -> bool:
        """Append something; `last`: try all places now, nothing follows. Tell whether nothing of it is lost."""
        room = len(self._left) + len(content) <= self._most
        if room:
            self._left += content
        if self._left and (last or not self._resting()):
            try:
                self._append()
            except OSError as error:
                self._move(error)
        return room

    def rewrite(self, begin: bytes) -> None:
        """Have the file begin so, instead of with as many bytes that it began with. A disk that fails is seen next."""
        if self._file is None:
            if len(begin) <= len(self._left):
                self._left[: len(begin)] = begin
            return
        with suppress(OSError):
            os.pwrite(self._file, begin, 0)

    def close(self) -> None:
        """Let go of the file. Whoever delivers knows then that it is all."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

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
            self._size += done
            del self._left[:done]
        self._failed_at = None

    def _move(self, reason: OSError) -> None:
        """Go on in another place, or in the same one anew."""
        here, before = self._file, self._path
        if before is not None:
            self._moved(before.parent, reason)
        for place in self._places:
            if before is not None and place == before.parent and not isinstance(reason, FileNotFoundError):
                continue
            try:
                content = b"" if here is None else _content(here, self._size)
                content += self._left
                self._file = spool.open_named(place, self._name, content)
            except OSError as error:
                reason = error
                continue
            self._path, self._size, self._left = place / self._name, len(content), bytearray()
            self._failed_at = None
            if here is not None:
                _give_up(here, None if before == self._path else before)
            return
        if self._failed_at is None:
            self._nowhere(reason)
        self._failed_at = time.monotonic()


def os_reason(error: OSError) -> str:
    """Return why a disk has failed, in words."""
    return error.strerror or type(error).__name__


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

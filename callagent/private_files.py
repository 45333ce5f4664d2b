"""Files and directories that belong to their owner alone: what was said in a call is nobody else's to read.

Whatever the umask, files that are made here get the mode 0600 and directories 0700. A directory that exists already
keeps its mode: it is the user's.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def lives(pid: int) -> bool:
    """Tell whether there is such a process, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let one process at a time inside. The file is made where there is none. Blocks."""
    create_file(file)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


PRIVATE_FILE = 0o600
"""Read and written by the owner alone."""

PRIVATE_DIRECTORY = 0o700
"""Entered by the owner alone."""


def directory_mode(file_mode: int) -> int:
    """Return the mode of a directory with files of that mode: whoever may read them may enter it."""
    return file_mode | (file_mode & 0o444) >> 2


def make_directory(path: Path, *, mode: int = PRIVATE_DIRECTORY) -> None:
    """Make a directory, and those above it that are missing, with that mode; those that are there keep theirs.

    Raises:
        OSError: it cannot be made, or something else has its name.
    """
    missing: list[Path] = []
    for each in (path, *path.parents):
        if each.is_dir():
            break
        missing.append(each)
    for each in reversed(missing):
        try:
            each.mkdir(mode=PRIVATE_DIRECTORY)
        except FileExistsError:
            if not each.is_dir():
                raise
        else:
            each.chmod(mode)


def create_file(path: Path) -> None:
    """Make an empty private file where there is none; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    place = os.path.realpath(path)  # a link to a file that is not there yet
    try:
        created = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    except FileExistsError:
        return
    try:
        os.fchmod(created, PRIVATE_FILE)
    finally:
        os.close(created)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a private file that appears under its name when all of it is written, instead of one that is there.

    An error inside leaves neither the file nor a draft of it.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
    draft = Path(name)
    try:
        with open(handle, "wb") as file:
            os.fchmod(handle, PRIVATE_FILE)
            yield file
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a private text file, whole or not at all, in UTF-8; half a character becomes an escape, as JSON has it.

    Raises:
        OSError: it cannot be written.
    """
    content = text.encode(errors="backslashreplace")
    with whole_file(path) as file:
        file.write(content)

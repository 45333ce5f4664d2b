"""The spool: calls on their way into the database, one file of JSON lines each.

The process of a call appends what happens to its file at once, and holds a lock on it for as long as it lives. Who
delivers reads the file meanwhile; a file without a lock belongs to nobody any more: what is in it is all there will be.
The system lets go of a lock when its process dies, however it does.
"""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from callagent.database import file_of
from callagent.private_files import create_file, make_directory
from callagent.profile.paths import state_directory

VARIABLE: Final = "CALLAGENT_SPOOL"
"""Environment variable with the directory of the spool."""

ENDING: Final = ".call"
"""How the name of a file in the spool ends."""

REFUSED: Final = ".refused"
"""What is added to the name of a file that the database does not take; somebody has to look at it."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


def places(location: str, env: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return the directories in which calls for a database are spooled: the first one that can be written is taken.

    They are what `CALLAGENT_SPOOL` names, or one beside the file of an SQLite database; then one in the user's state
    directory, and one for temporary files.
    """
    env = os.environ if env is None else env
    file = file_of(location)
    whole = str(file.resolve()) if file is not None else location
    key = hashlib.sha256(whole.encode(errors="backslashreplace")).hexdigest()[:16]
    found = [state_directory(env) / "spool" / key, Path(tempfile.gettempdir()) / f"callagent-{os.getuid()}" / key]
    if named := env.get(VARIABLE):
        return (Path(named) / key, *found)
    return (file.with_name(f"{file.name}.spool"), *found) if file is not None else tuple(found)


def file_name(call: str) -> str:
    """Return the name of a call's file."""
    safe = _UNSAFE.sub("_", call)[:100]
    return f"{safe}{ENDING}" if safe == call else f"{safe}-{hashlib.sha256(call.encode()).hexdigest()[:12]}{ENDING}"


def open_named(directory: Path, name: str, content: bytes = b"") -> int:
    """Make a file with that content, and return its descriptor: locked, and open for reading and going on writing.

    It appears under its name when it is locked and has its content.

    Raises:
        OSError: it cannot be made; nothing is left of it.
    """
    make_directory(directory)
    _check_owner(directory)
    handle, draft = tempfile.mkstemp(prefix=".", suffix=".new", dir=directory)  # not inherited, for its owner alone
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        while content:
            content = content[os.write(handle, content) :]
        os.rename(draft, directory / name)
    except BaseException:
        os.close(handle)
        with suppress(OSError):
            os.unlink(draft)
        raise
    return handle


def waiting(directories: Sequence[Path], *endings: str) -> list[Path]:
    """Return the files of the spool, oldest first; a directory that is not there has none.

    Args:
        endings: how their names end; left out: as those of calls.
    """
    found: list[tuple[float, Path]] = []
    for directory in directories:
        with suppress(OSError):
            for name in os.listdir(directory):
                if name.endswith(endings or ENDING):
                    found.append((_changed(directory / name), directory / name))
    return [path for _, path in sorted(found)]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0  # somebody else has just delivered it


def is_held(file: int) -> bool:
    """Tell whether the process of a call still writes into a file, which was opened here anew."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


@contextmanager
def delivering(directory: Path) -> Iterator[bool]:
    """Let one process at a time deliver what is in a directory; tell whether it is this one."""
    try:
        create_file(directory / ".lock")
        lock = os.open(directory / ".lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield False  # no such directory, or one that nobody can deliver from
        return
    try:
        yield _taken(lock)
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _check_owner(directory: Path) -> None:
    """Raise PermissionError for a directory of somebody else's, who could have made it before us."""
    if directory.stat().st_uid != os.getuid():
        raise PermissionError(errno.EPERM, "belongs to somebody else", str(directory))

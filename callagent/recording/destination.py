"""Where recordings are kept: a directory, or a bucket of S3. Everything that reads or writes there blocks."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from callagent.extras import lacking
from callagent.private_files import make_directory, whole_file
from callagent.profile import RecordingFormat
from callagent.profile.paths import state_directory
from callagent.records.spool import VARIABLE as SPOOL_VARIABLE
from callagent.sanitise import masked_urls

VARIABLE: Final = "CALLAGENT_RECORDINGS"
"""Environment variable with the directory, or the URL of the bucket, for recordings."""

UNDER_WAY: Final = ".under-way"
"""Directory beside recordings in which they are written while their calls go on."""

S3: Final = "s3://"

ENDINGS: Final[Mapping[RecordingFormat, str]] = {"opus": ".ogg", "wav": ".wav"}
"""How the names of files end, by their format."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
_DAY: Final = "%Y-%m-%d"


class RecordingUnavailable(Exception):
    """Recordings cannot be kept, read or removed where they should be; the message is one line, without secrets."""


class Storage(Protocol):
    """A place for files by their keys (`2026-01-31/AJ_7x.ogg`). Every method raises RecordingUnavailable."""

    def put(self, key: str, file: Path) -> None:
        """Keep a file under a key, instead of what is there; it stays where it was, or is moved."""
        ...

    def get(self, key: str, to: Path) -> bool:
        """Copy what has a key into a file; False where there is nothing."""
        ...

    def remove(self, key: str) -> bool:
        """Remove what has a key; False where there is nothing."""
        ...


@dataclass(frozen=True)
class Destination:
    """A directory (an absolute path), or `s3://BUCKET/PREFIX`, without a slash at its end."""

    place: str

    @property
    def is_s3(self) -> bool:
        """Whether it is a bucket."""
        return self.place.startswith(S3)

    def location(self, file_name: str) -> str:
        """Return where the recording is kept whose file has that name in the spool."""
        return f"{self.place}/{key_of(file_name)}"

    def open(self) -> Storage:
        """Return what reads and writes there.

        Raises:
            RecordingUnavailable: the package for it is not installed.
        """
        if not self.is_s3:
            return DirectoryStorage(Path(self.place))
        if missing := lacking("recordings in S3", "boto3"):
            raise RecordingUnavailable(missing)
        from callagent.recording.s3_storage import S3Storage  # of the extra `s3`

        bucket, _, prefix = self.place.removeprefix(S3).partition("/")
        return S3Storage(bucket, prefix)

    def check(self) -> None:
        """Make the directory where it is one and missing.

        Raises:
            RecordingUnavailable: nothing can be written there, or the package for a bucket is not installed.
        """
        storage = self.open()
        if isinstance(storage, DirectoryStorage):
            storage.check()

    def spool(self, env: Mapping[str, str] | None = None) -> tuple[Path, ...]:
        """Return the directories in which recordings are written while calls go on: the first one that can be is taken.

        They are one beside the recordings where these are files, then one in what `CALLAGENT_SPOOL` names, one in the
        user's state directory, and one for temporary files.
        """
        env = os.environ if env is None else env
        key = hashlib.sha256(self.place.encode(errors="backslashreplace")).hexdigest()[:16]
        temporary = Path(tempfile.gettempdir()) / f"callagent-{os.getuid()}" / f"recordings-{key}"
        named = [Path(env[SPOOL_VARIABLE]) / f"recordings-{key}"] if env.get(SPOOL_VARIABLE) else []
        beside = [] if self.is_s3 else [Path(self.place) / UNDER_WAY]
        return (*beside, *named, state_directory(env) / "recordings-spool" / key, temporary)


def destination_of(text: str | None, env: Mapping[str, str] | None = None) -> Destination:
    """Return the destination that a text names: a directory, or `s3://BUCKET/PREFIX`; None: one of the user.

    Raises:
        ValueError: it names none; the message is for whoever wrote it.
    """
    if text is None:
        return Destination(str(state_directory(os.environ if env is None else env) / "recordings"))
    if text.startswith(S3):
        bucket, _, prefix = text.removeprefix(S3).partition("/")
        parts = [part for part in prefix.split("/") if part]
        if not _BUCKET.fullmatch(bucket) or ".." in parts:
            raise ValueError(f"{masked_urls(text)!r} names no bucket: write s3://BUCKET or s3://BUCKET/PREFIX")
        return Destination("/".join((f"{S3}{bucket}", *parts)))
    if "://" in text or re.match(r"s3:", text):
        raise ValueError(f"{masked_urls(text)!r} is neither a directory nor s3://BUCKET/PREFIX")
    if not text.strip() or "\0" in text:
        raise ValueError("names no directory")
    return Destination(str(Path(text).expanduser().absolute()))


def file_name_of(call: str, started: float, ending: str) -> str:
    """Return the name of a call's recording in the spool.

    Args:
        started: when the call began, as `time.time()`; its day, in UTC, is where the recording is kept.
        ending: of the name.
    """
    safe = _UNSAFE.sub("_", call)[:100]
    if safe != call:
        safe = f"{safe}-{hashlib.sha256(call.encode(errors='backslashreplace')).hexdigest()[:12]}"
    return f"{datetime.fromtimestamp(started, UTC):{_DAY}}_{safe}{ending}"


def key_of(file_name: str) -> str:
    """Return the key of a recording by its name in the spool."""
    return file_name.replace("_", "/", 1)


def split_location(location: str) -> tuple[Destination, str]:
    """Return the destination of a recording, and its key there.

    Raises:
        ValueError: it is no location of a recording.
    """
    place, _, rest = location.rpartition("/")
    place, _, day = place.rpartition("/")
    cut_short = location.startswith(S3) and not place.removeprefix(S3[:-1]).strip("/")
    if not (place and day and rest) or {day, rest} & {".", ".."} or cut_short:
        raise ValueError(f"no recording is kept at {location!r}")
    return Destination(place), f"{day}/{rest}"


class DirectoryStorage:
    """Files in a directory, in one for each day."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, key: str, file: Path) -> None:
        """Move a file there, or copy it from another disk."""
        target = self._directory / key
        try:
            make_directory(target.parent)
            try:
                os.rename(file, target)
            except OSError as error:
                if error.errno != errno.EXDEV:  # another disk
                    raise
                copy_file(file, target)
        except OSError as error:
            raise RecordingUnavailable(_words(error, self._directory)) from error

    def get(self, key: str, to: Path) -> bool:
        """Copy a file from there."""
        self._check()
        try:
            copy_file(self._directory / key, to)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise RecordingUnavailable(_words(error, self._directory)) from error
        return True

    def remove(self, key: str) -> bool:
        """Remove a file, and the directory of its day where nothing is left in it."""
        self._check()
        target = self._directory / key
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise RecordingUnavailable(_words(error, self._directory)) from error
        with suppress(OSError):
            target.parent.rmdir()
        return True

    def check(self) -> None:
        """Make the directory where it is missing. Raise RecordingUnavailable when files cannot be written there."""
        try:
            make_directory(self._directory)
            with tempfile.TemporaryFile(dir=self._directory):
                pass
        except OSError as error:
            raise RecordingUnavailable(_words(error, self._directory)) from error

    def _check(self) -> None:
        """Raise RecordingUnavailable where there is no such directory: a disk may be missing, not its recordings."""
        if not self._directory.is_dir():
            raise RecordingUnavailable(f"{self._directory}: there is no such directory on this machine")


def copy_file(file: Path, target: Path) -> None:
    """Copy a file, which appears under its name when it is whole, for its owner alone. Raise OSError."""
    with file.open("rb") as source, whole_file(target) as copy:
        shutil.copyfileobj(source, copy)


def _words(error: OSError, directory: Path) -> str:
    return f"{directory}: {error.strerror or type(error).__name__}"

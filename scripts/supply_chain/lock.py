"""requirements.lock as data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOCK = Path("requirements.lock")
_PIN = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[\w.!+-]+)\s*(?:;\s*(?P<marker>.*?))?(?P<hashes>(?:\s+--hash=\S+)*)",
    re.ASCII,
)
_HASH = re.compile(r"--hash=(\w+):([0-9a-fA-F]+)")


class InvalidLock(Exception):
    """The lock cannot be used; the message is one line."""


@dataclass(frozen=True)
class Package:
    """A pin.

    Args:
        marker: where it is installed; empty: everywhere.
        hashes: of its files, each an algorithm and hexadecimal digits.
    """

    name: str
    version: str
    marker: str = ""
    hashes: tuple[tuple[str, str], ...] = ()

    @property
    def purl(self) -> str:
        """The package's URL in the form that inventories and vulnerability databases share."""
        return f"pkg:pypi/{normalised(self.name)}@{self.version}"


def normalised(name: str) -> str:
    """Return a project's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> list[Package]:
    """Return the pins of a lock, in its order.

    Raises:
        InvalidLock: it cannot be read, has no pins or something else than pins.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidLock(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    packages = [_package(path, number, line) for number, line in _logical_lines(text)]
    if not packages:
        raise InvalidLock(f"{path}: has no packages")
    return packages


def _package(path: Path, number: int, line: str) -> Package:
    match = _PIN.fullmatch(line)
    if match is None:
        raise InvalidLock(f"{path}:{number}: is not NAME==VERSION with hashes: {line[:60]!r}")
    hashes = tuple((algorithm, digest.lower()) for algorithm, digest in _HASH.findall(match["hashes"]))
    return Package(normalised(match["name"]), match["version"], (match["marker"] or "").strip(), hashes)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where a backslash says so, with the number of the first."""
    parts: list[str] = []
    begin = 0
    for number, line in enumerate(text.splitlines(), start=1):
        content = re.sub(r"(^|\s)#.*", "", line).rstrip()
        begin = begin if parts else number
        parts.append(content.removesuffix("\\").strip())
        if not content.endswith("\\"):
            joined = " ".join(part for part in parts if part)
            parts = []
            if joined:
                yield begin, joined
    if rest := " ".join(part for part in parts if part):
        yield begin, rest

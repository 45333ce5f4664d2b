"""Files about calls (records, journals, recordings, exports, the spool): a telephone number found and taken out.

A record or a journal of somebody's own call goes, with what stands beside it under the same name. In JSON and text the
number alone goes. Pages and other files are not rewritten: they are named, for somebody to delete.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from callagent.journal.journal_file import FILE_NAME
from callagent.private_files import whole_file
from callagent.sanitise import json_text
from callagent.sanitise.redaction.known_number import KnownNumber

REWRITTEN: Final = frozenset({".json", ".jsonl", ".refused", ".ndjson", ".txt", ".csv", ".log"})
"""Ends of the names of files of which only the number is taken out."""

LARGEST_BYTES: Final = 256 << 20
"""Of a file that is read; a larger one has no text, but audio."""


@dataclass
class FoundFiles:
    """Files with a number.

    Attributes:
        own: of a call with that number; they are deleted.
        named_in: in which it is named; it is taken out.
        others: that have it, and that nobody here can rewrite.
        unread: that cannot be read, each with the reason.
        looked_at: how many files have been read.
    """

    own: list[Path] = field(default_factory=list)
    named_in: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    looked_at: int = 0


def find_in(places: Iterable[Path], number: KnownNumber) -> FoundFiles:
    """Look through files and directories."""
    found = FoundFiles()
    files = sorted({path.absolute() for place in places for path in _files(place, found)})
    stems: set[Path] = set()
    for path in files:
        text = _text(path, found)
        if text is None or not number.is_in(text):
            continue
        if number.is_in(_whose(text)):
            stems.add(_stem(path))
            found.own.append(path)
        elif path.suffix.casefold() in REWRITTEN:
            found.named_in.append(path)
        else:
            found.others.append(path)
    for path in files:
        if _stem(path) in stems and path not in found.own:
            found.own.append(path)
    beside = set(found.own)
    found.named_in = [path for path in found.named_in if path not in beside]
    found.others = [path for path in found.others if path not in beside]
    return found


def erase_in(found: FoundFiles, number: KnownNumber) -> list[str]:
    """Delete what is somebody's own and take the number out of the rest; return what could not be done, a line each."""
    problems: list[str] = []
    for path in found.own:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            problems.append(f"{path}: cannot be deleted: {error.strerror}")
    for path in found.named_in:
        try:
            masked = "".join(_masked(line, number) for line in _lines(path))
            with whole_file(path) as file:
                file.write(masked.encode(errors="surrogateescape"))
        except OSError as error:
            problems.append(f"{path}: cannot be written: {error.strerror}")
    return problems


def _files(place: Path, found: FoundFiles) -> Sequence[Path]:
    if place.is_dir():
        return [path for path in place.rglob("*") if path.is_file() and not path.is_symlink()]
    if place.is_file():
        return [place]
    found.unread.append(f"{place}: no such file or directory")
    return []


def _text(path: Path, found: FoundFiles) -> str | None:
    """Return what is in a file as text; None where it has none."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return None
        content = path.read_bytes()
    except OSError as error:
        found.unread.append(f"{path}: cannot be read: {error.strerror}")
        return None
    found.looked_at += 1
    return None if b"\0" in content[:1024] else _without_escapes(content.decode(errors="surrogateescape"))


def _without_escapes(text: str) -> str:
    """Return JSON with the characters that it has as escapes: a number may have been said in another script."""
    if "\\u" not in text:
        return text
    try:
        return "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in text.splitlines() if line)
    except ValueError:
        return text


def _whose(text: str) -> str:
    """Return the number of the other side, of a record or of a journal; empty for anything else."""
    begin = text if text.startswith("{\n") else text.partition("\n")[0]
    try:
        value = json.loads(begin)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict):
        return ""
    context = value.get("context")
    return str(context.get("number", "")) if isinstance(context, dict) else str(value.get("number", ""))


def _stem(path: Path) -> Path:
    """Return the path of a file without what tells the files of one call apart."""
    name = path.name.removesuffix(f".{FILE_NAME}")
    return path.with_name(name.partition(".")[0] if name == path.name else name)


def _lines(path: Path) -> Sequence[str]:
    return path.read_bytes().decode(errors="surrogateescape").splitlines(keepends=True)


def _masked(line: str, number: KnownNumber) -> str:
    if "\\u" in line:
        try:
            value: Any = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return json_text(number.values(value)) + "\n"
    return number.masked(line)

"""Which journals of calls files and directories stand for."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callagent.journal.call_record import journal_beside
from callagent.journal.journal_file import FILE_NAME, find_journals
from callagent.yaml_config import ConfigError, Problem

OF_A_RECORD = frozenset({"call", "room", "started", "reason"})
"""Fields by which the record of a call is known."""

NO_JOURNAL = "callagent 0.1 kept none, and there is nothing to draw a page from"


@dataclass(frozen=True)
class Found:
    """The journals that files and directories stand for, and what is wrong with the rest."""

    journals: Sequence[Path]
    problems: Sequence[Problem]


def find(paths: Iterable[Path]) -> Found:
    """Return the journals of files (a journal, or the record beside it) and of directories, each once."""
    journals: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            for journal in _journals_of(path):
                journals.setdefault(journal.resolve(), journal)
        except ConfigError as error:
            problems += error.problems
    return Found(list(journals.values()), problems)


def records_without_journal(directory: Path) -> int:
    """Tell how many records of calls in a directory, or below it, have no journal beside them."""
    records = (path for path in directory.rglob("*.json") if not journal_beside(path).exists())
    return sum(_is_record(path) for path in records)


def _journals_of(path: Path) -> Iterator[Path]:
    if path.is_dir():
        journals = find_journals(path)
        if not journals:
            without = records_without_journal(path)
            records = "1 record" if without == 1 else f"{without} records"
            old = f"; its {records} (*.json) have none beside them: {NO_JOURNAL}" if without else ""
            raise ConfigError.single(str(path), f"has no journal of a call (*{FILE_NAME}){old}")
        yield from journals
    elif not path.exists():
        raise ConfigError.single(str(path), "no such file or directory")
    elif path.suffix != ".json":
        yield path
    elif (journal := journal_beside(path)).exists():
        yield journal
    elif _is_record(path):
        raise ConfigError.single(str(path), f"is the record of a call without a journal ({journal.name}): {NO_JOURNAL}")
    else:
        raise ConfigError.single(str(path), "is neither a journal nor the record of a call")


def _is_record(path: Path) -> bool:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.keys() >= OF_A_RECORD

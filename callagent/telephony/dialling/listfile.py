"""A list of numbers to be called: CSV with a column `number`; the other columns are told to the agent."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from callagent.profile import ConfigError, Problem, nearest
from callagent.telephony.dialling.order import check_meta
from callagent.telephony.numbers import InvalidNumber, Number, parse_number

COLUMN = "number"

UNCLOSED = "begins a row with a quote that is never closed"


@dataclass(frozen=True)
class Row:
    """One row.

    Args:
        line: where it ends in the file, counted from 1.
        key: what tells it from every other row, wherever it stands; it keeps its state while others come and go.
        number: who is to be called.
        meta: the other columns.
    """

    line: int
    key: str
    number: Number
    meta: Mapping[str, str]


def read_list(path: Path, region: str | None = None, common: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of a list, each of them once.

    Args:
        region: country whose national form is understood.
        common: what the agent is told in every call, beside a row's own columns.

    Raises:
        ConfigError: it cannot be read, or rows of it are wrong; every one of them is named, and nobody is called.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(_numbered(path, file))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError.single(str(path), f"cannot be read: {reason}") from error
    if not table:
        raise ConfigError.single(str(path), "is empty")
    columns, body = _columns(path, table)
    rows: dict[str, Row] = {}
    problems: list[Problem] = []
    for line, cells in body:
        try:
            row = _row(line, columns, cells, region)
            check_meta({**(common or {}), **row.meta})
        except ValueError as error:
            problems.append(Problem(str(path), line, "", str(error)))
            continue
        rows.setdefault(row.key, row)
    if problems:
        raise ConfigError(*problems)
    if not rows:
        raise ConfigError.single(str(path), "has no rows")
    return list(rows.values())


def _numbered(path: Path, file: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line on which it ends."""
    reader, begins = csv.reader(file, strict=True), 1
    try:
        for cells in reader:
            begins = reader.line_num + 1
            if any(map(str.strip, cells)):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        reason = UNCLOSED if str(error) == "unexpected end of data" else f"cannot be read: {error}"
        raise ConfigError(Problem(str(path), begins, "", reason)) from error


def _columns(path: Path, table: list[tuple[int, list[str]]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    line, first = table[0]
    names = [name.casefold() for name in first]
    if names.count(COLUMN) == 1 and len(set(names)) == len(names) and all(names):
        return names, table[1:]
    if len(first) == 1:
        try:
            parse_number(first[0])
        except InvalidNumber:
            pass
        else:
            return [COLUMN], table
    message = f"needs a first line with the names of the columns, each once, and '{COLUMN}' among them"
    like = nearest(COLUMN, names) if COLUMN not in names else None
    raise ConfigError(Problem(str(path), line, "", message + (f"; '{like}' looks like it" if like else "")))


def _row(line: int, columns: list[str], cells: list[str], region: str | None) -> Row:
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} columns, the first line {len(columns)}")
    values = dict(zip(columns, cells, strict=True))
    number = parse_number(values.pop(COLUMN), region)
    meta = {name: value for name, value in values.items() if value}
    content = json.dumps([number.e164, number.extension, meta], sort_keys=True)
    return Row(line, hashlib.sha256(content.encode()).hexdigest(), number, meta)

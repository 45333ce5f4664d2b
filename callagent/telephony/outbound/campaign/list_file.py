"""A list of numbers to be called: a table with a column of numbers; the other columns are told to the agent."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from callagent.phone_numbers.number import Number
from callagent.telephony.number_lists.cells import lacks_region, number_in
from callagent.telephony.number_lists.columns import NUMBER, choose_column, heading_row, number_columns
from callagent.telephony.number_lists.table_file import Cells, Likely, first_problems, read_text, rows_of
from callagent.telephony.outbound.call_request import check_meta
from callagent.yaml_config import ConfigError, Problem

_A_NUMBER = re.compile(r"[+(]*\d[\d\s().+/-]{5,}")


@dataclass(frozen=True)
class Row:
    """One row.

    Args:
        line: where it ends in the file, counted from 1.
        key: what tells it from every other row, wherever it stands; it keeps its state while others come and go.
        number: who is to be called.
        meta: the other columns.
        again: later rows with the same number, which are not called.
    """

    line: int
    key: str
    number: Number
    meta: Mapping[str, str]
    again: tuple["Row", ...] = ()


@dataclass(frozen=True)
class NumberList:
    """What is in a list.

    Args:
        rows: who is to be called, each once.
        skipped: rows that cannot be called and are left out, each with the reason.
    """

    rows: list[Row]
    skipped: list[Problem] = field(default_factory=list)

    @property
    def duplicates(self) -> list[tuple[Row, Row]]:
        """Rows that are not called, because an earlier one has the same number, each with that one; in their order."""
        pairs = ((later, row) for row in self.rows for later in row.again)
        return sorted(pairs, key=lambda pair: pair[0].line)


@dataclass(frozen=True)
class Reading:
    """How a list is read.

    Args:
        region: country whose national form is understood (ISO 3166 code); None: international form only.
        column: heading of the numbers, where it is not to be guessed.
        encoding: of the file, where it is not to be guessed.
        skip_invalid: leave out the rows that cannot be called, instead of the whole list.
        allow_duplicates: a number that stands in several different rows is called for each of them.
        common: what the agent is told in every call, beside a row's own columns.
    """

    region: str | None = None
    column: str | None = None
    encoding: str | None = None
    skip_invalid: bool = False
    allow_duplicates: bool = False
    common: Mapping[str, str] = field(default_factory=dict)


def read_list(path: Path, reading: Reading | None = None) -> NumberList:
    """Return the rows of a list.

    Raises:
        ConfigError: it cannot be read, or rows of it are wrong; every one of them is named, and nobody is called.
    """
    reading = reading or Reading()

    def likely(cells: list[str]) -> bool:
        return bool(number_columns(cells)) or (reading.column or "").casefold() in map(
            str.casefold, filter(None, cells)
        )

    table = list(rows_of(path, read_text(path, likely, reading.encoding), likely))
    if not table:
        raise ConfigError.single(str(path), "is empty")
    columns, body = _columns(path, _without_titles(table, likely), reading.column)
    rows: list[Row] = []
    problems: list[Problem] = []
    national = False
    for line, cells in body:
        try:
            row = columns.row(line, cells, reading.region)
            check_meta({**reading.common, **row.meta})
        except ValueError as error:
            problems.append(Problem(str(path), line, "", str(error)))
            national = national or lacks_region(columns.written(cells), reading.region)
            continue
        rows.append(row)
    if problems and not reading.skip_invalid:
        raise ConfigError(*_told(path, problems, of=len(body), national=national))
    if not rows:
        found = _told(path, problems, of=len(body), national=national)
        raise ConfigError(*found) if found else ConfigError.single(str(path), "has no rows")
    return NumberList(_each_once(rows, by_number=not reading.allow_duplicates), problems)


@dataclass(frozen=True)
class _Columns:
    """The columns of a list.

    Args:
        names: their headings in small letters, each once.
        number: which of them holds the number.
        width: cells that every row has: those up to the last heading.
    """

    names: tuple[str, ...]
    number: int
    width: int

    def written(self, cells: Sequence[str]) -> str:
        """Return the number of a row as it stands there."""
        return cells[self.number] if self.number < len(cells) else ""

    def row(self, line: int, cells: Sequence[str], region: str | None) -> Row:
        """Return the row. Raise ValueError for one that cannot be called."""
        if len(cells) < self.width or any(cells[len(self.names) :]):
            raise ValueError(f"has {len(cells)} columns, the first line {self.width}")
        number = number_in(cells[self.number], region)
        columns = enumerate(zip(self.names, cells, strict=False))
        meta = {name: value for index, (name, value) in columns if value and index != self.number}
        content = json.dumps([number.e164, number.extension, meta], sort_keys=True)
        return Row(line, hashlib.sha256(content.encode()).hexdigest(), number, meta)


def _without_titles(table: list[Cells], likely: Likely) -> list[Cells]:
    """Return the rows from the headings on, or from the first number of a list
    without them, what stands above left out.
    """
    below = table[heading_row([cells for _, cells in table], likely) :]
    while len(below) > 1 and len(below[0][1]) == 1 and below[0][1][0].startswith("#") and not likely(below[0][1]):
        below = below[1:]
    return below


def _columns(path: Path, table: list[Cells], wanted: str | None) -> tuple[_Columns, list[Cells]]:
    """Return the columns, and the rows below the headings. A list of nothing but numbers needs no heading."""
    line, first = table[0]
    if len(first) == 1 and wanted is None and _A_NUMBER.fullmatch(first[0]):
        return _Columns((NUMBER,), 0, 1), table
    try:
        number = choose_column(first, [cells for _, cells in table[1:]], wanted)
    except ValueError as error:
        raise ConfigError(Problem(str(path), line, "", str(error))) from None
    width = max(index for index, heading in enumerate(first, 1) if heading)
    return _Columns(_names(first), number, width), table[1:]


def _names(headings: Sequence[str]) -> tuple[str, ...]:
    """Return the headings in small letters; what has none, or the same as another one, is numbered."""
    names: dict[str, None] = {}
    for index, heading in enumerate(headings, 1):
        name = heading.casefold() or f"column {index}"
        names[name if name not in names else f"{name} ({index})"] = None
    return tuple(names)


def _each_once(rows: list[Row], *, by_number: bool) -> list[Row]:
    """Return the first row of each person; rows that are the same in everything are one in any case.

    An extension is a person of its own.
    """
    first: dict[object, Row] = {}
    again: dict[object, list[Row]] = {}
    for row in rows:
        who: object = (row.number.e164, row.number.extension) if by_number else row.key
        if who in first:
            again.setdefault(who, []).append(row)
        else:
            first[who] = row
    for who, later in again.items():
        first[who] = replace(first[who], again=tuple(later))
    return list(first.values())


def _told(path: Path, problems: Sequence[Problem], *, of: int, national: bool) -> list[Problem]:
    """Return the wrong rows, and what can be done."""
    told = first_problems(path, problems, "rows", national=national)
    if 0 < len(problems) < of:
        hint = f"{len(problems)} of {of} rows cannot be called; --skip-invalid leaves them out"
        told.append(Problem(str(path), None, "", hint))
    return told

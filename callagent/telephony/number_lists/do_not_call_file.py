"""A file with numbers that are never called: one a line, a table of a CRM, or the registry of the United States."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import phonenumbers

from callagent.phone_numbers.number import InvalidNumber, parse_number
from callagent.profile import Profile
from callagent.telephony.number_lists.cells import as_typed, is_missing, lacks_region
from callagent.telephony.number_lists.columns import LOWEST_HEADING, heading_row, number_columns
from callagent.telephony.number_lists.table_file import first_problems, read_text, rows_of
from callagent.yaml_config import ConfigError, Problem

NORTH_AMERICA = 1
"""Country code of the numbers that the national do-not-call registry of the United States holds."""

REGISTRY = "is a line of the national do-not-call registry of the United States; read it with --region US"

_AMERICAN = re.compile(r"(\+?1)?([2-9]\d\d[2-9]\d{6})", re.ASCII)
_REGISTERED = re.compile(r"([2-9]\d\d),(\d{7})(?:,.*)?", re.ASCII)
"""A line of the registry: area code, comma, seven digits; in a list of changes, a date and A or D follow."""

_TAKEN_OFF = re.compile(r".*,\s*\"?[Dd]\"?\s*")
_SEPARATOR = re.compile(r"[,;\t|]")
_ANOTHER = re.compile(r"[,;\t|][\s\"]*\+\d")

Entry = tuple[int, str]
"""A line, counted from 1, and the number on it as it is written."""


def listed_by(profile: Profile, region: str | None) -> Mapping[str, str]:
    """Return the numbers of the profile's do-not-call file, each with its place there. Raise ConfigError."""
    if not profile.dialling.do_not_call:
        return {}
    file = profile.places.beside("dialling.do_not_call", profile.dialling.do_not_call)
    return {number: f"{file}:{line}" for number, line in read_number_file(file, region).items()}


def read_number_file(path: Path, region: str | None = None) -> dict[str, int]:
    """Return numbers in E.164 with the line on which each stands; `#` begins a
    comment, what follows a separator is ignored.

    A table with headings is read for all of its columns of numbers. Lines of ten digits, and those of the registry
    (`202,5550123`), are taken for American numbers without a look into the numbering plan: a million of them take
    seconds instead of minutes, and a number that nobody has is listed in vain, no more.

    Args:
        region: ISO 3166 code of the country whose national form is understood; None: only international form.

    Raises:
        ConfigError: the file cannot be read, or a line is no number: a number nobody understands protects nobody.
    """
    text = read_text(path, _has_numbers)
    american = region is not None and phonenumbers.country_code_for_region(region) == NORTH_AMERICA
    numbers: dict[str, int] = {}
    problems: list[Problem] = []
    national = False
    for line, cell in _entries(path, text, registry=american):
        written = as_typed(cell)
        shape = _AMERICAN.fullmatch(written)
        if shape and (american or shape[1] == "+1"):
            numbers.setdefault(f"+1{shape[2]}", line)
            continue
        try:
            numbers.setdefault(parse_number(written, region).e164, line)
        except InvalidNumber as error:
            problems.append(Problem(str(path), line, "", str(error)))
            national = national or lacks_region(written, region)
    if problems:
        raise ConfigError(*first_problems(path, problems, "lines", national=national))
    return numbers


def _has_numbers(cells: list[str]) -> bool:
    return bool(number_columns(cells))


def _entries(path: Path, text: str, *, registry: bool) -> Iterator[Entry]:
    """Yield every number of the file. Raise ConfigError where a line cannot be what it seems."""
    lines = text.splitlines()
    content = (line for line in lines if line.strip() and not _is_aside(line))
    first = [[cell.strip(' "') for cell in _SEPARATOR.split(line)] for line in islice(content, LOWEST_HEADING)]
    if first and number_columns(first[heading_row(first, _has_numbers)]):
        yield from _in_table(path, text)
    else:
        yield from _in_lines(path, lines, registry=registry)


def _is_aside(line: str) -> bool:
    """Tell whether it is a comment, or the line that tells Excel of the separator."""
    return line.lstrip().startswith("#") or line.strip('" ')[:4].casefold() == "sep="


def _in_table(path: Path, text: str) -> Iterator[Entry]:
    columns: list[int] = []
    for line, cells in rows_of(path, text, _has_numbers):
        if cells[0].startswith("#"):
            continue
        if not columns:
            columns = number_columns(cells)
            continue
        for column in columns:
            written = cells[column].partition("#")[0].strip() if column < len(cells) else ""
            if not is_missing(written):
                yield line, written


def _in_lines(path: Path, lines: Iterable[str], *, registry: bool) -> Iterator[Entry]:
    for line, whole in enumerate(lines, 1):
        if registered := _REGISTERED.fullmatch(whole):
            if not registry:
                raise ConfigError(Problem(str(path), line, "", f"'{whole}' {REGISTRY}"))
            if _TAKEN_OFF.fullmatch(whole):
                raise ConfigError(
                    Problem(str(path), line, "", f"'{whole}' was taken off the registry: it is not for this list")
                )
            yield line, registered[1] + registered[2]
            continue
        row = whole.partition("#")[0]
        written = _SEPARATOR.split(row)[0].strip().strip('"')
        if _ANOTHER.search(row):
            raise ConfigError(
                Problem(str(path), line, "", f"'{row.strip()}' holds more than one number: write one a line")
            )
        if written and not (line == 1 and _is_aside(whole)):
            yield line, written

"""Text files as spreadsheets and CRMs export them: the encoding, the separator and the rows, each with its line."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from callagent.telephony.number_lists.cells import NEEDS_REGION
from callagent.telephony.number_lists.columns import heading_row
from callagent.yaml_config import ConfigError, Problem

Cells = tuple[int, list[str]]
"""The line on which a row ends, counted from 1, and its cells without the space around them."""

Likely = Callable[[list[str]], bool]
"""Whether a first row makes sense as one of headings."""

SEPARATORS = (",", ";", "\t", "|")

UNCLOSED = "begins a row with a quote that is never closed"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD_ENCODINGS = ("cp1252", "mac_roman", "cp932", "cp949", "gb18030", "cp1251", "cp1250", "cp1253")
"""What spreadsheets save as "CSV" where they do not save UTF-8, by the country they were sold in."""

_TOLD_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?[ \t]*(?:\r\n?|\n)", re.IGNORECASE)
"""The first line `sep=;` with which Excel is told of the separator."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""What .xlsx, .ods and .xls begin with."""

_SAMPLE_BYTES, _SAMPLE_ROWS = 4096, 50

MOST_PROBLEMS = 100
"""Wrong rows that are named one by one; of a longer list of them, only how many more there are."""


def read_text(path: Path, likely: Likely, encoding: str | None = None) -> str:
    """Return the text of a file, whatever it is encoded in.

    Args:
        likely: decides between encodings that are all possible: in the right one, the headings make sense.
        encoding: that of the file, where it is known.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError.single(str(path), f"cannot be read: {error.strerror}") from error
    if data.startswith(_WORKBOOKS):
        raise ConfigError.single(str(path), "is a workbook, not a table as text; save its sheet as CSV")
    encoding = encoding or _marked(data)
    try:
        return data.decode(encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise ConfigError.single(str(path), f"cannot be read: it is not {encoding.upper()} text") from error
    return _in_old_encoding(data, likely)


def rows_of(path: Path, text: str, likely: Likely) -> Iterator[Cells]:
    """Yield the rows that are not empty. Raise ConfigError for a quote that does not fit."""
    told = _TOLD_SEPARATOR.match(text)
    body, skipped = (text[told.end() :], 1) if told else (text, 0)
    separator = told[1] if told else _separator(body, likely)
    reader, begins = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True), 1
    try:
        for cells in reader:
            begins = reader.line_num + 1
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num + skipped, stripped
    except csv.Error as error:
        reason = UNCLOSED if str(error) == "unexpected end of data" else f"cannot be read: {error}"
        raise ConfigError(Problem(str(path), begins + skipped, "", reason)) from error


def first_problems(
    path: Path, problems: Sequence[Problem], what: Literal["rows", "lines"], *, national: bool
) -> list[Problem]:
    """Return the problems one by one, as long as somebody may read them.

    Args:
        what: what each of them is about.
        national: whether naming a country would help; then it is said how.
    """
    told = list(problems[:MOST_PROBLEMS])
    if more := len(problems) - len(told):
        told.append(Problem(str(path), None, "", f"{more} more {what} are wrong"))
    if national:
        told.append(Problem(str(path), None, "", NEEDS_REGION))
    return told


def _marked(data: bytes) -> str | None:
    """Return the encoding that a file begins with, or UTF-16 where every other byte of it is zero."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE_BYTES]
    pairs = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if pairs and odd > pairs // 2 and not even:
        return "utf-16-le"
    return "utf-16-be" if pairs and even > pairs // 2 and not odd else None


def _in_old_encoding(data: bytes, likely: Likely) -> str:
    texts = []
    for encoding in _OLD_ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        rows = list(_sample(text, _separator(text, likely)))
        if rows and likely(rows[heading_row(rows, likely)]):
            return text
        texts.append(text)
    return texts[0]  # Mac Roman has a character for every byte.


def _separator(text: str, likely: Likely) -> str:
    """Return the separator with which the headings make sense; of several, the one that fits the most rows."""
    return max(SEPARATORS, key=lambda separator: _fits(text, separator, likely))


def _fits(text: str, separator: str, likely: Likely) -> tuple[bool, bool, int, int]:
    try:
        rows = list(_sample(text, separator))
    except csv.Error:
        return False, False, 0, 0
    headings = rows[heading_row(rows, lambda row: len(row) > 1 and likely(_alone(row)))] if rows else []
    columns = len(headings)
    return columns > 1 and likely(_alone(headings)), columns > 1, sum(len(row) == columns for row in rows), columns


def _alone(row: list[str]) -> list[str]:
    """Return the cells that no other separator would part."""
    return [cell for cell in row if not any(other in cell for other in SEPARATORS)]


def _sample(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the first rows that are not empty; the sample may end inside quotes, so that is no mistake here."""
    rows = csv.reader(io.StringIO(text[: _SAMPLE_BYTES * 16], newline=""), delimiter=separator)
    return islice((row for row in rows if any(map(str.strip, row))), _SAMPLE_ROWS)

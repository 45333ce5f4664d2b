"""What profiles and scripted calls write for words: words in this order, or a regular expression between slashes.

| written | found in |
|---|---|
| `opening hours` | "What are your OPENING hours?", "opening and closing hours" |
| `ठीक है` | "हाँ, ठीक है।": vowel signs belong to their words |
| `営業` | "営業時間は何時ですか": in a script without spaces a word may stand anywhere, its characters side by side |
| `/half past (?:nine|ten)/` | "At Half Past Nine" |
"""

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from callagent.phrases.expressions import LONGEST_SEARCH_S, SHORTEST_SEARCH_S, SlowExpressionError, check, search
from callagent.phrases.normalise import APOSTROPHES, is_spaceless

_log = logging.getLogger("callagent.phrases")

_ASCII_WORD = re.compile(r"[a-z0-9]+(?:['`][a-z0-9]+)*", re.IGNORECASE)
_VOICING = frozenset("\u3099\u309a\uff9e\uff9f")
"""Marks that belong to the kana before them, as characters of their own in some encodings."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a phrase was found, as character positions in the text, and the named groups of its expression."""

    start: int
    end: int
    groups: Mapping[str, str] = field(default_factory=dict, hash=False)


class _Unit(NamedTuple):
    """A word, or one character of a script without spaces, in the form in which units are compared."""

    text: str
    start: int
    end: int


def is_expression(phrase: str) -> bool:
    """Tell whether the phrase is a regular expression between slashes."""
    return len(phrase) > 1 and phrase.startswith("/") and phrase.endswith("/")


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: case, apostrophes and punctuation do not count; the characters
    of a script without spaces are words.
    """
    return [unit.text for unit in _units(text)]


def find(phrase: str, text: str, start: int = 0, limit: float = LONGEST_SEARCH_S) -> Found | None:
    """Return the first place at or after `start` where the phrase is found.

    Words match when they occur in this order, other words between them or not; a regular expression is searched
    without regard to case, for at most `limit` seconds. Raises ValueError for a broken expression, SlowExpressionError
    for one that takes longer.
    """
    if is_expression(phrase):
        found = search(phrase[1:-1], text, start, limit)
        if found is None:
            return None
        return Found(*found.span(), {name: part for name, part in found.groupdict().items() if part is not None})
    units, heard = _heard(text, start)
    items = _items(phrase)
    if not all(heard.issuperset(item) for item in items):
        return None
    first, at = None, 0
    for item in items:
        at = _first_at(item, units, at)
        if at < 0:
            return None
        first = units[at].start if first is None else first
        at += len(item)
    return None if first is None else Found(first, units[at - 1].end)


def find_any(phrases: Iterable[str], text: str) -> tuple[int, Found] | None:
    """Return the first of several phrases that is found, by its number.

    An expression that takes too long counts as not found, and shortens the time of those behind it, so that many of
    them take hardly longer than two; the log names the first.
    """
    limit, slow = LONGEST_SEARCH_S, ""
    try:
        for number, phrase in enumerate(phrases):
            try:
                found = find(phrase, text, limit=limit)
            except SlowExpressionError as error:
                limit, slow = max(limit / 2, SHORTEST_SEARCH_S), slow or error.expression
                continue
            if found is not None:
                return number, found
        return None
    finally:
        if slow:
            _log.warning("an expression takes too long and is left out", extra={"expression": slow})


def shown(phrase: str) -> str:
    """Return the phrase as a report shows it."""
    return phrase if is_expression(phrase) else f"'{phrase}'"


def check_expression(phrase: str) -> str:
    """Return the phrase itself. Raise ValueError for a regular expression that is none."""
    if is_expression(phrase):
        check(phrase[1:-1])
    return phrase


def check_phrase(phrase: str) -> str:
    """Return the phrase itself. Raise ValueError where it could never be found."""
    if not is_expression(check_expression(phrase)) and not words(phrase):
        raise ValueError("has no word in it that could be heard")
    return phrase


Phrase = Annotated[
    str,
    Field(min_length=1, max_length=2_000, description="Words in this order, or /a regular expression/."),
    AfterValidator(check_phrase),
]
"""A phrase that a script looks for."""


@lru_cache(maxsize=1024)
def _items(phrase: str) -> tuple[tuple[str, ...], ...]:
    """Return the parts of a phrase that may have other words between them: words,
    and runs without a space between them.
    """
    items: list[list[str]] = []
    last_end = -1
    for unit in _units(phrase):
        if items and unit.start == last_end and is_spaceless(unit.text) and is_spaceless(items[-1][-1]):
            items[-1].append(unit.text)
        else:
            items.append([unit.text])
        last_end = unit.end
    return tuple(map(tuple, items))


@lru_cache(maxsize=16)
def _heard(text: str, start: int) -> tuple[list[_Unit], frozenset[str]]:
    """Return the units of a text, and how they are compared: many phrases are looked for in the same text."""
    units = list(_units(text, start))
    return units, frozenset(unit.text for unit in units)


def _first_at(item: tuple[str, ...], units: list[_Unit], start: int) -> int:
    for at in range(start, len(units) - len(item) + 1):
        if all(units[at + offset].text == text for offset, text in enumerate(item)):
            return at
    return -1


def _units(text: str, start: int = 0) -> Iterator[_Unit]:
    if text.isascii():
        for found in _ASCII_WORD.finditer(text, start):
            yield _Unit(_compared(found.group()), *found.span())
        return
    at = start
    while at < len(text):
        if not _in_word(text[at]):
            at += 1
            continue
        end = _end_of_unit(text, at)
        yield _Unit(_compared(text[at:end]), at, end)
        at = end


def _end_of_unit(text: str, start: int) -> int:
    spaceless = is_spaceless(text[start])
    at = start + 1
    while at < len(text):
        joins = text[at] in _VOICING or unicodedata.category(text[at]).startswith("M")
        if spaceless and not joins:
            break
        if not joins and (is_spaceless(text[at]) or not _goes_on(text, at)):
            break
        at += 1
    return at


def _goes_on(text: str, at: int) -> bool:
    """Tell whether the word before `at` goes on there: an apostrophe or a joiner between letters is part of it."""
    if _in_word(text[at]) or unicodedata.category(text[at]) == "Cf":
        return True
    return text[at] in APOSTROPHES and at + 1 < len(text) and _in_word(text[at + 1])


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] in "LMN"


def _compared(word: str) -> str:
    bare = "".join(c for c in word if c not in APOSTROPHES and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())

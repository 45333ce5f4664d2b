"""What a script writes for words: words that occur in this order, or a regular expression between slashes."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

_APOSTROPHE = "\u2019"
_WORD = re.compile(rf"\w+(?:['{_APOSTROPHE}]\w+)*")


def is_expression(phrase: str) -> bool:
    """Whether the phrase is a regular expression between slashes."""
    return len(phrase) > 1 and phrase.startswith("/") and phrase.endswith("/")


def words(text: str) -> list[str]:
    """The words of a text as they are compared: case and punctuation do not count."""
    return [word.casefold().replace(_APOSTROPHE, "'") for word in _WORD.findall(text)]


@dataclass(frozen=True)
class Match:
    """Where a phrase was found, as character positions in the text."""

    start: int
    end: int


def find(phrase: str, text: str, start: int = 0) -> Match | None:
    """The first place at or after `start` where the phrase is found.

    Words match when they occur in this order, other words between them or not; a regular expression is searched
    without regard to case.
    """
    if is_expression(phrase):
        found = re.compile(phrase[1:-1], re.IGNORECASE).search(text, start)
        return Match(*found.span()) if found else None
    wanted = words(phrase)
    first: int | None = None
    for candidate in _WORD.finditer(text, start):
        if words(candidate.group()) != wanted[:1]:
            continue
        first = candidate.start() if first is None else first
        wanted = wanted[1:]
        if not wanted:
            return Match(first, candidate.end())
    return None


def shown(phrase: str) -> str:
    """The phrase as a report shows it."""
    return phrase if is_expression(phrase) else f"'{phrase}'"


def check_expression(phrase: str) -> str:
    """The phrase itself. Raises ValueError for a regular expression that is none."""
    if is_expression(phrase):
        try:
            re.compile(phrase[1:-1])
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
    return phrase


def _findable(phrase: str) -> str:
    if not is_expression(check_expression(phrase)) and not words(phrase):
        raise ValueError("has no word in it that could be heard")
    return phrase


Phrase = Annotated[
    str,
    Field(min_length=1, max_length=2_000, description="Words in this order, or /a regular expression/."),
    AfterValidator(_findable),
]
"""A phrase that a script looks for."""

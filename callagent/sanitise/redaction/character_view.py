"""A text without its spaces, dashes and spoken digits: only the characters that numbers are made of, with their places.

"my IBAN is D E 89, three seven 04" becomes `myIBANisDE893704`, of which every character knows where in the text it
stands, and where words begin and end. What is between two words and belongs to no number ends a chain: no number goes
on over it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from callagent.sanitise.redaction.spoken_digits import BETWEEN, TENS, TIMES, UNITS, ZEROS

BREAK: Final = "\0"
"""Stands in the view where a chain ends."""

_TOKEN = re.compile(r"[0-9A-Za-z\u00c0-\u024f&]+|\d+|[\u0900-\u097f]+|[\u3040-\u30ff]+|[\u4e00-\u9fff\u3007]")
_GAP = re.compile(r"[\s\u00a0\u202f.,;:/\u00b7\u2010-\u2015\u2212()\u3000\u3001\u30fb-]{1,4}")
_FRACTION = re.compile(r"\d[.,]")
_LONE_WORDS: Final = frozenset("aeiouy")

_LONGEST_GROUP: Final = 6
"""Digits behind a point that is no decimal point: "4111.1111"."""


class Token(NamedTuple):
    """A word of the text as the view has it: its characters, its place, and whether a mark stands before it."""

    characters: str
    start: int
    end: int
    marked: bool


@dataclass
class CharacterView:
    """The view of one text.

    Attributes:
        text: its characters, letters as capitals.
        places: of each character, where it stands in the original.
        first, last: tokens by the index of their first and of their last character.
    """

    text: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)
    first: dict[int, Token] = field(default_factory=dict)
    last: dict[int, Token] = field(default_factory=dict)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original the characters from `start` up to `end` stand."""
        return self.places[start][0], self.places[end - 1][1]

    def groups(self, start: int, end: int) -> tuple[int, ...]:
        """Return how many characters the words between have."""
        return tuple(len(token.characters) for at, token in self.first.items() if start <= at < end)

    def pauses(self, start: int, end: int) -> tuple[int, ...]:
        """Return how many characters stand between the marks: "five three six, two two, eight four seven one"."""
        sizes = [0]
        for at, token in self.first.items():
            if start <= at < end:
                sizes += [0] if token.marked and at > start else []
                sizes[-1] += len(token.characters)
        return tuple(sizes)

    def begins_here(self, at: int) -> bool:
        """Tell whether a number may begin here: at a word, but not in the middle of digits that are said one by one."""
        token = self.first.get(at)
        if token is None:
            return False
        before = self.last.get(at - 1)
        if before is None or token.marked or not self.text[at - 1].isdigit():
            return True
        return len(before.characters) > 1 or len(token.characters) > 1

    def ends_here(self, end: int, *, usual: bool = False) -> bool:
        """Tell whether a number may end before `end`, where it has its usual length or not."""
        if end - 1 not in self.last:
            return False
        after = self.first.get(end)
        if after is None or after.marked or not self.text[end].isdigit() or usual:
            return True
        return len(self.last[end - 1].characters) > 1 or len(after.characters) > 1


def view_of(text: str, words: Mapping[str, str]) -> CharacterView:
    """Return the view of a text.

    Args:
        words: digits by the words for them.
    """
    view, characters = CharacterView(), list[str]()
    for token in _joined(_tokens(text, words)):
        if token.characters == BREAK:
            characters.append(BREAK)
            view.places.append((token.start, token.end))
            continue
        view.first[len(characters)] = token
        characters += token.characters
        spoken = len(token.characters) != token.end - token.start
        for index in range(len(token.characters)):
            at = token.start + index
            view.places.append((token.start, token.end) if spoken else (at, at + 1))
        view.last[len(characters) - 1] = token
    view.text = "".join(characters)
    return view


def _tokens(text: str, words: Mapping[str, str]) -> Iterator[Token]:
    """Yield the words with spoken digits as digits, and a break for what ends a chain."""
    end, times, begun, digits = 0, 1, -1, False
    for match in _TOKEN.finditer(text):
        raw, gap = match[0], text[end : match.start()]
        folded = raw.casefold()
        if gap and _GAP.fullmatch(gap) is None:
            yield Token(BREAK, end, match.start(), False)
            times = 1
        marked = any(mark in gap for mark in ".,;:/\u3001")
        start, end = match.span()
        if folded in TIMES and words:
            times, begun = TIMES[folded], start
            continue
        if words and folded in BETWEEN and folded not in words:
            continue
        if digits and raw in _LONE_WORDS and not (folded in ZEROS and words):
            yield Token(BREAK, start, end, False)  # "12345678 a las ocho"
            digits = False
            continue
        characters = words.get(folded) or _plain(raw, words)
        digits = characters.isdigit()
        if times > 1 and characters.isdigit() and len(characters) == 1:
            characters, start = characters * times, begun
        times = 1
        if gap in (".", ",") and len(raw) > _LONGEST_GROUP and raw.isdigit():
            yield Token(BREAK, start, start, False)  # the digits behind a decimal point
            characters = BREAK
        yield Token(characters, start, end, marked)


def _joined(tokens: Iterator[Token]) -> Iterator[Token]:
    """Yield the tokens with "fifty four" as one: 54."""
    before: Token | None = None
    for token in tokens:
        if before is not None:
            if _is_unit(token) and not token.marked and token.start - before.end <= 1:
                yield Token(before.characters[0] + token.characters, before.start, token.end, before.marked)
                before = None
                continue
            yield before
        before = token if _is_tens(token) else None
        if before is None:
            yield token
    if before is not None:
        yield before


def _is_tens(token: Token) -> bool:
    return token.characters in TENS and token.end - token.start > len(token.characters)


def _is_unit(token: Token) -> bool:
    return token.characters in UNITS and token.end - token.start > 1


def _plain(raw: str, words: Mapping[str, str]) -> str:
    if raw.isdecimal():
        return "".join(str(unicodedata.decimal(each)) for each in raw)
    if words and raw.casefold() in ZEROS:
        return "0"
    return raw.upper() if len(raw.upper()) == len(raw) else raw

"""Whether what somebody says asks that they are not called again.

Phrases are words side by side, wherever they stand in what was said: "well, take me off your list, please". Sounds such
as "um" between them do not count. Directly before a phrase some words make something else of it: "do not take me off
your list", "did you take me off your list?"; a pause between the two, as a mark tells it, does not: "No, don't. Take me
off your list".
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from callagent.phrases import find_any, is_expression, is_hum, words

LONGEST_TEXT: Final = 2_000
"""Characters of a transcript that are looked at, from its end."""

_FILLERS: Final = frozenset({"um", "uhm", "umm", "er", "erm", "äh", "ähm", "euh", "este", "ehm"})
_MARKS = re.compile(r"[.!?;:,\u2026\u3002\uff01\uff1f\u3001\uff0c\u0964]+")


class _Unit(NamedTuple):
    word: str
    begins: bool
    """Whether it is the first one after a mark."""


class OptOutWords:
    """The phrases of a profile.

    Args:
        phrases: words side by side, or regular expressions between slashes.
        unless_after: what makes something else of one, directly before it.
    """

    def __init__(self, phrases: Sequence[str], unless_after: Sequence[str] = ()) -> None:
        self._phrases = [_said(phrase) for phrase in phrases if not is_expression(phrase)]
        self._expressions = [phrase for phrase in phrases if is_expression(phrase)]
        self._unless = [words(phrase) for phrase in unless_after if not is_expression(phrase)]

    def asks(self, text: str) -> bool:
        """Tell whether a text asks not to be called again."""
        text = text[-LONGEST_TEXT:]
        units = _units(text)
        said = [unit.word for unit in units]
        for phrase in self._phrases:
            for at in _places(phrase, said):
                if not self._means_else(units, at):
                    return True
        return find_any(self._expressions, text) is not None

    def _means_else(self, units: Sequence[_Unit], at: int) -> bool:
        """Tell whether what stands before the place, without a mark in between, makes something else of it."""
        if units[at].begins:
            return False
        before = [unit.word for unit in units[:at]]
        return any(before[-len(each) :] == each for each in self._unless)


def _units(text: str) -> list[_Unit]:
    found = []
    for clause in _MARKS.split(text):
        found += [_Unit(word, begins=not index) for index, word in enumerate(_said(clause))]
    return found


def _said(text: str) -> list[str]:
    """Return the words, without sounds between them; in a script without spaces characters are no sounds."""
    return [word for word in words(text) if len(word) == 1 or not (is_hum(word) or word in _FILLERS)]


def _places(phrase: Sequence[str], said: Sequence[str]) -> list[int]:
    """Return where the words of a phrase stand side by side."""
    length = len(phrase)
    return [at for at in range(len(said) - length + 1) if length and said[at : at + length] == phrase]

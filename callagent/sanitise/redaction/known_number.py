"""One telephone number, found wherever somebody has written or said it, and taken out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from callagent.sanitise.redaction.character_view import CharacterView, view_of
from callagent.sanitise.redaction.spoken_digits import digit_words_of_all

ERASED: Final = "[erased]"
"""What stands where the number was."""

FEWEST_DIGITS: Final = 7
"""Digits of a number without its country that are looked for by themselves; fewer are a price, or a room."""

_DIALLED_ABROAD: Final = ("00", "011", "010", "0011")
"""What is dialled before a country's code: most countries, North America, Japan, Australia."""

_WORDS_OF_DIGITS: Final = re.compile(r"[^\W\d_]+")


class KnownNumber:
    """A number that is looked for.

    Args:
        e164: the number, `+` and its digits.

    Raises:
        ValueError: it is no number in that form.
    """

    def __init__(self, e164: str) -> None:
        import phonenumbers  # slow to import

        try:
            parsed = phonenumbers.parse(e164)
        except phonenumbers.NumberParseException as error:
            raise ValueError(f"no number in E.164: {error}") from error
        self.pii_e164 = e164
        self.pii_full = e164.removeprefix("+")
        self.pii_national = phonenumbers.national_significant_number(parsed)
        country = str(parsed.country_code)
        self._before = (*(prefix + country for prefix in _DIALLED_ABROAD), country, "0", "")
        self._before = tuple(sorted(self._before, key=len, reverse=True))
        if len(self.pii_national) < FEWEST_DIGITS:
            self._before = tuple(prefix for prefix in self._before if prefix.endswith(country))
        self._written = re.compile(r"[^0-9]{0,12}".join(self.pii_national))
        self._words = digit_words_of_all()

    def is_in(self, text: str) -> bool:
        """Tell whether the number is in a text."""
        return self.may_be_in(text) and any(True for _ in self._spans(text))

    def may_be_in(self, text: str) -> bool:
        """Tell quickly whether it may be in a text; the digits of other scripts and words for digits are looked at."""
        if self._written.search(text):
            return True
        if not text.isascii() and any(each.isdecimal() and not each.isascii() for each in text):
            return True
        said = sum(word.casefold() in self._words for word in _WORDS_OF_DIGITS.findall(text))
        return said * 2 >= FEWEST_DIGITS or (not text.isascii() and sum(each in self._words for each in text) > 3)

    def masked(self, text: str) -> str:
        """Return the text without the number."""
        if not self.may_be_in(text):
            return text
        pieces, end = [], 0
        for start, stop in self._spans(text):
            if start >= end:
                pieces += [text[end:start], ERASED]
                end = stop
        return "".join((*pieces, text[end:]))

    def values(self, value: Any) -> Any:
        """Return a value of JSON types without the number, in its keys too; an integer that is it becomes a text."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, int) and not isinstance(value, bool):
            whole = self.pii_full, self.pii_national
            return ERASED if abs(value) < 10**20 and str(abs(value)) in whole else value
        if isinstance(value, Mapping):
            return {self.masked(str(key)): self.values(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.values(each) for each in value]
        return value

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        view = view_of(text, self._words)
        at = view.text.find(self.pii_national)
        while at >= 0:
            end = at + len(self.pii_national)
            begin = self._begin(view, at)
            if begin is not None and _between_numbers(view, end):
                start, stop = view.span(begin, end)
                yield start - text.endswith("+", 0, start), stop
            at = view.text.find(self.pii_national, at + 1)

    def _begin(self, view: CharacterView, at: int) -> int | None:
        """Return where the number begins, with what is dialled before it; None where other digits go before."""
        for prefix in self._before:
            begin = at - len(prefix)
            if begin >= 0 and view.text[begin:at] == prefix and _between_numbers(view, begin):
                return begin
        return None


def _between_numbers(view: CharacterView, at: int) -> bool:
    """Tell whether no number goes on over that place: there is a word's end, or no digit on one of its sides."""
    if at in (0, len(view.text)) or at in view.first:
        return True
    return not (view.text[at - 1].isdigit() and view.text[at].isdigit())

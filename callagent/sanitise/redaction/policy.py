"""Which kinds of personal data a text must not keep, and the text without them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, get_args

from callagent.sanitise.redaction.character_view import CharacterView, view_of
from callagent.sanitise.redaction.check_digits import card_lengths
from callagent.sanitise.redaction.finders import births, cards, emails, ibans, national_ids, phones
from callagent.sanitise.redaction.spoken_digits import digit_words

RedactedKind = Literal["card", "iban", "national_id", "email", "phone", "birth_date", "keys"]
"""`keys` are no words: those that the caller presses while digits are collected."""

KINDS: Final[tuple[RedactedKind, ...]] = get_args(RedactedKind)

DIGIT_MASK: Final = "•"
"""Stands for a single digit of what may become a number."""

SHOWN_DIGITS: Final = 8
"""Digits of an unfinished card number that stay: those of the bank, which PCI DSS 4.0 lets everybody see."""

LONGEST: Final = 1 << 16
"""Characters that are looked at; what is longer is no speech, and is looked at in pieces."""

DEEPEST: Final = 20
"""Levels of nested values that are looked into; what is deeper is left out."""

_PROSPECT = re.compile(r"(?:\d\D{0,3}){5}\d|[A-Za-z]{5}\d{4}[A-Za-z]")
"""What has too few digits for any number that has no other mark."""

_FEWEST_WORDS: Final = 6
"""Spoken digits of such a number."""

_IN_ANY_WORDS: Final = frozenset({"email", "birth_date", "phone"})
"""What may be there without a digit."""
_LABELS: Final[Mapping[str, str]] = {kind: f"[{kind.replace('_', ' ')}]" for kind in KINDS}


class Redaction:
    """A policy.

    Args:
        kinds: what is masked.
        language: of the call (`de-DE`): its spoken digits and its country's numbers are looked for. Empty: no words.
    """

    def __init__(self, kinds: Iterable[RedactedKind], language: str = "") -> None:
        self.kinds = frozenset(kinds)
        self._words = digit_words(language)
        region = re.search(r"-([A-Z]{2})(?:-|$)", language)
        self._country = region[1] if region else ""

    def __bool__(self) -> bool:
        """Tell whether anything is masked."""
        return bool(self.kinds)

    def masked(self, text: str) -> str:
        """Return the text, with what is masked by what it was: `my card is [card]`."""
        if not self._may_have(text):
            return text
        if len(text) > LONGEST:
            return "".join(self.masked(text[at : at + LONGEST]) for at in range(0, len(text), LONGEST))
        found = sorted(self._found(text), key=lambda each: (each[0], -each[1]))
        pieces, end = [], 0
        for start, stop, kind in found:
            if start >= end:
                pieces += [text[end:start], _LABELS[kind]]
                end = stop
        return "".join((*pieces, text[end:]))

    def unfinished(self, text: str) -> str:
        """Return words that are still being said: `masked`, without the last digits of what may become a card."""
        text = self.masked(text)
        if "card" not in self.kinds or not self._may_have(text):
            return text
        view = view_of(text, self._words)
        hidden = [view.span(at, at + 1) for run in _runs(view) for at in range(run.start() + SHOWN_DIGITS, run.end())]
        return without_spans(text, hidden)

    def values(self, value: Any, deepest: int = DEEPEST) -> Any:
        """Return a value of JSON types with its texts masked, and numbers that are one of what is masked."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, int) and not isinstance(value, bool):
            text = str(value) if abs(value) < 10**40 else ""
            return value if self.masked(text) == text else self.masked(text)
        if isinstance(value, Mapping | list | tuple):
            if not deepest:
                return "…"
            if isinstance(value, Mapping):
                return {key: self.values(each, deepest - 1) for key, each in value.items()}
            return [self.values(each, deepest - 1) for each in value]
        return value

    def view(self, text: str) -> CharacterView:
        """Return the digits and letters of a text, spoken ones too."""
        return view_of(text, self._words)

    def _may_have(self, text: str) -> bool:
        """Tell quickly whether there may be anything."""
        if not self.kinds:
            return False
        if self.kinds & _IN_ANY_WORDS or _PROSPECT.search(text):
            return True
        return bool(self._words) and self._spoken(text.casefold()) >= _FEWEST_WORDS

    def _spoken(self, text: str) -> int:
        """Count the spoken digits, about; in a script without spaces a character may be one."""
        words = self._words
        if text.isascii():
            return sum(word.strip(".,;-") in words for word in text.replace("-", " ").split())
        return sum(word.strip(".,;-、。") in words for word in text.split()) + sum(each in words for each in text)

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        view = view_of(text, self._words)
        if "iban" in self.kinds:
            yield from ((*span, "iban") for span in ibans(view))
        if "card" in self.kinds:
            yield from ((*span, "card") for span in cards(view))
        if "national_id" in self.kinds:
            yield from ((*span, "national_id") for span in national_ids(view, text, self._country))
        if "email" in self.kinds:
            yield from ((*span, "email") for span in emails(text))
        if "birth_date" in self.kinds:
            yield from ((*span, "birth_date") for span in births(text))
        if "phone" in self.kinds:
            yield from ((*span, "phone") for span in phones(view, text, self._country))


def _runs(view: CharacterView) -> Iterator["re.Match[str]"]:
    """Yield the digits that may become a card number."""
    for run in re.finditer(r"\d{9,}", view.text, re.ASCII):
        if card_lengths(run[0]) and view.begins_here(run.start()):
            yield run


def without_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with what stands in the spans replaced, digit by digit or word by word."""
    pieces, end = [], 0
    for start, stop in sorted(set(spans)):
        if start >= end:
            pieces += [text[end:start], DIGIT_MASK]
            end = stop
    return "".join((*pieces, text[end:]))


LOGS: Final = Redaction(("card", "iban", "national_id"))
"""What no log has, whatever a profile says."""

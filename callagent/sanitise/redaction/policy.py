"""Which kinds of personal data a text must not keep, and the text without them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, get_args

from callagent.sanitise.redaction.character_view import BREAK, CharacterView, view_of
from callagent.sanitise.redaction.check_digits import card_lengths
from callagent.sanitise.redaction.clues import asked_for, security_codes
from callagent.sanitise.redaction.finders import births, cards, emails, growing_emails, ibans, national_ids, phones
from callagent.sanitise.redaction.spoken_digits import digit_words

RedactedKind = Literal["card", "iban", "national_id", "email", "phone", "birth_date", "keys"]
"""`keys` are no words: those that the caller presses while digits are collected."""

KINDS: Final[tuple[RedactedKind, ...]] = get_args(RedactedKind)

DIGIT_MASK: Final = "•"
"""Stands for a single digit of what may become a number."""

SHOWN_DIGITS: Final = 8
"""Digits of an unfinished card number that stay: those of the bank, which PCI DSS 4.0 lets everybody see."""

SHOWN_OF_OTHERS: Final = 4
"""Digits that stay of what may become another number, where it has `FEWEST_GROWING` by now."""

FEWEST_GROWING: Final = 7
"""Digits that may be more than half of a number; fewer are an order, or a room."""

FEWEST_KNOWN: Final = 7
"""Characters of a number that is looked for again; fewer may be anything else."""

MOST_KNOWN: Final = 64
"""Numbers of a call that are looked for again."""

APART: Final = "\n" * 5
"""Between a clue and a text: no number goes on over it."""

LONGEST_KEY: Final = 100
"""Characters of the name of a value that are looked at."""

LONGEST: Final = 1 << 16
"""Characters that are looked at; what is longer is no speech, and is looked at in pieces."""

DEEPEST: Final = 20
"""Levels of nested values that are looked into; what is deeper is left out."""

_PROSPECT = re.compile(r"(?:\d\D{0,3}){5}\d|[A-Za-z]{5}\d{4}[A-Za-z]")
"""What has too few digits for any number that has no other mark."""

_FEWEST_WORDS: Final = 6
"""Spoken digits of such a number."""

_OF_DIGITS: Final = frozenset({"card", "iban", "national_id", "phone"})
_SHORT: Final = frozenset({"iban", "national_id", "phone"})
"""What has a begin that says nothing, as the bank of a card does."""
_NUMBERS: Final = _OF_DIGITS
"""What is the same number in whatever form it is said."""
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IN_ANY_WORDS: Final = frozenset({"email", "birth_date", "phone"})
"""What may be there without a digit."""
_LABELS: Final[Mapping[str, str]] = {kind: f"[{kind.replace('_', ' ')}]" for kind in KINDS}


class Redaction:
    """A policy.

    Args:
        kinds: what is masked.
        language: of the call (`de-DE`): its spoken digits and its country's numbers are looked for. Empty: no words.
        remembers: whether a number that was masked once is masked wherever it is said again, as in a call.
    """

    def __init__(self, kinds: Iterable[RedactedKind], language: str = "", *, remembers: bool = False) -> None:
        self.kinds = frozenset(kinds)
        self._language = language
        self._words = digit_words(language)
        region = re.search(r"-([A-Z]{2})(?:-|$)", language)
        self._country = region[1] if region else ""
        self._remembers = remembers
        self._known: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Tell whether anything is masked."""
        return bool(self.kinds)

    def remembering(self) -> "Redaction":
        """Return the same policy for one call, in which a number that was masked once is masked from then on."""
        return Redaction(self.kinds, self._language, remembers=True)

    def masked(self, text: str, clue: str = "", before: str = "") -> str:
        """Return the text, with what is masked by what it was: `my card is [card]`.

        Args:
            clue: words that say what the text is about, such as those of the question that it answers.
            before: what the same side has said just before, up to the text: it may have been the begin of a number.
        """
        if not self._may_have(before + text, clue):
            return text
        if len(text) > LONGEST:
            return "".join(self.masked(text[at : at + LONGEST], clue) for at in range(0, len(text), LONGEST))
        found = list(self._spans(f"{clue}{APART}" if clue else "", text))
        if before:
            found += self._spans(f"{clue}{APART}{before}" if clue else before, text)
        pieces, end = [], 0
        for start, stop, kind in sorted(found, key=lambda each: (each[0], -each[1])):
            if start >= end:
                pieces += [text[end:start], _LABELS[kind]]
                end = stop
        return "".join((*pieces, text[end:]))

    def unfinished(self, text: str, clue: str = "", before: str = "", *, heard: bool = True) -> str:
        """Return words that are still being said: `masked`, without the last digits of what may become a number.

        Words that were `heard` may change yet. Of those that are spoken, which will not, only the digits at their end
        may become a number, and only that of a card is waited for: an agent reads out others all day.
        """
        text = self.masked(text, clue, before)
        if "email" in self.kinds:
            for start, stop in growing_emails(text):
                text = f"{text[:start]}{_LABELS['email']}{text[stop:]}"
        if not self.kinds & _OF_DIGITS or not self._may_have(before + text):
            return text
        view, size = view_of(before + text, self._words), len(before)
        growing = [run for run in _runs(view) if heard or run.end() == len(view.text.rstrip(BREAK))]
        hidden = [
            view.span(at, at + 1)
            for run in growing
            for at in self._hidden(run, heard=heard, plus=(before + text)[: view.span(*run.span())[0]].endswith("+"))
        ]
        return without_spans(text, [(start - size, stop - size) for start, stop in hidden if start >= size])

    def values(self, value: Any, deepest: int = DEEPEST, clue: str = "") -> Any:
        """Return a value of JSON types with its texts masked, and numbers that are one of what is masked.

        What a value is called (`ssn`, `date_of_birth`) tells what it is.
        """
        if isinstance(value, str):
            return self.masked(value, clue)
        if isinstance(value, int) and not isinstance(value, bool):
            text = str(value) if abs(value) < 10**40 else ""
            return value if self.masked(text, clue) == text else self.masked(text, clue)
        if isinstance(value, Mapping | list | tuple):
            if not deepest:
                return "…"
            if isinstance(value, Mapping):
                return {key: self.values(each, deepest - 1, asked_for(_as_words(key))) for key, each in value.items()}
            return [self.values(each, deepest - 1, clue) for each in value]
        return value

    def view(self, text: str) -> CharacterView:
        """Return the digits and letters of a text, spoken ones too."""
        return view_of(text, self._words)

    def _hidden(self, run: "re.Match[str]", *, heard: bool, plus: bool) -> range:
        """Return which digits of a run that still grows are hidden; a `plus` before it makes it no card's."""
        if heard and self.kinds & _SHORT and len(run[0]) >= FEWEST_GROWING:
            return range(run.start() + SHOWN_OF_OTHERS, run.end())
        if "card" in self.kinds and not plus and card_lengths(run[0]):
            return range(run.start() + SHOWN_DIGITS, run.end())
        return range(0)

    def _may_have(self, text: str, clue: str = "") -> bool:
        """Tell quickly whether there may be anything."""
        if not self.kinds:
            return False
        if self.kinds & _IN_ANY_WORDS or clue or _PROSPECT.search(text):
            return True
        return bool(self._words) and self._spoken(text.casefold()) >= _FEWEST_WORDS

    def _spoken(self, text: str) -> int:
        """Count the spoken digits, about; in a script without spaces a character may be one."""
        words = self._words
        if text.isascii():
            return sum(word.strip(".,;-") in words for word in text.replace("-", " ").split())
        return sum(word.strip(".,;-、。") in words for word in text.split()) + sum(each in words for each in text)

    def _spans(self, before: str, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield what is found in a text, or reaches into it from what stands before."""
        whole, size = f"{before}{text}", len(before)
        view = view_of(whole, self._words)
        for start, stop, kind in self._found(view, whole):
            if stop > size:
                if self._remembers and kind in _NUMBERS:
                    self._remember(view, start, stop, kind)
                    self._remember(view, max(start, size), stop, kind)
                yield max(0, start - size), stop - size, kind
        for number, kind in self._known.items():
            for at in view.first:
                end = at + len(number)
                if end - 1 in view.last and view.text.startswith(number, at) and view.span(at, end)[1] > size:
                    yield max(0, view.span(at, end)[0] - size), view.span(at, end)[1] - size, kind

    def _remember(self, view: CharacterView, start: int, stop: int, kind: str) -> None:
        characters = (each for each, place in zip(view.text, view.places, strict=True) if start <= place[0] < stop)
        number = "".join(each for each in characters if each != BREAK)
        if len(number) >= FEWEST_KNOWN and len(self._known) < MOST_KNOWN:
            self._known[number] = kind

    def _found(self, view: CharacterView, text: str) -> Iterator[tuple[int, int, str]]:
        if "iban" in self.kinds:
            yield from ((*span, "iban") for span in ibans(view))
        if "card" in self.kinds:
            yield from ((*span, "card") for span in (*cards(view), *security_codes(view, text)))
        if "national_id" in self.kinds:
            yield from ((*span, "national_id") for span in national_ids(view, text, self._country))
        if "email" in self.kinds:
            yield from ((*span, "email") for span in emails(text))
        if "birth_date" in self.kinds:
            yield from ((*span, "birth_date") for span in births(text, view))
        if "phone" in self.kinds:
            yield from ((*span, "phone") for span in phones(view, text, self._country))


def _runs(view: CharacterView) -> Iterator["re.Match[str]"]:
    """Yield the digits that may become a number."""
    for run in re.finditer(rf"\d{{{FEWEST_GROWING},}}", view.text, re.ASCII):
        if view.begins_here(run.start()):
            yield run


def _as_words(key: object) -> str:
    """Return what a value is called, as words: `dateOfBirth`, `date_of_birth`."""
    return _CAMEL.sub(" ", str(key)[:LONGEST_KEY]).replace("_", " ").replace("-", " ")


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

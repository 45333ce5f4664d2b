"""Digits in the texts of a call, replaced by others: as many, in the same groups, the same for the same."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from callagent.phone_numbers.number import InvalidNumber, example_number, parse_number
from callagent.phrases import tokens
from callagent.turns.endpointing.numerals import digit_words, numerals

LEAST_DIGITS = 3
"""Shorter runs stay: keys of a menu, times of day, amounts of things."""

LEAST_TAIL = 6
"""Digits of the end of a number that is known which are taken for that number, written as at home."""

_RUN = re.compile(r"\d(?:[\s.()/\u2010-\u2015-]{0,3}\d)*")
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_BETWEEN_WORDS = re.compile(r"[\s,.\u2010-\u2015-]{1,3}")
_INTERNATIONAL = re.compile(r"\+\d[\d\s().-]{5,20}\d")
_AMERICAN = "+1202555{:04}"
_FICTION = 130
"""555-0100 to 555-0199 are kept for fiction; from this one on, the numbers before are those of every script."""


@dataclass(frozen=True)
class _Run:
    """Digits in a text, from `start` to `end`; `words` are where they are spelt out, one for each group of digits."""

    start: int
    end: int
    digits: str
    words: tuple[tuple[int, int], ...] = ()


class StandInDigits:
    """Which digits stand for which, in one call.

    Args:
        language: its primary tag, `en`; the numerals of that language are digits too.
    """

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._known: dict[str, str] = {}
        self._telephones: dict[str, str] = {}

    def learn(self, digits: str, stand_in: str) -> None:
        """Take down what stands for the digits of a telephone number in international form."""
        self._known[digits] = stand_in
        self._telephones[digits] = f"+{stand_in}"

    def learn_texts(self, texts: Iterable[str]) -> None:
        """Take down every run of digits in the texts, the longest first, so that parts of one become parts of one."""
        found: dict[str, None] = {}
        for text in texts:
            for number in _INTERNATIONAL.findall(text):
                self._learn_number(number)
            found.update(dict.fromkeys(run.digits for run in self._runs(text)))
        for digits in sorted(found, key=len, reverse=True):
            self.stand_in(digits)

    def number(self, written: str) -> str:
        """Return a number in E.164 that stands for a telephone number, of the same country; empty for what is none."""
        return self._learn_number(written)

    def stand_in(self, digits: str) -> str:
        """Return what stands for a run of digits; a short one stays."""
        if len(digits) < LEAST_DIGITS:
            return digits
        if digits not in self._known:
            self._known[digits] = self._part_of_known(digits) or self._new(digits)
        return self._known[digits]

    def text(self, text: str, wholes: Sequence[str] = ()) -> str:
        """Return the text with other digits.

        Args:
            wholes: what words that are not all there yet became: what is short here may be long there.
        """
        longer = [run.digits for whole in wholes for run in self._runs(whole)]
        pieces, at = [], 0
        for run in self._runs(text):
            pieces += [text[at : run.start], self._written(text, run, longer)]
            at = run.end
        return "".join(pieces) + text[at:]

    def _written(self, text: str, run: _Run, longer: list[str]) -> str:
        whole = next((each for each in longer if each.startswith(run.digits) and len(each) >= LEAST_DIGITS), run.digits)
        digits = iter(self.stand_in(whole)[: len(run.digits)])
        if not run.words:
            return "".join(next(digits, "0") if each.isdecimal() else each for each in text[run.start : run.end])
        if len(whole) < LEAST_DIGITS:
            return text[run.start : run.end]
        words, pieces, at = digit_words(self._language), [], run.start
        for start, end in run.words:
            word = words[int(next(digits, "0"))]
            pieces += [text[at:start], word.capitalize() if text[start].isupper() else word]
            at = end
        return "".join(pieces) + text[at : run.end]

    def _runs(self, text: str) -> list[_Run]:
        runs = [
            _Run(found.start(), found.end(), "".join(str(int(each)) for each in found[0] if each.isdecimal()))
            for found in _RUN.finditer(text)
        ]
        return sorted([*runs, *self._spelt(text)], key=lambda run: run.start)

    def _spelt(self, text: str) -> Iterator[_Run]:
        """Return numbers that are spelt out, word after word."""
        if not digit_words(self._language):
            return
        run: list[tuple[int, int, str]] = []
        for found in [*_WORD.finditer(text), None]:
            digits = self._digits_of(found[0]) if found else ""
            if found and digits and (not run or _BETWEEN_WORDS.fullmatch(text, run[-1][1], found.start())):
                run.append((*found.span(), digits))
                continue
            if run:
                spans = tuple((start, end) for start, end, _ in run)
                yield _Run(spans[0][0], spans[-1][1], "".join(each for _, _, each in run), spans)
            run = [(*found.span(), digits)] if found and digits else []

    def _digits_of(self, word: str) -> str:
        return "".join(each.digits for each in numerals(tokens(word), self._language))

    def _part_of_known(self, digits: str) -> str:
        for whole, other in sorted(self._known.items(), key=lambda pair: -len(pair[0])):
            at = whole.find(digits)
            if at >= 0:
                return other[at : at + len(digits)]
        at_home = digits.lstrip("0")
        if len(at_home) < LEAST_TAIL:
            return ""
        for whole, other in self._known.items():
            if whole.endswith(at_home) and len(other) >= len(at_home):
                return digits[: len(digits) - len(at_home)] + other[-len(at_home) :]
        return ""

    def _new(self, digits: str) -> str:
        for shift in range(len(self._known), len(self._known) + 10):
            made = "".join(str((index + 1 + 3 * shift) % 10) for index in range(len(digits)))
            if made != digits:
                return made
        return "0" * len(digits)

    def _learn_number(self, written: str) -> str:
        try:
            number = parse_number(written)
        except InvalidNumber:
            return ""
        digits = number.e164.removeprefix("+")
        if digits not in self._telephones:
            self._telephones[digits] = self._fictional(number.region)
        made = self._telephones[digits]
        if made:
            self._known.setdefault(digits, made.removeprefix("+").ljust(len(digits), "0")[: len(digits)])
        return made

    def _fictional(self, region: str) -> str:
        count = len(self._telephones) + 1
        if region in ("US", "CA"):
            return _AMERICAN.format(_FICTION + count % 60)
        example = example_number(region)
        changed = f"{example[:-2]}{count % 100:02}" if example else ""
        try:
            return parse_number(changed).e164
        except InvalidNumber:
            return example

"""What the caller has said so far in a turn, taken apart, and what they were asked."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from callagent.phrases import sentences
from callagent.turns.endpointing.numerals import Numeral, numerals
from callagent.turns.endpointing.vocabulary import Vocabulary, among, asks, spoken, vocabulary

ASKED_IN = 2
"""Sentences at the end of what the agent said that can hold its question."""


@dataclass(frozen=True)
class Said:
    """A turn so far.

    Attributes:
        text: the transcript.
        words: its words in normal form, without hesitation at the end.
        numerals: those among the words.
        question: what the agent asked, in lower case: the last sentences of what it said.
        region: country of the locale (ISO 3166), whose telephone numbers are understood.
    """

    text: str
    words: tuple[str, ...]
    numerals: tuple[Numeral, ...]
    question: str
    language: str
    region: str
    vocabulary: Vocabulary = field(repr=False)

    @classmethod
    def of(cls, text: str, question: str, locale: str, hesitations: Collection[str] = ()) -> "Said":
        """Take a transcript apart. `locale` is a BCP 47 tag; `hesitations` are words in normal form ("uh")."""
        language, _, region = locale.partition("-")
        known = vocabulary(language)
        words = spoken(text, known)
        while words and words[-1] in hesitations:
            words.pop()
        asked = sentences(question)[-ASKED_IN:]
        return cls(
            text,
            tuple(words),
            tuple(numerals(words, language)),
            " ".join(asked).lower(),
            language,
            region[-2:].upper(),
            known,
        )

    def about(self, pattern: str) -> bool:
        """Tell whether the agent's question, or the caller's own words, mention what the pattern stands for."""
        return asks(pattern, self.question) or asks(pattern, self.text.lower())

    @cached_property
    def in_numerals(self) -> frozenset[int]:
        """Where the words stand that are part of a numeral."""
        return frozenset(at for numeral in self.numerals for at in range(numeral.start, numeral.end))

    @property
    def is_all_signs(self) -> bool:
        """Whether the turn is nothing but digits, single letters and joints: a rising voice makes no question of it."""
        rest = (word for at, word in enumerate(self.words) if at not in self.in_numerals)
        return all(len(word) == 1 or among(word, self.vocabulary.joints) for word in rest)

    @property
    def dictated(self) -> tuple[Numeral, ...]:
        """The numerals that the turn ends with, nothing but joints ("dash") between and behind them."""
        end, run = len(self.words), list[Numeral]()
        for numeral in reversed(self.numerals):
            between = self.words[numeral.end : end]
            if not all(among(word, self.vocabulary.joints) for word in between):
                break
            run.insert(0, numeral)
            end = numeral.start
        return () if all(numeral.vague for numeral in run) else tuple(run)

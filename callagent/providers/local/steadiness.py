"""How far an interim transcript is to be trusted, given the ones before it."""

from collections.abc import Sequence
from typing import Final

from callagent.providers.local.transcript import key_words

UNSTEADY: Final = 0.5
"""Weight of the confidence of an interim that the one before does not bear out."""

SURE: Final = 0.8
"""Confidence from which an interim needs no second one to bear it out."""


class Steadiness:
    """Weighs the interims of one utterance, in order.

    The first 300 ms of a word are often taken for another word ("hold" of "all right"), and a primed recogniser is sure
    of its mistakes; the next interim then says something else. One that keeps the words of the one before is steady.
    """

    def __init__(self) -> None:
        self._before: Sequence[str] = ()

    def weigh(self, text: str, confidence: float) -> float:
        """The confidence of the next interim, 0 to 1."""
        words, before = key_words(text), self._before
        self._before = words
        steady = bool(before) and words[: len(before)] == list(before)
        return confidence if steady or confidence >= SURE else confidence * UNSTEADY

"""What a recogniser writes, made fit to be read: sounds removed, loops folded, words nobody said refused."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from callagent.turns.gate.events import Impression

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

    def weigh(self, text: str, confidence: float, *, firm: bool | None = None, doubtful: Sequence[str] = ()) -> float:
        """Return the confidence of the next interim, 0 to 1.

        Args:
            text: its words.
            confidence: the recogniser's own, 0 to 1.
            firm: it needs no second one to bear it out; None: its confidence tells.
            doubtful: phrases in it that the one before must have had as well.
        """
        words, before = key_words(text), self._before
        self._before = words
        steady = bool(before) and words[: len(before)] == list(before)
        steady = steady and all(occurrences(each, before) >= occurrences(each, words) for each in doubtful)
        if steady or (confidence >= SURE if firm is None else firm):
            return confidence
        return min(confidence, SURE) * UNSTEADY


QUICKEST_WORD: Final = 4.0
"""Times a second that a single word can be repeated ("no no no"); more is the model going round in a loop."""

QUICKEST_PHRASE: Final = 3.0
"""Words a second in a phrase of several words that is repeated."""

_SOUNDS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*[^*]*\*|<[^>]*>|[\u2669-\u266f]+|^\s*(?:>>|-)\s*")
_LETTER = re.compile(r"[^\W_]")
_KEY = re.compile(r"[\W_]+")


class Heard(NamedTuple):
    """Text that was said, and the confidence in it: the exponential of the mean log-probability, 0 to 1.

    `firm` and `doubtful` are those of `Steadiness.weigh`; `impression` is what the sound is taken for, None without an
    ear.
    """

    text: str
    confidence: float
    firm: bool | None = None
    doubtful: tuple[str, ...] = ()
    impression: Impression | None = None


def cleaned(text: str) -> str:
    """Return `text` without sounds in brackets, notes of music and speaker marks;
    empty when no letter or digit is left.
    """
    bare = " ".join(_SOUNDS.sub(" ", text).split())
    return bare if _LETTER.search(bare) else ""


def key_words(text: str) -> list[str]:
    """Return the words of `text` as they are compared: without case and punctuation."""
    return [key for key in (_KEY.sub("", word).casefold() for word in text.split()) if key]


def occurrences(phrase: str, words: Sequence[str]) -> int:
    """Return how often `phrase`, in the words of `key_words`, stands in `words`."""
    return f" {'  '.join(words)} ".count(f" {phrase.replace(' ', '  ')} ")


def folded(text: str, seconds: float) -> str:
    """Return `text` with a phrase once that the recogniser wrote over and over,
    when `seconds` are too short for it all.

    What may really have been said twice in that time stays.
    """
    words = text.split()
    keys = [_KEY.sub("", word).casefold() for word in words]
    if len(words) > seconds * QUICKEST_PHRASE:
        for period in range(1, len(words) // 2 + 1):
            if _repeats(keys, period):
                fits = len(words) <= seconds * (QUICKEST_WORD if period == 1 else QUICKEST_PHRASE)
                return text if fits else " ".join(words[:period])
    if len(words) > seconds * QUICKEST_WORD:
        return " ".join(words[index] for index in _without_runs(keys))
    return text


def _repeats(keys: Sequence[str], period: int) -> bool:
    """Tell whether all of `keys` is its beginning over and over, the last word perhaps broken off."""
    *whole, last = range(period, len(keys))
    return all(keys[index] == keys[index % period] for index in whole) and keys[last % period].startswith(keys[last])


def _without_runs(keys: Sequence[str]) -> list[int]:
    """Return the positions that are left when of equal neighbouring phrases only the first is kept."""
    kept = list(range(len(keys)))
    for period in range(len(keys) // 2, 0, -1):
        index = 0
        while index + 2 * period <= len(kept):
            first, second = kept[index : index + period], kept[index + period : index + 2 * period]
            if [keys[each] for each in first] == [keys[each] for each in second]:
                del kept[index + period : index + 2 * period]
            else:
                index += 1
    return kept

"""Which of the agent's sentences ask for an answer, with a question mark or without, and where they begin and end.

A sentence asks when it has a question mark, or when one of the locale's patterns is found in it: "Please say yes if …",
"Let me know whether …", "…, right.", よろしいですか。
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from callagent.phrases import find_any, sentence_ends, tokens

FULL_WORDS = 3
"""Words of a full sentence: "Okay." and "Thank you." do not end a question."""

LONGEST_SENTENCE = 600
"""Characters of a sentence, from its end, in which patterns are looked for."""


class Sentence(NamedTuple):
    """A sentence of the agent's text, as character positions; one whose end is not known yet is not `full`."""

    start: int
    end: int
    asks: bool
    full: bool


class Questions:
    """The patterns of a locale, "words or /regex/"."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self.patterns = tuple(patterns)
        self._judged = lru_cache(maxsize=256)(self._judge)

    def sentences(self, text: str) -> list[Sentence]:
        """Return the sentences of `text`, in order."""
        found = []
        start = 0
        for end, marked in sentence_ends(text):
            found.append(self._sentence(text, start, end, marked=marked, ended=True))
            start = end
        if text[start:].strip():
            found.append(self._sentence(text, start, len(text), marked=False, ended=False))
        return found

    def _sentence(self, text: str, start: int, end: int, *, marked: bool, ended: bool) -> Sentence:
        written = text[start:end].strip()
        first = end - len(text[start:end].lstrip())
        asks, full = self._judged(written, marked)
        return Sentence(first, end, asks, full and ended)

    def _judge(self, sentence: str, marked: bool) -> tuple[bool, bool]:
        """Tell whether a sentence asks for an answer, and whether it is a full one."""
        return marked or self._has_pattern(sentence), len(tokens(sentence)) >= FULL_WORDS

    def _has_pattern(self, sentence: str) -> bool:
        plain = unicodedata.normalize("NFC", sentence[-LONGEST_SENTENCE:]).replace("\u2019", "'")
        return find_any(self.patterns, plain) is not None


NO_PATTERNS: Final = Questions()

"""Which of the agent's sentences ask for an answer, with a question mark or without, and where they begin and end.

A sentence asks when it has a question mark, or when one of the locale's patterns is found in it: "Please say yes if …",
"Let me know whether …", "…, right.", よろしいですか。
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from callagent.phrases import find_any, tokens

MARKS: Final = frozenset("?？؟\u037e՞፧⁇⁈⁉‽⸮")  # noqa: RUF001 - those of other scripts; U+037E is the Greek one
_ENDS: Final = frozenset(".!…。！｡।॥\n") | MARKS  # noqa: RUF001
_CLOSING: Final = "\"'”’»)]」』"  # noqa: RUF001
_END: Final = re.compile(rf"[{re.escape(''.join(sorted(_ENDS)))}]+[{re.escape(_CLOSING)}]*")
_ADDRESS = re.compile(  # of a page, or an e-mail address
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[a-z][\w-]{0,62}){1,8}[/?#]\S*",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}")  # a.m., z.B., p. ej.
_AFTER_ADDRESS = ".,!?;:…)"
_ABBREVIATED: Final = frozenset(
    (
        *("dr", "dra", "prof", "mr", "mrs", "ms", "mx", "st", "sr", "sra", "srta", "jr", "tel", "ext", "approx", "vs"),
        *("nr", "nº", "núm", "ca", "hr", "fr", "bzw", "usw", "ggf", "inkl", "evtl", "zzgl", "str", "mme", "mlle", "mm"),
        *("dott", "ssa", "sig", "geom", "avv", "ud", "uds", "vd", "vds", "pág", "av", "avda", "exmo", "exma", "डॉ"),
    )
)
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
        for end, marked in _sentence_ends(text):
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


def _sentence_ends(text: str) -> list[tuple[int, bool]]:
    """Tell where each sentence ends, and whether it has a question mark."""
    spoken = _ADDRESS.sub(_without_marks, text)
    ends = (found for found in _END.finditer(spoken) if _is_end(spoken, *found.span()))
    return [(found.end(), not MARKS.isdisjoint(found[0])) for found in ends]


def _without_marks(address: re.Match[str]) -> str:
    written = address[0].rstrip(_AFTER_ADDRESS)
    inside = "/" if address[0][len(written) - 1 : len(written)] == "/" else ""
    after = address[0][len(written) :]
    return "x" * len(written) + (after.replace("?", "x", 1) if inside else after)


def _is_end(text: str, first: int, after: int) -> bool:
    """Tell whether the marks from `first` on end a sentence: a full stop does not inside a
    number, an address or after an abbreviation.
    """
    if text[first] not in ".?" or (after - first > 1 and text[first + 1] in _ENDS):
        return True
    if after < len(text) and text[after].isascii() and text[after].isalnum():
        return text[first] == "?" and text[after].isupper()
    if text[first] == "?":
        return True
    word = re.split(r"[\s(]", text[max(0, first - 20) : first])[-1].casefold()
    following = text[after:].lstrip()[:1]
    if following.islower():
        return False
    short = len(word) == 1 or (len(word) == 2 and word.isdigit())
    return not (short or word in _ABBREVIATED or _INITIALS.fullmatch(word))

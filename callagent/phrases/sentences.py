"""Where the sentences of a written text end, as an agent says it: not inside an address, nor after an abbreviation.

What a recogniser has written has no such dots, and may have no capital letters: its sentences end at every mark.
"""

import re
from itertools import pairwise
from typing import Final

QUESTION_MARKS: Final = frozenset("?？؟\u037e՞፧⁇⁈⁉‽⸮")  # noqa: RUF001 - those of other scripts; U+037E is the Greek one
SENTENCE_MARKS: Final = frozenset(".!…。！｡।॥\n") | QUESTION_MARKS  # noqa: RUF001
_CLOSING: Final = "\"'”’»)]」』"  # noqa: RUF001
_END: Final = re.compile(rf"[{re.escape(''.join(sorted(SENTENCE_MARKS)))}]+[{re.escape(_CLOSING)}]*")
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


def sentences(text: str) -> list[str]:
    """Return the sentences of a text with their marks, what stands behind the last mark included."""
    ends = [0, *(end for end, _ in sentence_ends(text)), len(text)]
    return [found for start, end in pairwise(ends) if (found := text[start:end].strip())]


def sentence_ends(text: str) -> list[tuple[int, bool]]:
    """Tell where each sentence ends, and whether it has a question mark."""
    spoken = _ADDRESS.sub(_without_marks, text)
    ends = (found for found in _END.finditer(spoken) if _is_end(spoken, *found.span()))
    return [(found.end(), not QUESTION_MARKS.isdisjoint(found[0])) for found in ends]


def _without_marks(address: re.Match[str]) -> str:
    written = address[0].rstrip(_AFTER_ADDRESS)
    inside = "/" if address[0][len(written) - 1 : len(written)] == "/" else ""
    after = address[0][len(written) :]
    return "x" * len(written) + (after.replace("?", "x", 1) if inside else after)


def _is_end(text: str, first: int, after: int) -> bool:
    """Tell whether the marks from `first` on end a sentence: a full stop does not inside a
    number, an address or after an abbreviation.
    """
    if text[first] not in ".?" or (after - first > 1 and text[first + 1] in SENTENCE_MARKS):
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

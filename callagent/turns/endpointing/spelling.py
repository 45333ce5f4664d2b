"""Whether a spelling ("S, M, I", "A as in Alpha") or an e-mail address is still unfinished."""

import re
from collections.abc import Callable

from callagent.turns.endpointing.said import Said
from callagent.turns.endpointing.vocabulary import among, asks

LETTERS = 3
"""Single letters in a row that are a spelling though nobody asked for one; two are "the U.S."."""

EXAMPLE = 3
"""Words behind the letter in "A as in Alpha"."""

SHORT_NAME = 2
"""Words that an e-mail address may begin with before its "at" or "dot" has been said."""

FAR = 4
"""Words behind an "at" without any "dot" that are no domain."""

_WORDY = frozenset("aeiouyà")
"""Letters that are words by themselves in one of the languages."""

_NOT_SPELT = (("a", "m"), ("p", "m"))
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")
_ADDRESS = re.compile(r"\S@[\w-]+(\.[\w-]+)*\.(?!co\b)[a-z]{2,}[.!]?\Z", re.IGNORECASE)
_DOMAIN = re.compile(r"\w[\w-]*\.(?!co\b)[a-z]{2,}[.!]?\Z", re.IGNORECASE)
_WRITTEN_DOT = re.compile(r"\w{2,}[._]\w")
_OPEN_ENDING = "co"
"""A top-level domain that is mostly followed by another: "co dot uk"."""


def spelling_unfinished(said: Said) -> bool:
    """Tell whether the turn ends with a spelling; only what follows it can tell that it is complete."""
    if _POSTCODE.fullmatch(_joined(said)):
        return False
    if _by_example(said):
        return True
    letters, signs = _spelt(said)
    if asks(said.vocabulary.spelling_asked, said.question):
        return letters > 0
    if letters == 2 and said.words[-2:] in _NOT_SPELT:
        return False
    whole = signs == len(said.words) and letters > 1
    announced = letters > 1 and signs < len(said.words) and asks(said.vocabulary.number_asked, said.text.lower())
    return (letters >= LETTERS or whole or announced) and not _all_wordy(said, signs)


def email_unfinished(said: Said, is_reaction: Callable[[str], bool]) -> bool:
    """Tell whether the turn is an e-mail address of which a part is missing.

    Args:
        is_reaction: whether a text is an acknowledgement, a command or a hesitation, and so no name.
    """
    words, vocabulary = said.words, said.vocabulary
    at = _last(said, vocabulary.at, behind_dot=False)
    dot = _last(said, vocabulary.dot)
    dotted = dot is not None or _WRITTEN_DOT.search(said.text) is not None
    asked = asks(vocabulary.email_asked, said.question)
    if not said.about(vocabulary.email_asked):
        if "@" not in said.text and (at is None or dot is None):
            return False
    elif not asked and not dotted and "@" not in said.text:
        return False
    elif at is None and "@" not in said.text:
        letters, _ = _spelt(said)
        begun = dotted or letters > 0 or any(numeral.digits != "1" for numeral in said.dictated)
        name = len(words) <= SHORT_NAME and not is_reaction(said.text)
        return begun or (name and asked)
    if _ADDRESS.search(said.text) or (at is not None and _DOMAIN.search(said.text)):
        return False
    if len(words) - 1 in (at, dot):
        return True
    if at is not None and dot is not None and dot > at:
        return words[dot + 1 :] == (_OPEN_ENDING,)
    return at is None or len(words) - at <= FAR


def _joined(said: Said) -> str:
    """Return the letters and digits that the turn ends with, as one string."""
    _, signs = _spelt(said)
    first = len(said.words) - signs
    by_start = {numeral.start: numeral.digits for numeral in said.numerals}
    letters = (word if len(word) == 1 else "" for word in said.words[first:])
    return "".join(by_start.get(at, letter) for at, letter in enumerate(letters, start=first))


def _spelt(said: Said) -> tuple[int, int]:
    """Return single letters at the end of the turn, digits among them allowed, and how many words they all are."""
    letters = signs = 0
    for at in reversed(range(len(said.words))):
        word = said.words[at]
        in_numeral = at in said.in_numerals
        is_letter = not in_numeral and len(word) == 1 and word.isascii() and word.isalpha()
        if not is_letter and not in_numeral:
            break
        letters += is_letter
        signs += 1
    return letters, signs


def _all_wordy(said: Said, signs: int) -> bool:
    return set(said.words[len(said.words) - signs :]) <= _WORDY


def _by_example(said: Said) -> bool:
    """Tell whether the turn ends with "A as in Alpha", or in the middle of it."""
    asked = asks(said.vocabulary.spelling_asked, said.question)
    words = said.words
    for at in range(len(words) - 2, max(-1, len(words) - 2 - EXAMPLE), -1):
        if len(words[at]) == 1 and words[at].isalpha() and among(words[at + 1], said.vocabulary.as_in):
            return asked or words[at] not in _WORDY or words[at + 1 : at + 3] == ("as", "in")
    return False


def _last(said: Said, spoken: str, *, behind_dot: bool = True) -> int | None:
    """Tell where one of the words stands last, None where it is not said; what is written inside a word does not count.

    Args:
        behind_dot: whether it counts there too; the "at" of "gmx dot at" is a country.
    """
    dots = said.vocabulary.dot
    found = [
        at
        for at, (before, word) in enumerate(zip(("", *said.words), said.words, strict=False))
        if among(word, spoken) and (behind_dot or not among(before, dots))
    ]
    return found[-1] if found else None

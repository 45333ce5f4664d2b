"""Whether a date is still unfinished."""

import re
from collections.abc import Sequence

from callagent.phrases import tokens
from callagent.turns.endpointing.numerals import Numeral
from callagent.turns.endpointing.said import Said
from callagent.turns.endpointing.vocabulary import among, asks

LAST_DAY = 31
WHOLE = (6, 8)
"""Digits of a date that is said or written as one number."""

_CENTURIES = ("19", "20")
"""The first half of a year: the second one follows."""


def date_unfinished(said: Said) -> bool:
    """Tell whether the turn ends inside a date: "the fourth of", and where a date
    was asked for, a day without its month.

    A date of birth needs its year as well.
    """
    words, vocabulary = said.words, said.vocabulary
    if len(words) > 1 and among(words[-1], vocabulary.of) and _is_day(said, len(words) - 2):
        return True
    months = [at for at, word in enumerate(words) if among(word, vocabulary.months)]
    birth = asks(vocabulary.birth_asked, said.question) or (bool(months) and said.about(vocabulary.birth_asked))
    if not (birth or asks(vocabulary.date_asked, said.question)) or not words:
        return False
    if said.language == "ja":
        return _japanese_unfinished(said, birth=birth)
    if not _is_piece(said, len(words) - 1):
        return False
    ordinals = [at for at, word in enumerate(words) if _is_ordinal(said, word)]
    rest = [numeral.digits for numeral in said.numerals if numeral.start not in ordinals]
    if not months:
        missing = _numeric_unfinished(rest, len(ordinals), birth=birth)
        return missing and not (len(ordinals) + len(rest) > 1 and _has_year_word(said))
    if not ordinals:
        if not rest:
            return True
        del rest[0]
    return birth and (_in_century(said) or not (_is_year(rest) or _has_year_word(said)))


def _numeric_unfinished(groups: Sequence[str], ordinals: int, *, birth: bool) -> bool:
    if len(groups) == 1 and len(groups[0]) in WHOLE:
        return False
    if not birth:
        return len(groups) + ordinals < 2
    year_first = bool(groups) and len(groups[0]) == 4
    return len(groups) + ordinals < 3 if year_first else not _is_year(groups[max(0, 2 - ordinals) :])


def _japanese_unfinished(said: Said, *, birth: bool) -> bool:
    """Year, month and day carry their signs, in this order; digits without them are three groups."""
    if "日" in said.words:
        return False
    if not {"年", "月"} & set(said.words):
        return bool(said.dictated) and _numeric_unfinished([n.digits for n in said.numerals], 0, birth=birth)
    return said.words[-1] in ("年", "月", "の") or bool(said.dictated)


def _is_year(groups: Sequence[str]) -> bool:
    digits = "".join(groups)
    return len(digits) >= 4 or (len(digits) == 2 and digits not in _CENTURIES)


def _in_century(said: Said) -> bool:
    """Tell whether the turn ends with "nineteen hundred", in which nobody who telephones was born: the year goes on."""
    return any(said.words[-len(words) :] == words for words in map(tuple, map(tokens, said.vocabulary.century)))


def _has_year_word(said: Said) -> bool:
    return any(re.search(said.vocabulary.year, word) for word in said.words)


def _is_piece(said: Said, at: int) -> bool:
    word, vocabulary = said.words[at], said.vocabulary
    return (
        among(word, vocabulary.months)
        or among(word, vocabulary.of)
        or _is_ordinal(said, word)
        or _numeral_ending(said, at) is not None
        or re.search(vocabulary.year, word) is not None
    )


def _is_day(said: Said, at: int) -> bool:
    numeral = _numeral_ending(said, at)
    return _is_ordinal(said, said.words[at]) or (numeral is not None and 1 <= int(numeral.digits) <= LAST_DAY)


def _is_ordinal(said: Said, word: str) -> bool:
    return re.fullmatch(said.vocabulary.ordinal, word) is not None


def _numeral_ending(said: Said, at: int) -> Numeral | None:
    return next((numeral for numeral in said.numerals if numeral.end == at + 1), None)

"""Whether a dictated number is still unfinished."""

import re
from dataclasses import replace

import phonenumbers

from callagent.turns.endpointing.numerals import numerals
from callagent.turns.endpointing.said import Said
from callagent.turns.endpointing.vocabulary import among, asks, spoken

GROUPS = 3
"""Numerals in a row that are a dictated number though nobody asked for one: "five five five"."""

LEADING_ZERO = 3
"""Digits of a number with a zero in front that make it a dictated one: "030"."""

LONG_ENOUGH = 10
"""Digits (without the national prefix) from which a valid telephone number counts as complete, though its numbering
plan has longer ones that begin like it (Germany, Italy)."""

_MORE = tuple("2" * count for count in range(1, 11))
"""Digits that may still come; validity seldom depends on which ones they are. A German who says "0151" and pauses has
eight to go.
"""

_CARD = re.compile(r"3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|[2456]\d{15}")
"""Digits of a payment card (ISO/IEC 7812, the ranges of the large networks)."""

_FULL_LENGTHS = (phonenumbers.ValidationResult.IS_POSSIBLE, phonenumbers.ValidationResult.TOO_LONG)


def number_unfinished(said: Said) -> bool:
    """Tell whether the turn ends with digits and more of them are to be expected.

    It is complete with as many digits as the agent asked for, or when it is a telephone number of the locale. Only a
    number that was asked for or announced, or that is clearly dictated, is waited for: "two" is an answer.
    """
    if _is_taken_back(said):
        return True
    run = said.dictated
    digits = "".join(numeral.digits for numeral in run)
    if not digits:
        return False
    if _is_card(digits):
        return False
    wanted = expected_digits(said)
    if wanted is not None:
        return len(digits) < wanted
    words = said.vocabulary
    if asks(words.count_asked, said.question) or not (_asked(said) or _announced(said, digits, len(run))):
        if len(run) < GROUPS and not (digits.startswith("0") and len(digits) >= LEADING_ZERO):
            return False
        return not _is_telephone_number(said, digits, strict=False)
    return not _is_telephone_number(said, digits, strict=not said.about(words.phone_asked))


def _is_taken_back(said: Said) -> bool:
    """Tell whether the turn ends with the beginning of a correction: "zero one, no, sorry,"."""
    words, kept = said.vocabulary, len(said.words)
    while kept and among(said.words[kept - 1], words.corrections):
        kept -= 1
    if kept == len(said.words) or asks(words.count_asked, said.question):
        return False
    run = replace(said, words=said.words[:kept]).dictated
    return len(run) >= (1 if _asked(said) else GROUPS)


def _asked(said: Said) -> bool:
    """Tell whether the agent asked for a number."""
    words = said.vocabulary
    return asks(words.number_asked, said.question) or asks(words.phone_asked, said.question)


def _announced(said: Said, digits: str, groups: int) -> bool:
    """Tell whether the caller themselves say that a number comes: "my number is …"; "number five" is none."""
    words, text = said.vocabulary, said.text.lower()
    if len(digits) < 2 or asks(words.count_asked, text):
        return False
    return asks(words.number_asked, text) or (groups > 1 and asks(words.phone_asked, text))


def expected_digits(said: Said) -> int | None:
    """Tell how many digits the agent asked for ("your eight digit customer number"), None where it did not say."""
    asked = spoken(said.question, said.vocabulary)
    counts = {numeral.end: numeral.digits for numeral in numerals(asked, said.language)}
    for at, word in enumerate(asked):
        if among(word, said.vocabulary.digits) and at in counts:
            return int(counts[at])
        head, stem, _ = word.partition("stellig")  # German: one word
        if stem and not head and at in counts:
            return int(counts[at])
        if stem and head and (inside := numerals(["eins" if head == "ein" else head], said.language)):
            return int(inside[0].digits)
    known = ((pattern, count) for pattern, count in said.vocabulary.lengths if asks(pattern, said.question))
    return next((count for _, count in known), None)


def _is_card(digits: str) -> bool:
    """Tell whether these are all digits of a payment card: the last of them is the sum of the others (Luhn)."""
    if _CARD.fullmatch(digits) is None:
        return False
    doubled = (divmod(2 * int(digit), 10) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(tens + ones for tens, ones in doubled)) % 10 == 0


def _is_telephone_number(said: Said, digits: str, *, strict: bool) -> bool:
    """Tell whether digits are a telephone number that no further digit makes a longer one.

    Args:
        strict: it has to exist; otherwise its length is enough, as of numbers that stand in for others.
    """
    plus = "+" if "+" in said.text or digits.startswith("00") else ""
    written = plus + (digits.removeprefix("00") if plus else digits)
    number = _parsed(written, said.region)
    if number is None:
        return False
    longer = any(_is_valid(_parsed(written + more, said.region)) for more in _MORE)
    if _is_valid(number):
        return not longer or len(phonenumbers.national_significant_number(number)) >= LONG_ENOUGH
    length = phonenumbers.is_possible_number_with_reason(number)
    return not strict and not longer and length in _FULL_LENGTHS


def _parsed(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(number: phonenumbers.PhoneNumber | None) -> bool:
    return number is not None and phonenumbers.is_valid_number(number)

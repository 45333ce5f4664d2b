"""What can only be judged with the plan at hand: letters for digits (1-800-FLOWERS), and marks between two numbers."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult

from callagent.phone_numbers.interpretation import national_length
from callagent.phone_numbers.numbering_plan import exists, look_up, type_of
from callagent.phone_numbers.written_number import WORDS, Written

_BETWEEN = re.compile(r"\s*/\s*|\s+-+\s+|\s{2,}")
"""What may stand behind an area code, and stands between two numbers."""

FEWEST_LETTERS = 3
"""Letters of a vanity number; fewer are slips of the hand."""

_LOOK_ALIKES = frozenset("oil")
"""Letters that are written for the digits 0 and 1: what has no others is no word."""

_DIGIT_FOR_LETTER = re.compile(r"[A-Za-z][01]+[A-Za-z]")
"""Digits without letters on their key inside a word: FL0WERS."""

_NORTH_AMERICA = 1
_LONGEST_AREA_CODE = 5
_SUBSCRIBERS = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def keyed(written: Written) -> str:
    """Return the digits of a number, letters as keys of the telephone (ITU-T E.161)."""
    return phonenumbers.convert_alpha_characters_in_number(written.digits) if written.has_letters else written.digits


def check_letters(written: Written, parsed: PhoneNumber, home: str | None) -> None:
    """Raise ValueError for letters that are not the end of a vanity number but words behind a number.

    A vanity number exists, begins with its area code in digits, and is no number before its letters begin. Outside
    North America only free and service numbers are spelt so. Letters typed for digits (`555-O123`) are none.

    Args:
        parsed: the number with its letters as digits.
    """
    if not written.has_letters:
        return
    first = next(index for index, c in enumerate(written.body) if c.isalpha())
    front = written.body[:first]
    spelt = _national_digits(front, written, parsed)
    area = _area_code(parsed) or spelt
    whole_word = front.endswith("-") or front[-1:].isdigit()
    if (
        not exists(parsed)
        or (spelt < area if whole_word else spelt != area)
        or _complete(front, home)
        or _is_slip(written.body)
        or (parsed.country_code != _NORTH_AMERICA and type_of(parsed) in _SUBSCRIBERS)
    ):
        raise ValueError(WORDS)


def check_marks(written: Written, parsed: PhoneNumber, home: str | None) -> None:
    """Raise ValueError where a mark that may stand behind an area code stands behind what is a number already."""
    for mark in _BETWEEN.finditer(written.body):
        front = written.body[: mark.start()]
        if _national_digits(front, written, parsed) != _area_code(parsed) and _complete(front, home):
            raise ValueError("seems to hold two numbers")


def _is_slip(body: str) -> bool:
    """Tell whether letters and digits that look alike have been taken for each other."""
    letters = [c.lower() for c in body if c.isalpha()]
    few = len(letters) < FEWEST_LETTERS
    return few or _LOOK_ALIKES.issuperset(letters) or _DIGIT_FOR_LETTER.search(body) is not None


def _area_code(parsed: PhoneNumber) -> int:
    return phonenumbers.length_of_national_destination_code(parsed)


def _national_digits(front: str, written: Written, parsed: PhoneNumber) -> int:
    """Tell how many digits of the national number stand in the front part of what is written."""
    rest = len(written.digits) - sum(c.isalnum() for c in front)
    return national_length(parsed) - rest


def _complete(front: str, home: str | None) -> bool:
    """Tell whether somebody could have the number that the text would be without its rest."""
    try:
        parsed = look_up("".join(c for c in front if c.isdigit() or c == "+"), home)
    except ValueError:
        return False
    if exists(parsed):
        return True
    if national_length(parsed) <= _LONGEST_AREA_CODE:
        return False
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    return possible in (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)

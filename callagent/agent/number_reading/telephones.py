"""What the numbering plans say of a telephone number in a text: whether it is one, and how it is grouped."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, shortnumberinfo

Span = tuple[int, int]
"""Where something begins and ends."""


def find(run: str, region: str) -> tuple[Span, ...]:
    """Return the valid telephone numbers in `run`: international ones, and those of `region` (empty: none)."""
    return tuple((match.start, match.end) for match in PhoneNumberMatcher(run, region or None))


def is_possible(written: str, region: str) -> bool:
    """Tell whether a number can be as long as that in its country."""
    number = _parse(written, region)
    return number is not None and phonenumbers.is_possible_number(number)


@lru_cache(maxsize=1024)
def is_short(digits: str, region: str) -> bool:
    """Tell whether it is an emergency or another short number of `region`."""
    number = _parse(digits, region)
    if number is None or region not in phonenumbers.SUPPORTED_SHORT_REGIONS:
        return False
    return shortnumberinfo.is_valid_short_number_for_region(number, region) or is_emergency(digits, region)


@lru_cache(maxsize=1024)
def is_emergency(digits: str, region: str) -> bool:
    """Tell whether it calls for help in `region`."""
    return region in phonenumbers.SUPPORTED_SHORT_REGIONS and shortnumberinfo.is_emergency_number(digits, region)


@lru_cache(maxsize=1024)
def has_trunk_prefix(region: str) -> bool:
    """Tell whether national numbers of `region` are written with a 0 in front."""
    example = phonenumbers.example_number(region) if region else None
    return example is not None and phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL).startswith("0")


def grouped(written: str, region: str) -> list[str] | None:
    """Return the digits of a number written without a gap, in the groups of its
    country; None where that changes digits.
    """
    number = _parse(written, region)
    if number is None:
        return None
    digits = written.lstrip("+")
    for style in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL):
        formatted = phonenumbers.format_number(number, style)
        groups = "".join(c if c.isdigit() else " " for c in formatted).split()
        country = str(number.country_code)
        if digits == "".join(groups):
            return groups
        if digits.endswith("".join(groups)):  # behind 00 or 1
            prefix = digits.removesuffix("".join(groups))
            ahead = [prefix.removesuffix(country), country] if prefix.endswith(country) else [prefix]
            return [*filter(None, ahead), *groups]
    return None


def _parse(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return None

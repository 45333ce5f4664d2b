"""What the numbering plans say of a number: whether it exists, what it is for, whether it calls for help.

It takes a while to import; a profile without numbers to look up does without it.
"""

import re
from functools import lru_cache
from typing import Literal

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType, shortnumberinfo
from phonenumbers.phonenumberutil import region_codes_for_country_code

from callagent.phone_numbers.dial_string import NumberKind

EMERGENCY_DIGITS = 3
"""Up to this length, what calls for help in any country is an emergency number in all of them."""

_KINDS: dict[int, NumberKind] = {
    PhoneNumberType.FIXED_LINE: "fixed-line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed-line-or-mobile",
    PhoneNumberType.TOLL_FREE: "toll-free",
    PhoneNumberType.PREMIUM_RATE: "premium-rate",
    PhoneNumberType.SHARED_COST: "shared-cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}

_WORLD_KINDS: dict[int, NumberKind] = {
    870: "satellite",
    881: "satellite",
    882: "international-network",
    883: "international-network",
    979: "international-premium",
}
"""Country codes that belong to no country (ITU-T E.164, annex to the list of assigned codes) and cost accordingly."""

TOO_SHORT, TOO_LONG = "is too short for a telephone number", "is too long for a telephone number"
_PROBLEMS = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "begins with a country code that does not exist",
    phonenumbers.NumberParseException.NOT_A_NUMBER: "is not a telephone number",
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    phonenumbers.NumberParseException.TOO_LONG: TOO_LONG,
}
_LENGTHS = {
    phonenumbers.ValidationResult.TOO_SHORT: TOO_SHORT,
    phonenumbers.ValidationResult.TOO_LONG: TOO_LONG,
}


def look_up(written: str, region: str | None = None, *, source: bool = False) -> PhoneNumber:
    """Return the number as the plan takes it apart; it need not exist.

    Args:
        region: ISO 3166 code of the country whose national form is understood; None: only international form.
        source: note in the number where its country code was found.

    Raises:
        ValueError: it cannot be one; the message goes on after the number: "is too short for …".
    """
    try:
        return phonenumbers.parse(written, region, keep_raw_input=source)
    except phonenumbers.NumberParseException as error:
        raise ValueError(_PROBLEMS[error.error_type]) from None


def of_country(code: int, national: str) -> PhoneNumber:
    """Return the number of these digits behind a country code, its leading zeros kept; it need not exist."""
    without = national.lstrip("0")
    zeros = len(national) - len(without) if without else max(len(national) - 1, 0)
    return PhoneNumber(
        country_code=code,
        national_number=int(national or 0),
        italian_leading_zero=zeros > 0,
        number_of_leading_zeros=zeros or None,
    )


def exists(parsed: PhoneNumber) -> bool:
    """Tell whether somebody may have this number."""
    return type_of(parsed) != PhoneNumberType.UNKNOWN


def type_of(parsed: PhoneNumber) -> int:
    """Return what the number is for, as one of `PhoneNumberType`; UNKNOWN where it does not exist."""
    return _entry(code_of(parsed), phonenumbers.national_significant_number(parsed))[0]


def code_of(parsed: PhoneNumber) -> int:
    """Return the country code; 0 where there is none."""
    return parsed.country_code or 0


@lru_cache(maxsize=32)
def _entry(code: int, national: str) -> tuple[int, str]:
    """Return type and country of a number. What is read is asked for several times,
    and phonenumbers looks long for it.
    """
    parsed = of_country(code, national)
    return phonenumbers.number_type(parsed), phonenumbers.region_code_for_number(parsed) or ""


def why_not(parsed: PhoneNumber) -> str | None:
    """Tell why nobody has this number; None where somebody may."""
    if exists(parsed):
        return None
    return _LENGTHS.get(phonenumbers.is_possible_number_with_reason(parsed), "does not exist")


def kind_of(parsed: PhoneNumber) -> NumberKind:
    """Return what a number that exists is for."""
    return _WORLD_KINDS.get(code_of(parsed)) or _KINDS.get(type_of(parsed), "unknown")


def country_of(parsed: PhoneNumber) -> str:
    """Return the country of a number that exists, as ISO 3166 code; `001` for those of no country; empty when unknown.

    Of countries that share a code, the one to which fewer fixed lines belong has those that fit both (Western Sahara
    within +212).
    """
    national = phonenumbers.national_significant_number(parsed)
    kind, country = _entry(code_of(parsed), national)
    main, *others = region_codes_for_country_code(code_of(parsed)) or ("",)
    if kind != PhoneNumberType.FIXED_LINE or country != main:
        return country
    pattern = _fixed_lines(main)
    narrower = (each for each in others if _fixed_lines(each) != pattern and re.fullmatch(_fixed_lines(each), national))
    return next(narrower, country)


def _fixed_lines(country: str) -> str:
    plan = PhoneMetadata.metadata_for_region(country)
    return (plan and plan.fixed_line and plan.fixed_line.national_number_pattern) or ""


def is_region(code: str) -> bool:
    """Tell whether it is the ISO 3166 code of a country with telephone numbers of its own."""
    return code in phonenumbers.SUPPORTED_REGIONS


def country_code(code: str) -> str:
    """Return the code of such a country. Raise ValueError, which names the right one where it is in small letters."""
    if not is_region(code):
        hint = f"; did you mean '{code.upper()}'?" if is_region(code.upper()) else ""
        raise ValueError(f"is not a country (ISO 3166, as in DE){hint}")
    return code


def calls_for_help(digits: str, region: str | None = None) -> bool:
    """Tell whether it is an emergency number of that country or, where it is short enough, of any."""
    if region and shortnumberinfo.is_emergency_number(digits, region):
        return True
    everywhere = phonenumbers.SUPPORTED_SHORT_REGIONS if len(digits) <= EMERGENCY_DIGITS else ()
    return any(shortnumberinfo.is_emergency_number(digits, country) for country in everywhere)


def special_abroad(parsed: PhoneNumber) -> tuple[Literal["emergency", "short"], str] | None:
    """Return kind and country of an emergency or short number behind a country code, as in +1911.

    Some gateways cut the code off again.
    """
    if exists(parsed):
        return None
    digits = phonenumbers.national_significant_number(parsed)
    regions = [code for code in region_codes_for_country_code(code_of(parsed)) if is_region(code)]
    for region in regions:
        if shortnumberinfo.is_emergency_number(digits, region):
            return "emergency", region
    for region in regions:
        if shortnumberinfo.is_valid_short_number_for_region(parsed, region):
            return "short", region
    return None

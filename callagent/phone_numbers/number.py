"""Telephone numbers: whatever people write for one becomes a typed `Number` in E.164, or one clear error."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, shortnumberinfo

from callagent.phone_numbers.dial_string import NumberKind
from callagent.phone_numbers.interpretation import NEEDS_PLUS, read_international, read_national, read_sent
from callagent.phone_numbers.letters_and_marks import check_letters, check_marks, keyed
from callagent.phone_numbers.numbering_plan import (
    calls_for_help,
    country_code,
    country_of,
    exists,
    is_region,
    kind_of,
    of_country,
    special_abroad,
    why_not,
)
from callagent.phone_numbers.time_zones import zones_of_number
from callagent.phone_numbers.written_number import WORDS, InvalidNumber, Written, take_apart

__all__ = [
    "InvalidNumber",
    "Number",
    "country_code",
    "example_number",
    "is_region",
    "parse_number",
    "region_of",
    "sent_number",
]


@dataclass(frozen=True)
class Number:
    """A telephone number that exists in the numbering plan.

    Args:
        e164: `+`, country code, national number. Emergency and short numbers have no such form: for them, the digits.
        region: country as ISO 3166 code; `001` for numbers of no country; empty for an emergency number without one.
        kind: what the number is for.
        time_zones: every zone that its subscriber may be in (IANA names); empty when unknown, as for free numbers that
            several countries share.
        extension: digits to dial after the answer; empty without.
    """

    e164: str
    region: str
    kind: NumberKind
    time_zones: tuple[str, ...] = ()
    extension: str = ""

    def __str__(self) -> str:
        return self.e164

    @property
    def international(self) -> str:
        """The number in groups, as it is printed: `+1 202-555-0123`."""
        if not self.e164.startswith("+"):
            return self.e164
        return phonenumbers.format_number(phonenumbers.parse(self.e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def parse_number(text: str, region: str | None = None) -> Number:
    """Return the number that is meant by `text`.

    Takes spaces and punctuation, extensions, vanity letters, decimal digits of any script, `tel:`, `sip:` and `sips:`
    URIs and their parameters. Emergency and short numbers are numbers too, so that a guard can refuse them by name.
    Which number is meant where several can be stands in `number_reading`.

    Args:
        text: as people write it, or as a SIP header carries it.
        region: ISO 3166 code of the country whose national form is understood; None: only international form.

    Raises:
        InvalidNumber: no number can be meant by it, or more than one.
    """
    written = take_apart(text)
    home = region.upper() if region else None
    if special := _special(written, home):
        return special
    try:
        parsed = _read(written, home)
        check_letters(written, parsed, home)
        check_marks(written, parsed, home)
    except ValueError as error:
        raise InvalidNumber(text, str(error)) from None
    if abroad := special_abroad(parsed):
        kind, country = abroad
        return Number(phonenumbers.national_significant_number(parsed), country, kind)
    if problem := why_not(parsed):
        raise InvalidNumber(text, problem)
    return _number(parsed, written.extension)


def sent_number(text: str, home: str | None = None) -> Number | None:
    """Return the number of a subscriber that a carrier or an exchange means by `text`, in whatever form it sends it.

    Beyond what people write, networks leave out the + of numbers of any country.

    Args:
        home: ISO 3166 code of the country in which it was sent; None: nobody knows.

    Returns:
        The number; None for an extension, a service number, a word, and for what could be more than one number.
    """
    home = home.upper() if home else None
    try:
        written = take_apart(text)
        if written.has_letters or _special(written, home):
            return None
        parsed = _with_plus(written, written.digits) if written.international else read_sent(written.digits, home)
        check_marks(written, parsed, home)
    except ValueError:
        return None
    return None if why_not(parsed) else _number(parsed, written.extension)


def example_number(region: str) -> str:
    """Return a number of that country (ISO 3166 code) in E.164 that exists in its
    plan; empty for what is no country.
    """
    example = phonenumbers.example_number(region.upper())
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example else ""


def region_of(text: str) -> str:
    """Return the country of a number in international form, as ISO 3166 code. Raises InvalidNumber."""
    return parse_number(text).region


def _read(written: Written, home: str | None) -> PhoneNumber:
    if not written.international and home is None:
        raise ValueError(NEEDS_PLUS)
    digits = keyed(written)
    try:
        return _with_plus(written, digits) if home is None or written.international else read_national(digits, home)
    except ValueError as error:
        raise ValueError(WORDS if written.has_letters else str(error)) from None


def _with_plus(written: Written, digits: str) -> PhoneNumber:
    """Return the number in international form. A 0 in brackets is no part of it
    where the plan knows none (`+1 (0)202 …`).
    """
    parsed = read_international(digits)
    if not exists(parsed) and written.without_trunk_zero:
        bare = read_international(written.without_trunk_zero)
        return bare if exists(bare) else parsed
    return parsed


def _number(parsed: PhoneNumber, extension: str) -> Number:
    region = country_of(parsed)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number(e164, region, kind_of(parsed), zones_of_number(parsed, region), extension)


def _special(written: Written, region: str | None) -> Number | None:
    """Return an emergency or short number as it is dialled inside a country."""
    digits = written.digits
    if written.international or not digits.isdigit():
        return None
    if calls_for_help(digits, region):
        return Number(digits, region or "", "emergency")
    if region and _is_short(digits, region):
        return Number(digits, region, "short")
    return None


def _is_short(digits: str, region: str) -> bool:
    parsed = of_country(phonenumbers.country_code_for_region(region), digits)
    return shortnumberinfo.is_valid_short_number_for_region(parsed, region)

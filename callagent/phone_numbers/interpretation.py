"""Which number of the world is meant by digits, seen from a country: one, or none.

Digits without + can be read in several ways, each of which may give a number that exists: in the national form of the
country, with that country's own code in front but no +, with the code of another country, behind 00 or 011. The rules,
in this order:

1. Behind the international prefix of the country (or 00, or 011) stands a number in international form.
2. The national form of the country, as it is written there, comes first: `2032345678` is Connecticut for an American,
   although +20 is Egypt.
3. The country's own code with a number behind it comes before a national number without its trunk prefix:
   `4915112345678` is +49 151… for a German and not 0491 5112345678.
4. A national number without its trunk prefix is read where nothing else can be meant.
5. The code of another country is only read in what a network sends, where nothing else can be meant, or only a
   national number without its trunk prefix, of a plan that would take any code in front of a number for a part of it.

Two readings that neither of these tells apart are none: the number is refused.
"""

import re

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from callagent.phone_numbers.numbering_plan import TOO_SHORT, code_of, country_of, exists, look_up, of_country, type_of

_WRITE_PLUS = "write + and the country code"
AMBIGUOUS = f"can be read as more than one number; {_WRITE_PLUS}"
NEEDS_PLUS = "needs + and the country code, for example +12025550123"

SHORTEST = 7
"""Digits from which on a country code without + or a number without its trunk prefix is believed."""

SHORTEST_UNPLACED = 11
"""Digits from which on a country code is believed although nobody knows where the number was sent."""

FEW_LENGTHS = 2
"""Up to so many lengths of its kind a number written as at home is no code of another country with a number behind."""

FULL_MOBILE = 10
"""Digits of a mobile number that people write without its trunk prefix where all mobile numbers have as many (India,
Russia)."""

_INTERNATIONAL_PREFIXES = ("00", "011")
"""Of most countries (ITU-T E.164, and the North American plan). Those of the others phonenumbers knows."""

_LONG_PLANS = ("BR", "CN")
"""Countries whose people write national numbers of so many digits that they look like international ones."""

_RETIRED = {52: re.compile(r"(?:1|01|04[45])([0-9]{10})")}
"""Prefixes that a plan has given up and people still write. Mexico: since 2019-08-03 everything is dialled as ten
digits (IFT, Plan Tecnico Fundamental de Numeracion 2018)."""


_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
"""Kinds of numbers as the fields of a plan in phonenumbers."""


def read_international(digits: str) -> PhoneNumber:
    """Return the number behind a +; it need not exist. Raise ValueError as `look_up` does."""
    return _current(look_up(f"+{digits}"))


def read_national(digits: str, home: str, *, sent: bool = False) -> PhoneNumber:
    """Return the number that people in a country mean by digits without +; it need not exist.

    Args:
        sent: a network means it; without a trunk prefix that is the number of another country, if it exists.

    Raises:
        ValueError: none can be meant, or more than one; the message goes on after the number.
    """
    prefixed, own = _behind_prefix(digits), _behind_own_code(digits, home)
    try:
        taken = look_up(digits, home, source=True)
    except ValueError:
        if found := prefixed or own:
            return found
        raise
    parsed = _current(taken)
    if not exists(parsed):
        return prefixed or own or parsed
    if _is_international(taken) or digits.startswith(_INTERNATIONAL_PREFIXES[0]):
        return _only(parsed, prefixed or abroad(digits))
    if parsed is taken and _as_written_at_home(digits, parsed, home):
        if prefixed is not None and not _is_plain(digits, parsed, home):
            return _only(parsed, prefixed)
        return _only(parsed, own) if _has_few_lengths(parsed) else _not_joined(parsed, prefixed or abroad(digits), sent)
    if own is not None:
        return own
    if len(digits) < SHORTEST:
        raise ValueError(TOO_SHORT)
    if _could_begin_with_own_code(digits, home):
        raise ValueError(f"begins with its country's own code, but +{digits} does not exist; {_WRITE_PLUS}")
    return _not_joined(parsed, abroad(digits), sent and not _has_few_lengths(parsed))


def read_sent(digits: str, home: str | None) -> PhoneNumber:
    """Return the number that a network means by digits without +; it exists.

    Args:
        home: country in which it was sent; None: nobody knows.

    Raises:
        ValueError: none can be meant, or more than one.
    """
    if home is not None:
        parsed = read_national(digits, home, sent=True)
        if exists(parsed):
            return parsed
    found = _behind_prefix(digits) or abroad(digits)
    if found is None or (home is None and not _unmistakable(digits, found)):
        raise ValueError(NEEDS_PLUS)
    return found


def abroad(digits: str) -> PhoneNumber | None:
    """Return the number of the world whose country code stands in front, without a
    trunk prefix; None where there is none.
    """
    found = _existing(digits)
    return None if found is None or found[1] else found[0]


def national_length(parsed: PhoneNumber) -> int:
    """Return digits after the country code."""
    return len(phonenumbers.national_significant_number(parsed))


def _current(parsed: PhoneNumber) -> PhoneNumber:
    """Return the number without a prefix that its plan has given up."""
    retired = _RETIRED.get(code_of(parsed))
    if retired is None or exists(parsed):
        return parsed
    found = retired.fullmatch(phonenumbers.national_significant_number(parsed))
    if found is None:
        return parsed
    current = of_country(code_of(parsed), found[1])
    return current if exists(current) else parsed


def _existing(digits: str) -> tuple[PhoneNumber, bool] | None:
    """Return the number behind a + and whether a trunk prefix has been left out of it; None where it does not exist."""
    if len(digits) < SHORTEST or digits.startswith("0"):  # no country code does
        return None
    try:
        taken = look_up(f"+{digits}")
    except ValueError:
        return None
    shorter = len(str(taken.country_code)) + national_length(taken) < len(digits)
    parsed = _current(taken)
    return (parsed, shorter) if exists(parsed) else None


def _is_international(parsed: PhoneNumber) -> bool:
    """Tell whether a country code was found behind the country's international prefix, or its own without one."""
    return parsed.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY


def _behind_own_code(digits: str, home: str) -> PhoneNumber | None:
    """Return the number behind the country's own code, without +."""
    if not digits.startswith(str(phonenumbers.country_code_for_region(home))):
        return None
    found = _existing(digits)
    return found[0] if found else None


def _could_begin_with_own_code(digits: str, home: str) -> bool:
    """Tell whether the country's own code stands in front of what is as long as its numbers are."""
    own_code = str(phonenumbers.country_code_for_region(home))
    return digits.startswith(own_code) and phonenumbers.is_possible_number(look_up(f"+{digits}"))


def _behind_prefix(digits: str) -> PhoneNumber | None:
    """Return the number behind 00 or 011."""
    for prefix in _INTERNATIONAL_PREFIXES:
        if digits.startswith(prefix):
            return abroad(digits.removeprefix(prefix))
    return None


def _only(first: PhoneNumber, second: PhoneNumber | None) -> PhoneNumber:
    """Return the one number that two readings give. Raise ValueError where they give two."""
    if second is not None and _e164(first) != _e164(second):
        raise ValueError(AMBIGUOUS)
    return first


def _not_joined(first: PhoneNumber, second: PhoneNumber | None, sent: bool) -> PhoneNumber:
    """Return the first reading where the second is none, so that no code can have become part of it."""
    return second if sent and second is not None else _only(first, second)


def _as_written_at_home(digits: str, parsed: PhoneNumber, home: str) -> bool:
    """Tell whether nothing is missing from the national form: the trunk prefix
    stands there, or is none, or need not.
    """
    kind = type_of(parsed)
    if kind == PhoneNumberType.VOICEMAIL:
        return False  # Italy's look like numbers of half the world without their +
    national = phonenumbers.national_significant_number(parsed)
    trunk_prefix = _trunk_prefix(home)
    if digits != national:
        return len(digits) > len(national) and bool(trunk_prefix) and digits.startswith(trunk_prefix)
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    unknown_form = bool(trunk_prefix) and written == national
    if digits == re.sub(r"[^0-9]", "", written) and not unknown_form:
        return True
    return kind == PhoneNumberType.MOBILE and len(digits) >= FULL_MOBILE and _lengths(parsed) == 1


def _is_plain(digits: str, parsed: PhoneNumber, home: str) -> bool:
    """Tell whether nothing but the trunk prefix stands in front, no carrier's code that could be something else."""
    national = phonenumbers.national_significant_number(parsed)
    return digits.removesuffix(national) in ("", _trunk_prefix(home))


def _trunk_prefix(home: str) -> str:
    plan = PhoneMetadata.metadata_for_region(home)
    return (plan and plan.national_prefix) or ""


def _has_few_lengths(parsed: PhoneNumber) -> bool:
    return _lengths(parsed) <= FEW_LENGTHS


def _lengths(parsed: PhoneNumber) -> int:
    """Tell how many lengths the numbers of this kind have in their country."""
    plan = PhoneMetadata.metadata_for_region(country_of(parsed))
    kind = getattr(plan, _KINDS.get(type_of(parsed), ""), None)
    return len(kind.possible_length) if kind else 0


def _unmistakable(digits: str, found: PhoneNumber) -> bool:
    """Tell whether digits sent from nobody knows where are an international number and no national one."""
    if digits.startswith(_INTERNATIONAL_PREFIXES):
        return True
    return len(digits) >= SHORTEST_UNPLACED and not any(_is_national(digits, region) for region in _LONG_PLANS)


def _is_national(digits: str, home: str) -> bool:
    try:
        parsed = look_up(digits, home)
    except ValueError:
        return False
    return exists(parsed) and _as_written_at_home(digits, parsed, home)


def _e164(parsed: PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)

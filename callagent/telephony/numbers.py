"""Telephone numbers: whatever people write for one becomes a typed `Number` in E.164, or one clear error."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumber, shortnumberinfo
from phonenumbers.timezone import time_zones_for_number

from callagent.profile import NumberKind
from callagent.profile.numberplan import TOO_LONG, calls_for_help, is_region, kind_of, look_up, special_abroad, why_not

__all__ = ["InvalidNumber", "Number", "example_number", "is_region", "parse_number", "region_of"]

LONGEST_TEXT = 200
"""Characters of a number as written, URI and parameters included."""

_UNKNOWN_ZONE = "Etc/Unknown"
_FORMATTING = frozenset("+-.()/[]~ ,;#")


class InvalidNumber(ValueError):
    """The text is no telephone number; the message is one line that shows the text and says why."""

    def __init__(self, text: str, problem: str) -> None:
        super().__init__(f"{_shown(text)} {problem}")


@dataclass(frozen=True)
class Number:
    """A telephone number that exists in the numbering plan.

    Args:
        e164: `+`, country code, national number. Emergency and short numbers have no such form: for them, the digits.
        region: country as ISO 3166 code; `001` for numbers of no country; empty for an emergency number without one.
        kind: what the number is for.
        time_zones: every zone that its subscriber may be in (IANA names); empty when unknown.
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
    """The number that is meant by `text`.

    Takes spaces and punctuation, extensions, vanity letters, decimal digits of any script, `tel:`, `sip:` and `sips:`
    URIs. Emergency and short numbers are numbers too, so that a guard can refuse them by name.

    Args:
        text: as people write it, or as a SIP header carries it.
        region: ISO 3166 code of the country whose national form is understood; None: only international form.

    Raises:
        InvalidNumber: no number can be meant by it.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidNumber(text, TOO_LONG)
    written = _plain(text, _subscriber(text))
    region = region.upper() if region else None
    if special := _special(written, region):
        return special
    if region is None and not written.lstrip("([").startswith("+"):
        raise InvalidNumber(text, "needs + and the country code, for example +12025550123")
    try:
        parsed = look_up(written, region)
    except ValueError as error:
        raise InvalidNumber(text, str(error)) from None
    if abroad := special_abroad(parsed):
        kind, country = abroad
        return Number(phonenumbers.national_significant_number(parsed), country, kind)
    if problem := why_not(parsed):
        raise InvalidNumber(text, problem)
    return _number(parsed)


def example_number(region: str) -> str:
    """A number of that country (ISO 3166 code) in E.164 that exists in its plan; empty for what is no country."""
    example = phonenumbers.example_number(region.upper())
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example else ""


def region_of(text: str) -> str:
    """Country of a number in international form, as ISO 3166 code. Raises InvalidNumber."""
    return parse_number(text).region


def _number(parsed: PhoneNumber) -> Number:
    zones = tuple(zone for zone in time_zones_for_number(parsed) if zone != _UNKNOWN_ZONE)
    region = phonenumbers.region_code_for_number(parsed) or ""
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number(e164, region, kind_of(parsed), zones, parsed.extension or "")


def _special(written: str, region: str | None) -> Number | None:
    """An emergency or short number as it is dialled inside a country."""
    digits = "".join(c for c in written if c not in _FORMATTING)
    if "+" in written or not digits.isdigit():
        return None
    if calls_for_help(digits, region):
        return Number(digits, region or "", "emergency")
    if region and _is_short(digits, region):
        return Number(digits, region, "short")
    return None


def _is_short(digits: str, region: str) -> bool:
    parsed = PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region),
        national_number=int(digits),
        italian_leading_zero=digits.startswith("0") or None,
        number_of_leading_zeros=len(digits) - len(digits.lstrip("0")) or None,
    )
    if len(digits) > 6 and phonenumbers.is_valid_number(parsed):
        return False
    return shortnumberinfo.is_valid_short_number_for_region(parsed, region)


def _subscriber(text: str) -> str:
    """The number inside a URI, or the text itself."""
    stripped = text.strip().strip("<>")
    scheme, colon, rest = stripped.partition(":")
    if not colon:
        return stripped
    match scheme.strip().lower():
        case "tel":
            number, *parameters = unquote(rest).split(";")
            given = dict(parameter.lower().partition("=")[::2] for parameter in parameters)
            context = given.get("phone-context", "")
            prefix = context if context.startswith("+") and not number.startswith("+") else ""
            return f"{prefix}{number}" + (f";ext={given['ext']}" if given.get("ext") else "")
        case "sip" | "sips":
            user = unquote(rest.partition("@")[0].partition(";")[0].partition(":")[0])
            if not any(c.isdecimal() for c in user) or any(c.isalpha() for c in user):
                raise InvalidNumber(text, "names no telephone number before the @")
            return user
    raise InvalidNumber(text, "is neither a number nor a tel: or sip: URI")


def _plain(text: str, written: str) -> str:
    """ASCII digits, letters and punctuation, `+` only in front. Refuses what no number contains."""
    plain = "".join(map(_ascii, written)).strip()
    if any(unicodedata.category(c) == "Cc" for c in plain):
        raise InvalidNumber(text, "contains control characters")
    if not any(c.isdigit() for c in plain):
        raise InvalidNumber(text, "contains no digits" if plain else "is empty")
    body, _, extension = plain.partition(";ext=")
    strange = next((c for c in body + extension if not (c.isascii() and c.isalnum()) and c not in _FORMATTING), "")
    if strange:
        raise InvalidNumber(text, f"contains {_shown(strange)}, which no telephone number does")
    front = body.lstrip("([ ")
    if front[:1].isalpha():
        raise InvalidNumber(text, "begins with letters")
    if "+" in front[1:]:
        raise InvalidNumber(text, "has a + that is not in front")
    return plain


def _ascii(character: str) -> str:
    """One character as the plain one that it stands for; marks of writing direction and soft hyphens vanish."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Zs", "Pd", "Cf"):
        return {"Zs": " ", "Pd": "-", "Cf": ""}[category]
    return unicodedata.normalize("NFKC", character) if "\uff00" <= character <= "\uff5e" else character


def _shown(text: str) -> str:
    """The text in quotes on one line, shortened, nothing in it that could act on a terminal."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:60])
    return f"'{shown}{'…' if len(text) > 60 else ''}'"

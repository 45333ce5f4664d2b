"""Whom a caller may be transferred to: subscribers whose number exists, and SIP addresses that do not call for help."""

import re
from urllib.parse import unquote

import phonenumbers

from callagent.phone_numbers.dial_string import NumberKind, read_dial_string
from callagent.phone_numbers.numbering_plan import calls_for_help, kind_of, look_up, special_abroad, why_not

HELP = frozenset({"000", "112", "911", "999"})
"""Emergency numbers that no telephone system gives to one of its extensions, as it may 100 or 110."""

_SEPARATORS = re.compile(r"[-.]")
_NEVER = "which nothing allows an agent to call"


def check_destination(to: str) -> None:
    """Raise ValueError for what nobody may be transferred to; the message is a clause that begins with it.

    Args:
        to: a number in E.164, also with an extension or keys behind it, a `tel:` or a `sip:` URI.
    """
    if (number := _number(to)) is None:
        _check_sip(to)
        return
    if not number.startswith("+"):
        if calls_for_help(number):
            raise ValueError(f"'{to}' is an emergency number, {_NEVER}")
        raise ValueError(f"'{to}' needs + and the country code, as in +12025550101, or sip:1001@HOST for an extension")
    parsed = _parsed(to, number)
    if special := special_abroad(parsed):
        kind, region = special
        article = "an" if kind == "emergency" else "a"
        raise ValueError(f"'{to}' is {article} {kind} number of {region}, {_NEVER}")
    if problem := why_not(parsed):
        raise ValueError(f"'{to}' {problem}; write +, country code and number, as in +12025550101")


def kind_of_destination(to: str) -> NumberKind | None:
    """Return what the number of a destination that has been checked is for; None for a SIP address."""
    number = _number(to)
    return None if number is None else kind_of(_parsed(to, number))


def _check_sip(to: str) -> None:
    """Leave it to the server what a user part means, but for those of which everybody knows what they mean."""
    user = unquote(to.partition(":")[2].partition("@")[0].partition(";")[0].partition(":")[0])
    digits = _SEPARATORS.sub("", user)
    if not re.fullmatch(r"\+?[0-9]+", digits, re.ASCII):
        return
    if digits in HELP or (digits.startswith("+") and _is_emergency_abroad(digits)):
        raise ValueError(f"'{to}' is an emergency number, {_NEVER}")


def _is_emergency_abroad(number: str) -> bool:
    try:
        special = special_abroad(look_up(number))
    except ValueError:
        return False
    return special is not None and special[0] == "emergency"


def _number(to: str) -> str | None:
    """Return the number without separators, parameters and what is keyed after the answer; None for a SIP address."""
    scheme, colon, _ = to.partition(":")
    if colon and scheme.lower() != "tel":
        return None
    return _SEPARATORS.sub("", read_dial_string(to).to.partition(";")[0])


def _parsed(to: str, number: str) -> phonenumbers.PhoneNumber:
    try:
        return look_up(number)
    except ValueError as error:
        raise ValueError(f"'{to}' {error}") from None

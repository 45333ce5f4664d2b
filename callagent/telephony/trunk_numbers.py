"""The numbers of a trunk as its other side writes them: E.164, national form, or the extensions of a PBX."""

import re
from dataclasses import replace
from functools import lru_cache

from callagent.phone_numbers.number import InvalidNumber, Number, parse_number, sent_number
from callagent.profile.sections.destinations import HELP

ANY_NUMBER = "*"
"""What LiveKit writes for an outbound trunk that takes every caller-ID."""

LONGEST_EXTENSION = 8
"""Digits of a caller-ID up to which, without + and country, it is taken for an extension of a PBX."""

_LOCAL = re.compile(r"[0-9*#]{1,20}", re.ASCII)
_FORMATTING = re.compile(r"[-.()/\s]")


def local_form(text: str) -> str | None:
    """Return the digits of a number without + and country code, as a carrier or a PBX sends them; None for all else."""
    digits = _FORMATTING.sub("", text)
    return digits if _LOCAL.fullmatch(digits) and any(map(str.isdigit, digits)) else None


def trunk_number(text: str) -> str:
    """Return a number of a trunk: E.164, or the digits that the other side sends. Raise ValueError, one line."""
    if (local := local_form(text)) is not None:
        if local in HELP:
            raise InvalidNumber(text, "is an emergency number, not one of a trunk")
        return local
    number = parse_number(text)
    if not number.e164.startswith("+"):
        kind = "an emergency" if number.kind == "emergency" else "a short"
        raise InvalidNumber(text, f"is {kind} number, not one of a subscriber")
    if number.extension:
        raise InvalidNumber(text, "has an extension, which a trunk does not know")
    return number.e164


def caller_id(text: str, region: str | None = None) -> Number:
    """Return the number that is shown to a callee: one that can be called back, or an extension of the trunk.

    Args:
        region: ISO 3166 code of the country whose national form is understood.

    Raises:
        ValueError: it is none; one line.
    """
    local = local_form(text)
    try:
        number = parse_number(text, region)
    except InvalidNumber:
        if local is None or (len(local) > LONGEST_EXTENSION and not local.startswith("0")):
            raise
        return _extension(local)
    if number.kind in ("emergency", "short"):
        if local is None or local in HELP:
            raise ValueError(f"{number} is an emergency or short number, which nobody calls from")
        return _extension(local)
    if number.extension:
        raise ValueError(f"a caller-ID has no extension ({number.extension})")
    return number


def first_number(numbers: tuple[str, ...]) -> Number | None:
    """Return the first number of a trunk that can be shown; None where there is none, or any may be."""
    for text in numbers:
        local = local_form(text)
        try:
            number = _extension(local) if local is not None and local not in HELP else parse_number(text)
        except InvalidNumber:
            continue
        if number.kind not in ("emergency", "short"):
            return number
    return None


def as_on_trunk(caller: Number, numbers: tuple[str, ...]) -> Number:
    """Return the caller-ID as the trunk writes it, which is how its other side knows
    it; unchanged where it is not there.
    """
    written = next((text for text in numbers if _is_same(caller, text)), None)
    if written is None or written == caller.e164:
        return caller
    return replace(caller, e164=local_form(written) or caller.e164)


def is_on_trunk(caller: Number, numbers: tuple[str, ...]) -> bool:
    """Tell whether a trunk may show that caller-ID."""
    return ANY_NUMBER in numbers or any(_is_same(caller, text) for text in numbers)


def _is_same(caller: Number, text: str) -> bool:
    if caller.e164 in (text, local_form(text)):
        return True
    return _sent(text, caller.region) == caller.e164


@lru_cache(maxsize=4096)
def _sent(text: str, region: str) -> str:
    """Return a number of a trunk in E.164, empty for none. A trunk has up to
    thousands, and each call asks for all of them.
    """
    number = sent_number(text, region or None)
    return number.e164 if number else ""


def _extension(digits: str) -> Number:
    """Return a number that belongs to no country."""
    return Number(digits, "", "unknown")

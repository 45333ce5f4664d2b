"""Telephone numbers in a text, and fields that hold personal data: how a log shows them.

A number keeps its country code and its last two digits (`+1***23`), which is enough to follow one call through a log
and too little to call anybody. Found are numbers in the international form, those that livekit-sip puts into
identities and names of rooms (`sip_12025550123`, `call-_+12025550123_x7Kq`), SIP and tel URIs, and national numbers as
people write them. Other digits stay: identifiers, ports, dates, points in time, decimals.
"""

import re
from functools import partial
from itertools import islice
from typing import Any, Final

from callagent.sanitise.encoding import text_of

MASK: Final = "***"
"""What stands for a secret or for personal data, whoever hides it."""

LEAST_DIGITS: Final = 9
"""Digits of a run that is taken for a telephone number by itself; ports, process ids and most sizes are shorter."""

DEEPEST, MOST_ENTRIES = 6, 50
"""Levels of nested values that a log looks into, and entries on each that it tells."""

_GAP = r"[ \u00a0\u202f.()/\u2010-\u2015-]"
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_LIVEKIT_ID = r"(?:AJ|AD|AW|RM|PA|TR|ST|SDR|SCL|EG|IN|ND|speech|item)_[0-9A-Za-z]{6,}"
"""Jobs, dispatches, workers, rooms, participants, tracks, trunks, rules, calls: all of it may happen to be digits."""

_PLUS = r"(?:[+\uff0b]|%2[Bb])"

_NUMBER: Final = re.compile(
    rf"(?P<kept>(?<![^\W_])(?:{_UUID}|{_LIVEKIT_ID})(?![^\W_]))"
    rf"|(?P<plus>{_PLUS}){_GAP}{{0,2}}\d(?:{_GAP}{{0,3}}\d){{5,18}}"
    r"|(?P<mark>(?<![^\W_])(?:sip_|(?:sips?|tel):))(?:\d{3,}(?=[@;>\s'\"\]),]|$)|\d{3,}(?![\w.:]))"
    r"|(?P<room>(?<=_))\d{7,15}(?![^\W_])"
    r"|(?P<american>(?<![\w.+]))(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]\d{4}(?!\w)"
    r"|(?P<spelt>(?<![\w.]))\d(?:[ -]{1,2}\d){8,14}(?![\w.])"
    r"|(?P<national>(?<![\w.+]))\(?0\d{1,5}\)?(?:[ /-]{1,2}\d{2,}){1,6}(?!\w)"
    r"|(?P<bare>(?<![^\W_])(?<!\d\.))\d{9,15}(?![^\W_]|\.\d)",
)
_TIME: Final = re.compile(r"1\d{9}|1\d{12}")
"""Seconds and milliseconds since 1970; no plan has numbers of these lengths that begin with 1."""

_DATE: Final = re.compile(r"\d\d[-/ ]\d\d[-/ ](?:19|20)\d\d")
_INPUT: Final = re.compile(r"(?<=input_value=).{0,200}?(?=, input_type=)", re.DOTALL)
"""What pydantic quotes in its messages: the value that did not fit, shortened to some fifty characters."""


def is_personal(key: str) -> bool:
    """Tell whether a field of this name holds personal data: `pii_heard`, `lk.pii.arguments`."""
    return "pii" in re.split(r"[._-]", key.casefold())


def hide_numbers(text: str) -> str:
    """Return the text with its telephone numbers masked, and without the values that validation messages quote."""
    if "input_value=" in text:
        text = _INPUT.sub(MASK, text)
    return _NUMBER.sub(_hidden, text)


def without_personal(value: Any, key: str = "", *, show: bool = False, deepest: int = DEEPEST) -> Any:
    """Return the value for a log: personal fields masked at any depth, in lists and dictionaries of plain values.

    Args:
        key: name of its field.
        show: mask nothing.
        deepest: levels that are looked into; cycles end there, too.
    """
    if is_personal(key) and not show:
        return MASK
    if isinstance(value, dict | list | tuple | set | frozenset):
        if not deepest:
            return "…"
        further = partial(without_personal, show=show, deepest=deepest - 1)
        if isinstance(value, dict):
            return {text_of(name): further(inner, text_of(name)) for name, inner in islice(value.items(), MOST_ENTRIES)}
        return [further(inner) for inner in islice(value, MOST_ENTRIES)]
    return value if value is None or type(value) in (bool, int, float) else text_of(value)


def _hidden(found: "re.Match[str]") -> str:
    text, kind = found[0], found.lastgroup
    digits = "".join(c for c in text if c.isdecimal())
    match kind:
        case "kept":
            return text
        case "plus":
            digits = digits[1:] if text.startswith("%") else digits
            return f"{found['plus']}{_country_code(digits)}{MASK}{digits[-2:]}"
        case "bare" if _TIME.fullmatch(digits):
            return text
        case "national" if len(digits) < LEAST_DIGITS or _DATE.match(text):
            return text
        case "mark":
            return found["mark"] + _end(digits)
    return _end(digits)


def _end(digits: str) -> str:
    return MASK + (digits[-2:] if len(digits) >= 6 else "")


def _country_code(digits: str) -> str:
    # A process that logs no number need not load the plans.
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    codes = (digits[:length] for length in (1, 2, 3))
    return next((code for code in codes if int(code) in COUNTRY_CODE_TO_REGION_CODE), "")

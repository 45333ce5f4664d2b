"""Whom to dial, and the keys to press once they have answered: `+12025550123,,7#`, `+12025550123;ext=7`."""

import re
from dataclasses import dataclass
from typing import Literal

NumberKind = Literal[
    "fixed-line",
    "mobile",
    "fixed-line-or-mobile",
    "toll-free",
    "premium-rate",
    "shared-cost",
    "voip",
    "personal",
    "pager",
    "company",
    "voicemail",
    "unknown",
    "international-premium",
    "satellite",
    "international-network",
    "emergency",
    "short",
]
"""What a telephone number is for, and so what it costs to call it."""


ANSWER_PAUSE = "wwww"
"""Two seconds between the answer and the first key of an extension: LiveKit waits half a second for each `w`."""

LONGEST_KEYS = 60
"""Keys and pauses that are taken at most."""

_EXTENSION = re.compile(r"\s*(?:;\s*ext=|[;,]?\s*(?:x|ext(?:ension|n)?\.?)\s*)([0-9]{1,20})", re.IGNORECASE)
_KEYS = re.compile(r"\s*(?:;postd=)?([,;pw][,;pw\s]*[0-9*#][0-9*#,;pw\s]*)", re.IGNORECASE)
_NUMBER = re.compile(r"(\+?[0-9](?:[-.]?[0-9])*)(.*)", re.DOTALL)
_PAUSES = {",": ANSWER_PAUSE, ";": ANSWER_PAUSE, "p": ANSWER_PAUSE, "w": "w"}
"""A comma is two seconds as in a telephone's address book, `p` and `;` too; `w` half a second as LiveKit has it."""


@dataclass(frozen=True)
class DialString:
    """A number or SIP address, and what comes after the answer.

    Args:
        to: what is dialled: a number without separators, or a `sip:` URI.
        keys: keys pressed after the answer, as LiveKit writes them (`w` waits half a second); empty: none.
        uri: the same as a URI for REFER; None where a REFER cannot say it.
    """

    to: str
    keys: str = ""
    uri: str | None = None


def read_dial_string(text: str) -> DialString:
    """Take apart what stands in a profile as the destination of a transfer. What follows in a `tel:` URI is kept."""
    scheme, colon, rest = text.partition(":")
    if colon and scheme.casefold() != "tel":
        return DialString(text, "", text)
    found = _NUMBER.fullmatch(rest if colon else text)
    if found is None:
        return DialString(rest if colon else text, "", f"tel:{rest}" if colon else None)
    number, tail = re.sub("[-.]", "", found[1]), found[2]
    if extension := _EXTENSION.fullmatch(tail):
        return DialString(number, ANSWER_PAUSE + extension[1], text if colon else f"tel:{number};ext={extension[1]}")
    if keys := _KEYS.fullmatch(tail):
        pressed = "".join(_PAUSES.get(c, c) for c in "".join(keys[1].split()).casefold())
        return DialString(number, pressed, text if colon else None)
    return DialString(number, "", text if colon else f"tel:{number}")


def has_keys(tail: str) -> bool:
    """Tell whether it is what may follow a number: an extension, or pauses and keys."""
    return len(tail) <= LONGEST_KEYS and bool(_EXTENSION.fullmatch(tail) or _KEYS.fullmatch(tail))

"""How sure it is that a caller's number is the caller's: what the trunk says about it, where it says anything.

A caller-ID is what the caller's side has written into the call. Carriers that check signatures (STIR/SHAKEN) tell the
result in a header, which the trunk has to keep (`keep_headers`). Such a header is believed as far as the trunk is.
"""

import re
from collections.abc import Mapping
from typing import get_args

from callagent.call_context import Attestation
from callagent.phone_numbers.number import sent_number

_ORDER: tuple[Attestation, ...] = get_args(Attestation)

RESULTS = ("verstat", "x-verstat", "p-verstat", "x-twilio-verstat")
"""Headers that are the result of the verification, by lower-case name."""

LEVELS = ("p-attestation-indicator", "attestation-info", "x-attestation", "x-attestation-level")
"""Headers that are the level of a verified signature (ATIS-1000082; 3GPP TS 24.229, 7.2.18)."""

ADDRESSES = ("p-asserted-identity", "from")
"""Headers with an address that may carry the result as its parameter `verstat` (3GPP TS 24.229, 7.2A.20)."""

_RESULT = re.compile(r"\b(no-tn-validation|tn-validation-(?:passed|failed))(?:-([abc]))?(?![\w-])", re.IGNORECASE)
_LEVEL = re.compile(r"[abc]", re.IGNORECASE)
_USER = re.compile(r"(?:sips?|tel):([^@;>,\s]{1,64})", re.IGNORECASE)


def attestation(headers: Mapping[str, str], number: str, home: str | None = None) -> Attestation:
    """Return what the headers say about the number; the least sure of what they say, where they do not agree.

    Args:
        headers: SIP headers by lower-case name, as in `CallContext`.
        number: the caller's number as it was read.
        home: country in whose form the trunk sends numbers (ISO 3166).
    """
    if not number.startswith("+"):
        return "unverified"
    level = next((text.upper() for name in LEVELS if _LEVEL.fullmatch(text := headers.get(name, "").strip())), "")
    found = [_result(*match, level) for name in (*RESULTS, *ADDRESSES) for match in _results(headers.get(name, ""))]
    if found:
        return max(found, key=_ORDER.index)
    if level:
        return _result("passed", level, "")
    asserted = [sent_number(user, home) for user in _USER.findall(headers.get("p-asserted-identity", ""))]
    return "asserted" if number in [one.e164 for one in asserted if one] else "unverified"


def _results(text: str) -> list[tuple[str, str]]:
    return [(match[1].lower(), (match[2] or "").upper()) for match in _RESULT.finditer(text)]


def _result(result: str, level: str, otherwise: str) -> Attestation:
    if result == "no-tn-validation":
        return "unverified"
    if result.endswith("failed"):
        return "failed"
    match level or otherwise:
        case "A":
            return "attested A"
        case "B":
            return "attested B"
        case "C":
            return "attested C"
        case _:
            return "attested"

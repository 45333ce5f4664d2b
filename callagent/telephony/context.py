"""From what the network and the dispatch say about a call to its context, cut to size and cleaned."""

import json
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from callagent.call_context import CallContext
from callagent.phone_numbers.call_parties import ANONYMOUS, as_shown, called_number, calling_number, is_withheld
from callagent.phone_numbers.number import country_code, sent_number
from callagent.sanitise import blanked
from callagent.telephony.attestation import attestation

LONGEST_METADATA = 65_536
"""Characters of dispatch metadata that are looked at; livekit-server itself stops at 64 KiB per participant."""

LONGEST_VALUE = 512
"""Characters kept of one attribute or header."""

LONGEST_NAME = 100
"""Characters of a name above which an attribute or header is left out."""

MOST_ENTRIES = 64
"""Attributes, and headers, that are kept."""

HOME_ATTRIBUTE = "callagent.home"
"""Participant attribute that names the country in which a trunk's numbers are dialled, set by a SIP dispatch rule."""

HEADER_PREFIX = "sip.h."
_SIP_PREFIX = "sip."

RESERVED = (_SIP_PREFIX, "callagent.", "lk.")
"""Beginnings of the attributes that LiveKit and a dispatch rule set, and nothing that the other side sends may."""


def read_context(
    attributes: Mapping[str, str],
    metadata: str = "",
    *,
    identity: str = "",
    own_numbers: Collection[str] = (),
    home: str | None = None,
    is_phone: bool = True,
) -> CallContext:
    """Return the context that a participant's attributes and the dispatch metadata make; never raises.

    Args:
        attributes: of the participant, `sip.*` and others.
        metadata: of the dispatch: JSON, whose `direction` may be `outbound`.
        identity: name of the participant.
        own_numbers: numbers that are ours, as far as they are known; carriers send them in the form of their country.
        home: that country, as its ISO 3166 code; None: those of `own_numbers`.
        is_phone: whether the participant is of the kind SIP. Of all others, who may set attributes of their own, none
            counts that LiveKit or a dispatch rule sets for a telephone.
    """
    problems: list[str] = []
    data = read_metadata(metadata, problems)
    clean = _cleaned((attributes if is_phone else without_reserved(attributes, problems)).items(), problems)
    dialled = clean.get("sip.trunkPhoneNumber", "")
    called, home = called_number(
        dialled,
        {*own_numbers, *profiles_by_number(data)},
        _country(clean.get(HOME_ATTRIBUTE, ""), problems) or home,
    )
    sent = clean.get("sip.phoneNumber", "")
    withheld = is_withheld(sent)
    number = None if withheld else calling_number(sent, home)
    headers = {
        name.removeprefix(HEADER_PREFIX).lower(): value
        for name, value in clean.items()
        if name.startswith(HEADER_PREFIX)
    }
    ours = sent_number(called, home)
    others = {name: value for name, value in clean.items() if not name.startswith(_SIP_PREFIX)}
    return CallContext(
        direction="outbound" if data.get("direction") == "outbound" else "inbound",
        identity=cleaned(identity),
        number=number.e164 if number else ANONYMOUS if withheld else as_shown(sent),
        withheld=withheld,
        attestation=attestation(headers, number.e164 if number else "", home),
        own_number=called,
        number_as_sent=sent,
        own_number_as_sent=dialled,
        own_time_zones=ours.time_zones if ours else (),
        country=number.region if number else "",
        time_zones=number.time_zones if number else (),
        trunk=clean.get("sip.trunkID", ""),
        rule=clean.get("sip.ruleID", ""),
        call_id=clean.get("sip.callID", ""),
        sip_call_id=clean.get("sip.callIDFull", ""),
        headers=MappingProxyType(headers),
        attributes=MappingProxyType(others),
        metadata=MappingProxyType(dict(data)),
        problems=tuple(problems),
    )


def without_reserved(attributes: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """Return the attributes that anybody may set; that there were others is added to the problems."""
    own = {name: value for name, value in attributes.items() if not name.startswith(RESERVED)}
    if len(own) < len(attributes):
        problems.append(f"{len(attributes) - len(own)} attributes that only a telephone has ignored")
    return own


def read_metadata(metadata: str, problems: list[str]) -> Mapping[str, Any]:
    """Return the JSON object in a dispatch's metadata; where there is none, that is added to the problems."""
    if not metadata.strip():
        return {}
    if len(metadata) > LONGEST_METADATA:
        problems.append(f"dispatch metadata of {len(metadata)} characters ignored")
        return {}
    try:
        data = json.loads(metadata)
    except (ValueError, RecursionError):
        problems.append("dispatch metadata is not JSON")
        return {}
    if not isinstance(data, Mapping):
        problems.append("dispatch metadata is not a JSON object")
        return {}
    return data


def profiles_by_number(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the profiles that dispatch metadata names for our numbers, as a SIP
    dispatch rule's `profiles` put them there.
    """
    profiles = metadata.get("profiles")
    return {str(number): name for number, name in profiles.items()} if isinstance(profiles, Mapping) else {}


def cleaned(value: str) -> str:
    """Return the value on one line, without control and format characters, cut to `LONGEST_VALUE`."""
    cut = value[: LONGEST_VALUE + 1]
    text = " ".join(blanked(cut).split())
    return text if len(value) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _cleaned(items: Iterable[tuple[str, str]], problems: list[str]) -> dict[str, str]:
    clean: dict[str, str] = {}
    left_out = 0
    ours, others = _sorted_out(items)
    for name, value in [*ours, *others]:
        if len(name) > LONGEST_NAME or not name.isprintable() or len(clean) >= len(ours) + MOST_ENTRIES:
            left_out += 1
            continue
        clean[name] = cleaned(value)
        if len(value) > LONGEST_VALUE:
            problems.append(f"attribute {name} of {len(value)} characters cut")
        elif not value.isprintable():
            problems.append(f"attribute {name} had control characters")
    if left_out:
        problems.append(f"{left_out} attributes left out")
    return clean


def _sorted_out(items: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """LiveKit's own attributes, which are few, and what others can add to as they like."""
    ours: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for name, value in items:
        own = name.startswith(_SIP_PREFIX) and not name.startswith(HEADER_PREFIX) and len(ours) < MOST_ENTRIES
        (ours if own else others).append((name, value))
    return ours, others


def _country(code: str, problems: list[str]) -> str | None:
    if not code:
        return None
    try:
        return country_code(code.upper())
    except ValueError as error:
        problems.append(f"attribute {HOME_ATTRIBUTE} {error}")
        return None

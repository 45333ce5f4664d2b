"""The facts of one call as one object: who calls whom, over what, and what the network and the dispatch said."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from callagent.phone_numbers.call_parties import ANONYMOUS, as_shown, called_number, calling_number, is_withheld
from callagent.phone_numbers.number import country_code
from callagent.sanitise import blanked
from callagent.telephony.attestation import Attestation, attestation

Direction = Literal["inbound", "outbound"]

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

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class CallContext:
    """Where a call comes from and goes to. Everything is as the outside said it, cut to size and cleaned.

    Args:
        direction: `outbound` for a call that we placed.
        identity: name of the other party in the room.
        number: the other party's number in E.164, or what the network gave where that is no number; `anonymous` where
            it is withheld.
        withheld: whether the other party does not show its number.
        own_number: our number of the call, dialled by a caller, shown to a callee.
        country: of `number`, ISO 3166 code; empty when unknown.
        time_zones: every zone that the other party may be in (IANA names).
        trunk, rule: ids of the SIP trunk and the dispatch rule.
        call_id, sip_call_id: LiveKit's id of the call, and the Call-ID header.
        headers: SIP headers that the trunk passes on, by lower-case name without prefix.
        attributes: the participant's other attributes, such as those of the dispatch rule.
        metadata: the dispatch metadata, a JSON object.
        problems: what could not be used, one line each.
        attestation: how sure it is that a caller's number is theirs.
    """

    direction: Direction = "inbound"
    identity: str = ""
    number: str = ""
    own_number: str = ""
    country: str = ""
    time_zones: tuple[str, ...] = ()
    trunk: str = ""
    rule: str = ""
    call_id: str = ""
    sip_call_id: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    metadata: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    problems: tuple[str, ...] = ()
    withheld: bool = False
    attestation: Attestation = "unverified"

    def as_dict(self) -> dict[str, Any]:
        """As JSON types, without the metadata and the problems."""
        return {
            "direction": self.direction,
            "identity": self.identity,
            "number": self.number,
            "withheld": self.withheld,
            "attestation": self.attestation,
            "own_number": self.own_number,
            "country": self.country,
            "time_zones": list(self.time_zones),
            "trunk": self.trunk,
            "rule": self.rule,
            "call_id": self.call_id,
            "sip_call_id": self.sip_call_id,
            "headers": dict(self.headers),
            "attributes": dict(self.attributes),
        }


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
    called, home = called_number(
        clean.get("sip.trunkPhoneNumber", ""),
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
    others = {name: value for name, value in clean.items() if not name.startswith(_SIP_PREFIX)}
    return CallContext(
        direction="outbound" if data.get("direction") == "outbound" else "inbound",
        identity=cleaned(identity),
        number=number.e164 if number else ANONYMOUS if withheld else as_shown(sent),
        withheld=withheld,
        attestation=attestation(headers, number.e164 if number else "", home),
        own_number=called,
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

"""Who calls whom, over what, and what the network and the dispatch said: the facts of one call as one object."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Direction = Literal["inbound", "outbound"]

Attestation = Literal["attested A", "attested B", "attested C", "attested", "asserted", "unverified", "failed"]
"""From sure to not: the signature of the number was verified, with the level that its signer gave (A: the caller may
use the number; B: the caller is known, but not the number; C: it came through a gateway) or with none; the carrier
asserts the number; nobody says anything; the verification has failed."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class CallContext:
    """Where a call comes from and goes to. Everything is as the outside said it, cut to size and cleaned.

    Its repr has nothing that tells who somebody is: a number, a header or the metadata gets into no log by accident.

    Args:
        direction: `outbound` for a call that we placed.
        identity: name of the other party in the room.
        number: the other party's number in E.164, or what the network gave where that is no number; `anonymous` where
            it is withheld.
        number_as_sent: the same as the network gave it.
        withheld: whether the other party does not show its number.
        own_number: our number of the call, dialled by a caller, shown to a callee.
        own_number_as_sent: the same as the network gave it.
        country: of `number`, ISO 3166 code; empty when unknown.
        time_zones: every zone that the other party may be in (IANA names).
        own_time_zones: every zone that our number may be in.
        trunk, rule: ids of the SIP trunk and the dispatch rule.
        call_id, sip_call_id: LiveKit's id of the call, and the Call-ID header.
        headers: SIP headers that the trunk passes on, by lower-case name without prefix.
        attributes: the participant's other attributes, such as those of the dispatch rule.
        metadata: the dispatch metadata, a JSON object; of an outbound call what `--meta` and the columns of a list said
            as well.
        problems: what could not be used, one line each.
        attestation: how sure it is that a caller's number is theirs.
    """

    direction: Direction = "inbound"
    identity: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    own_number: str = field(default="", repr=False)
    country: str = ""
    time_zones: tuple[str, ...] = ()
    trunk: str = ""
    rule: str = ""
    call_id: str = ""
    sip_call_id: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, repr=False)
    problems: tuple[str, ...] = field(default=(), repr=False)
    withheld: bool = False
    attestation: Attestation = "unverified"
    number_as_sent: str = field(default="", repr=False)
    own_number_as_sent: str = field(default="", repr=False)
    own_time_zones: tuple[str, ...] = ()

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


@lru_cache(maxsize=600)
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name; reads its file the first time.

    Raises:
        ZoneInfoNotFoundError: this machine has none of that name.
    """
    return ZoneInfo(name)


def load_zones(context: CallContext, *more: str | None) -> None:
    """Read the time zones of both numbers, and others, so that `zone_of` needs no file in the call. Blocks."""
    for name in (*context.time_zones, *context.own_time_zones, *filter(None, more)):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):  # whoever asks for it is told
            zone_of(name)

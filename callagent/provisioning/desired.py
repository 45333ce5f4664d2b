"""The objects that a file asks for."""

from collections.abc import Callable

from callagent.provisioning.resources import BLANK, Item, Kind, Value
from callagent.provisioning.secret import NO_SECRET, Secret
from callagent.provisioning.sip_file_model import Auth, DispatchRule, InboundTrunk, OutboundTrunk, SipConfig, Trunk

Resolve = Callable[[Kind, str, str, str], Secret]
"""Kind, name and field of an object, and the text with references; gives what is meant."""


def desired_items(config: SipConfig, resolve: Resolve) -> tuple[Item, ...]:
    """Return all objects of a file, in its order, every field filled in."""
    return (
        *(_inbound(name, trunk, resolve) for name, trunk in config.inbound_trunks.items()),
        *(_outbound(name, trunk, resolve) for name, trunk in config.outbound_trunks.items()),
        *(_rule(name, rule, resolve) for name, rule in config.dispatch_rules.items()),
    )


def _inbound(name: str, trunk: InboundTrunk, resolve: Resolve) -> Item:
    fields: dict[str, Value] = {
        "numbers": trunk.numbers,
        "allowed_addresses": trunk.allowed_addresses,
        "allowed_numbers": trunk.allowed_numbers,
        "auth.realm": trunk.auth.realm if trunk.auth else "",
        "ringing_timeout": round(trunk.ringing_timeout, 3),
        "max_call_duration": round(trunk.max_call_duration, 3),
        "krisp": trunk.krisp,
    }
    return _item(Kind.INBOUND, name, fields | _trunk(Kind.INBOUND, name, trunk, trunk.auth, resolve))


def _outbound(name: str, trunk: OutboundTrunk, resolve: Resolve) -> Item:
    fields: dict[str, Value] = {
        "address": trunk.address,
        "transport": trunk.transport,
        "numbers": trunk.numbers,
        "destination_country": trunk.destination_country or "",
        "from_host": trunk.from_host or "",
    }
    return _item(Kind.OUTBOUND, name, fields | _trunk(Kind.OUTBOUND, name, trunk, trunk.auth, resolve))


def _trunk(kind: Kind, name: str, trunk: Trunk, auth: Auth | None, resolve: Resolve) -> dict[str, Value]:
    return {
        "auth.username": resolve(kind, name, "auth.username", auth.username) if auth else NO_SECRET,
        "auth.password": resolve(kind, name, "auth.password", auth.password) if auth else NO_SECRET,
        "headers": {key: resolve(kind, name, f"headers.{key}", value) for key, value in trunk.headers.items()},
        "headers_to_attributes": dict(trunk.headers_to_attributes),
        "attributes_to_headers": dict(trunk.attributes_to_headers),
        "keep_headers": trunk.keep_headers,
        "media_encryption": trunk.media_encryption,
    }


def _rule(name: str, rule: DispatchRule, resolve: Resolve) -> Item:
    fields: dict[str, Value] = {
        "trunks": rule.trunks,
        "numbers": rule.numbers,
        "calling_numbers": rule.calling_numbers,
        "type": rule.type,
        "room": rule.room,
        "unique_rooms": rule.type != "direct" and rule.unique_rooms,
        "pin": resolve(Kind.RULE, name, "pin", rule.pin) if rule.pin else NO_SECRET,
        "hide_number": rule.hide_number,
        "agent": rule.agent or "",
        "profile": rule.profile or "",
        "profiles": dict(rule.profiles),
        "attributes": dict(rule.attributes),
        "krisp": rule.krisp,
        "media_encryption": rule.media_encryption,
    }
    return _item(Kind.RULE, name, fields)


def _item(kind: Kind, name: str, fields: dict[str, Value]) -> Item:
    assert fields.keys() <= BLANK[kind].keys()
    return Item(kind, name, {**BLANK[kind], **fields})

"""Fields to and from LiveKit's messages."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from google.protobuf.duration_pb2 import Duration
from livekit import api
from livekit.protocol import sip

from callagent.provisioning.ownership import Mark, read_mark, write_mark
from callagent.provisioning.resources import BLANK, Existing, Fields, Item, Kind, Value
from callagent.provisioning.secret import Fingerprints, Secret, is_masked
from callagent.telephony.routing import PROFILE_ATTRIBUTE

TrunkInfo = api.SIPInboundTrunkInfo | api.SIPOutboundTrunkInfo
Message = TrunkInfo | api.SIPDispatchRuleInfo

_HEADERS = {"none": sip.SIP_NO_HEADERS, "x": sip.SIP_X_HEADERS, "all": sip.SIP_ALL_HEADERS}
_ENCRYPTION = {
    "disable": sip.SIP_MEDIA_ENCRYPT_DISABLE,
    "allow": sip.SIP_MEDIA_ENCRYPT_ALLOW,
    "require": sip.SIP_MEDIA_ENCRYPT_REQUIRE,
}
_TRANSPORT = {
    "auto": sip.SIP_TRANSPORT_AUTO,
    "udp": sip.SIP_TRANSPORT_UDP,
    "tcp": sip.SIP_TRANSPORT_TCP,
    "tls": sip.SIP_TRANSPORT_TLS,
}
_SAME = {
    "numbers": "numbers",
    "allowed_addresses": "allowed_addresses",
    "allowed_numbers": "allowed_numbers",
    "headers_to_attributes": "headers_to_attributes",
    "attributes_to_headers": "attributes_to_headers",
    "auth.realm": "auth_realm",
    "krisp": "krisp_enabled",
    "address": "address",
    "destination_country": "destination_country",
    "from_host": "from_host",
    "calling_numbers": "inbound_numbers",
    "hide_number": "hide_phone_number",
}
"""Fields that LiveKit has as they are, and what it calls them."""

MESSAGES: Mapping[Kind, Callable[[], Message]] = {
    Kind.INBOUND: api.SIPInboundTrunkInfo,
    Kind.OUTBOUND: api.SIPOutboundTrunkInfo,
    Kind.RULE: api.SIPDispatchRuleInfo,
}


def read_existing(kind: Kind, message: Message, trunk_names: Mapping[str, str]) -> Existing:
    """Return an object of a server; `trunk_names` are the names by id that trunks in rules are given."""
    mark = read_mark(message.metadata)
    fields = _read(kind, message, trunk_names)
    password = fields.get("auth.password")
    sealed = ""
    if mark and mark.password and isinstance(password, Secret):
        hidden = is_masked(password.value) or (not password and bool(fields["auth.username"]))
        sealed = mark.password if hidden else ""
    return Existing(Item(kind, message.name, fields), id_of(message), mark.stack if mark else None, sealed, message)


def id_of(message: Message) -> str:
    """Return LiveKit's id of an object; empty for one that it does not know yet."""
    rule = isinstance(message, api.SIPDispatchRuleInfo)
    return cast(str, getattr(message, "sip_dispatch_rule_id" if rule else "sip_trunk_id"))


def write(
    item: Item, stack: str, fingerprints: Fingerprints, trunk_ids: Mapping[str, str], base: Message | None = None
) -> Message:
    """Return the message that makes an object what the item says.

    Args:
        trunk_ids: ids by name, for the trunks in a rule; a name that is not there is taken for an id.
        base: the object as it is; what the fields do not speak of stays.
    """
    message = MESSAGES[item.kind]()
    if base is not None:
        cast(Any, message).CopyFrom(base)
    message.name = item.name
    password = item.fields.get("auth.password")
    digest = fingerprints.make(password) if isinstance(password, Secret) else ""
    message.metadata = write_mark(message.metadata, Mark(stack, digest))
    for field, value in item.fields.items():
        if field in _SAME:
            _put(message, _SAME[field], value)
    _write_media(message, str(item.fields["media_encryption"]))
    if isinstance(message, api.SIPDispatchRuleInfo):
        _write_rule(message, item.fields, trunk_ids)
    else:
        _write_trunk(message, item.fields)
    return message


def parked(kind: Kind, base: Message) -> Message:
    """Return an object as it is, except that it matches no call."""
    message = MESSAGES[kind]()
    cast(Any, message).CopyFrom(base)
    _put(message, "inbound_numbers" if kind is Kind.RULE else "allowed_numbers", (f"moving-{id_of(base)}",))
    return message


def _read(kind: Kind, message: Any, trunk_names: Mapping[str, str]) -> Fields:
    fields: dict[str, Value] = {
        ours: _plain(getattr(message, theirs)) for ours, theirs in _SAME.items() if ours in BLANK[kind]
    }
    fields["media_encryption"] = _name_of(_ENCRYPTION, _encryption(message))
    if kind is Kind.RULE:
        return {**BLANK[kind], **fields, **_read_rule(message, trunk_names)}
    fields |= {
        "auth.username": Secret(message.auth_username),
        "auth.password": Secret(message.auth_password),
        "headers": {name: Secret(value) for name, value in message.headers.items()},
        "keep_headers": _name_of(_HEADERS, message.include_headers),
    }
    if kind is Kind.OUTBOUND:
        fields["transport"] = _name_of(_TRANSPORT, message.transport)
    else:
        fields["ringing_timeout"] = message.ringing_timeout.ToMilliseconds() / 1000
        fields["max_call_duration"] = message.max_call_duration.ToMilliseconds() / 1000
    return {**BLANK[kind], **fields}


def _read_rule(message: api.SIPDispatchRuleInfo, trunk_names: Mapping[str, str]) -> dict[str, Value]:
    rule = message.rule
    which = rule.WhichOneof("rule") or "dispatch_rule_individual"
    chosen: Any = getattr(rule, which)
    agents = message.room_config.agents
    metadata = agents[0].metadata if agents else ""
    profile, profiles, rest = _read_dispatch(metadata)
    attributes = dict(message.attributes)
    if profile and attributes.get(PROFILE_ATTRIBUTE) == profile:
        del attributes[PROFILE_ATTRIBUTE]
    return {
        "trunks": tuple(trunk_names.get(trunk, trunk) for trunk in message.trunk_ids),
        "type": which.removeprefix("dispatch_rule_"),
        "room": chosen.room_name if which == "dispatch_rule_direct" else chosen.room_prefix,
        "unique_rooms": _is_unique(rule),
        "pin": Secret(chosen.pin),
        "agent": ", ".join(agent.agent_name for agent in agents),
        "profile": profile,
        "profiles": profiles,
        "dispatch_metadata": rest,
        "attributes": attributes,
    }


def _is_unique(rule: api.SIPDispatchRule) -> bool:
    if rule.HasField("dispatch_rule_callee"):
        return rule.dispatch_rule_callee.randomize
    return not rule.HasField("dispatch_rule_direct") and not rule.dispatch_rule_individual.no_randomness


def _read_dispatch(metadata: str) -> tuple[str, dict[str, str], str]:
    """Return profile, profiles by number, and the whole text where there is more in it than these."""
    try:
        data = json.loads(metadata) if metadata else {}
    except (ValueError, RecursionError):
        return "", {}, metadata
    if not isinstance(data, dict):
        return "", {}, metadata
    profile, profiles = data.pop("profile", ""), data.pop("profiles", {})
    if data or not isinstance(profile, str) or not isinstance(profiles, dict):
        return "", {}, metadata
    return profile, {str(number): str(name) for number, name in profiles.items()}, ""


def _write_rule(message: api.SIPDispatchRuleInfo, fields: Fields, trunk_ids: Mapping[str, str]) -> None:
    f: Mapping[str, Any] = fields
    _put(message, "trunk_ids", tuple(trunk_ids.get(trunk, trunk) for trunk in f["trunks"]))
    pin, room, unique = f["pin"].value, f["room"], f["unique_rooms"]
    match f["type"]:
        case "direct":
            direct = api.SIPDispatchRuleDirect(room_name=room, pin=pin)
            rule = api.SIPDispatchRule(dispatch_rule_direct=direct)
        case "callee":
            callee = sip.SIPDispatchRuleCallee(room_prefix=room, pin=pin, randomize=unique)
            rule = api.SIPDispatchRule(dispatch_rule_callee=callee)
        case _:
            individual = api.SIPDispatchRuleIndividual(room_prefix=room, pin=pin, no_randomness=not unique)
            rule = api.SIPDispatchRule(dispatch_rule_individual=individual)
    message.rule.CopyFrom(rule)
    profile = {PROFILE_ATTRIBUTE: f["profile"]} if f["profile"] else {}
    _put(message, "attributes", {**f["attributes"], **profile})
    del message.room_config.agents[:]
    if f["agent"]:
        asked = {key: f[key] for key in ("profile", "profiles") if f[key]}
        metadata = json.dumps(asked, sort_keys=True, separators=(",", ":")) if asked else ""
        message.room_config.agents.append(api.RoomAgentDispatch(agent_name=f["agent"], metadata=metadata))


def _write_trunk(message: TrunkInfo, fields: Fields) -> None:
    f: Mapping[str, Any] = fields
    message.auth_username = f["auth.username"].value
    message.auth_password = f["auth.password"].value
    message.include_headers = _HEADERS[f["keep_headers"]]
    _put(message, "headers", {name: secret.value for name, secret in f["headers"].items()})
    if isinstance(message, api.SIPOutboundTrunkInfo):
        message.transport = _TRANSPORT[f["transport"]]
        return
    for name in ("ringing_timeout", "max_call_duration"):
        duration = Duration()
        duration.FromMilliseconds(round(f[name] * 1000))
        getattr(message, name).CopyFrom(duration)


def _write_media(message: Message, encryption: str) -> None:
    message.media.encryption = _ENCRYPTION[encryption]
    # The older field counts where `media` has none.
    message.ClearField("media_encryption")


def _encryption(message: Message) -> int:
    return message.media.encryption if message.media.HasField("encryption") else message.media_encryption


def _put(message: Message, name: str, value: Any) -> None:
    """Replace a field of a message, a list or mapping as a whole."""
    if isinstance(value, tuple):
        message.ClearField(cast(Any, name))
        getattr(message, name).extend(value)
    elif isinstance(value, Mapping):
        message.ClearField(cast(Any, name))
        getattr(message, name).update(value)
    else:
        setattr(message, name, value)


def _plain(value: Any) -> Value:
    if isinstance(value, str | bool):
        return value
    return dict(value) if isinstance(value, Mapping) else tuple(value)


def _name_of(names: Mapping[str, int], number: int) -> str:
    return next((name for name, each in names.items() if each == number), str(number))

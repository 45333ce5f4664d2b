"""Placing the call: one request to LiveKit that ends when somebody answers, or when it is certain that nobody will."""

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.duration_pb2 import Duration
from livekit import api

from callagent.livekit_api import LiveKitClient, ServerError
from callagent.phone_numbers.dial_string import ANSWER_PAUSE
from callagent.telephony.outbound.call_request import DialOrder
from callagent.telephony.outbound.outcomes import CallFailed, failure_of
from callagent.yaml_config import nearest


@dataclass(frozen=True)
class Trunk:
    """An outbound trunk: its id, its name and the numbers that may be shown as caller-ID."""

    id: str
    name: str
    numbers: tuple[str, ...]


class UnknownTrunk(LookupError):
    """There is no such trunk, or more than one could be meant; one line."""


async def find_trunk(server: LiveKitClient, wanted: str | None) -> Trunk:
    """Return the trunk of that name or id; without one, the only trunk there is.

    Raises:
        UnknownTrunk: none, or not just one.
        ServerError: the server cannot be asked.
    """
    listed = await server.outbound_trunks()
    trunks = [Trunk(item.sip_trunk_id, item.name, tuple(item.numbers)) for item in listed]
    named = ", ".join(sorted(trunk.name or trunk.id for trunk in trunks)) or "none"
    found = [trunk for trunk in trunks if wanted is None or wanted in (trunk.id, trunk.name)]
    if len(found) == 1:
        return found[0]
    if wanted is None:
        remedy = "choose one with --trunk" if found else "create one with `callagent sip apply`"
        raise UnknownTrunk(f"there is not just one outbound trunk (found: {named}); {remedy}")
    if found:
        raise UnknownTrunk(f"{len(found)} outbound trunks are named {wanted!r}; give the id of one")
    hint = nearest(wanted, [trunk.name for trunk in trunks])
    raise UnknownTrunk(f"no outbound trunk {wanted!r} (found: {named})" + (f"; did you mean {hint!r}?" if hint else ""))


CALLEE = "callee"
"""Identity of the person called, in the room of the call."""

META_ATTRIBUTE = "callagent.meta."
"""Beginning of the participant attributes that carry the call's `meta`."""


async def place_call(server: LiveKitClient, order: DialOrder, room: str) -> str:
    """Call the number and wait until it is answered; give the SIP call id.

    Raises:
        CallFailed: nobody answered, for a reason that is told.
    """
    try:
        placed = await server.call(call_request(order, room))
    except ServerError as error:
        raise CallFailed(failure_of(error)) from error
    return placed.sip_call_id


def call_request(order: DialOrder, room: str) -> api.CreateSIPParticipantRequest:
    """Return the request for an order."""
    return api.CreateSIPParticipantRequest(
        sip_trunk_id=order.trunk,
        sip_call_to=order.to,
        sip_number=order.caller_id,
        room_name=room,
        participant_identity=CALLEE,
        participant_name=CALLEE,
        participant_attributes=_attributes(order.meta),
        dtmf=f"{ANSWER_PAUSE}{order.extension}" if order.extension else "",
        ringing_timeout=_duration(order.ringing_timeout),
        max_call_duration=_duration(order.max_call),
        wait_until_answered=True,
    )


def _attributes(meta: Mapping[str, str]) -> dict[str, str]:
    return {f"{META_ATTRIBUTE}{name}": value for name, value in meta.items()}


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration

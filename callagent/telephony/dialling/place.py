"""Placing the call: one request to LiveKit that ends when somebody answers, or when it is certain that nobody will."""

from collections.abc import Mapping

from google.protobuf.duration_pb2 import Duration
from livekit import api

from callagent.livekit_api import LiveKitClient, ServerError
from callagent.profile.dialstring import ANSWER_PAUSE
from callagent.telephony.dialling.order import DialOrder
from callagent.telephony.dialling.outcomes import CallFailed, failure_of

CALLEE = "callee"
"""Identity of the person called, in the room of the call."""

META_ATTRIBUTE = "callagent.meta."
"""Beginning of the participant attributes that carry the call's `meta`."""


async def place_call(server: LiveKitClient, order: DialOrder, room: str) -> str:
    """Calls the number and waits until it is answered; gives the SIP call id.

    Raises:
        CallFailed: nobody answered, for a reason that is told.
    """
    try:
        placed = await server.call(call_request(order, room))
    except ServerError as error:
        raise CallFailed(failure_of(error)) from error
    return placed.sip_call_id


def call_request(order: DialOrder, room: str) -> api.CreateSIPParticipantRequest:
    """The request for an order."""
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

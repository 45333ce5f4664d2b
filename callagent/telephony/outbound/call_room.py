"""The room of an outbound call, seen from outside: created, dispatched into, looked at, deleted."""

import asyncio
from dataclasses import dataclass

from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import LiveKitClient, NotFound, ServerError
from callagent.telephony.outbound.originate import CALLEE
from callagent.telephony.outbound.outcomes import ATTRIBUTE, Report, Stage, read_report

DEPARTURE_TIMEOUT_S = 20
"""How long the room outlives its last participant, in seconds."""

CLOSE_ATTEMPTS = 3

_STATUS = "sip.callStatus"
_STAGES: dict[str, Stage] = {"ringing": "ringing", "active": "answered", "automation": "answered"}
"""`sip.callStatus` -> stage; `automation` is LiveKit dialling the digits of an extension."""


@dataclass(frozen=True)
class View:
    """What is to be seen in the room.

    Args:
        agent: whether the agent is there.
        callee: whether the telephone is connected to the room, ringing or answered.
        stage: how far the telephone is, from its own attribute.
        report: what the agent has told last.
    """

    agent: bool
    callee: bool
    stage: Stage | None
    report: Report | None


async def open_room(server: LiveKitClient, room: str, *, agent: str, metadata: str, empty_timeout: float) -> None:
    """Create the room and have the agent dispatched into it."""
    await server.create_room(room, empty_timeout=empty_timeout, departure_timeout=DEPARTURE_TIMEOUT_S)
    await server.dispatch_agent(agent, room, metadata)


async def look(server: LiveKitClient, room: str) -> View:
    """Tell who is in the room, and what they tell. A room that is gone is an empty one."""
    try:
        participants = await server.participants(room)
    except NotFound:
        return View(False, False, None, None)
    agents = [one for one in participants if one.kind == ParticipantInfo.AGENT]
    callee = next((one for one in participants if one.identity == CALLEE and one.kind == ParticipantInfo.SIP), None)
    reports = [report for one in agents if (report := read_report(one.attributes.get(ATTRIBUTE, "")))]
    return View(
        agent=bool(agents),
        callee=callee is not None,
        stage=_STAGES.get(callee.attributes.get(_STATUS, "")) if callee is not None else None,
        report=reports[0] if reports else None,
    )


async def try_to_close(server: LiveKitClient, room: str, *, pause: float) -> None:
    """Delete the room, with another attempt or two after a pause in seconds. Never raises: nobody can do more."""
    for attempt in range(CLOSE_ATTEMPTS):
        if attempt:
            await asyncio.sleep(pause)
        try:
            await server.delete_room(room)
            return
        except ServerError:
            continue

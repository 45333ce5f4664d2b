"""The room of an outbound call, seen from outside: created, dispatched into, looked at, deleted."""

import asyncio
from dataclasses import dataclass

from livekit import api
from livekit.protocol.models import ParticipantInfo

from callagent.telephony.dialling.asking import REQUEST_ERRORS, in_time
from callagent.telephony.dialling.place import CALLEE
from callagent.telephony.dialling.report import ATTRIBUTE, Report, Stage, read_report

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


async def open_room(server: api.LiveKitAPI, room: str, *, agent: str, metadata: str, empty_timeout: float) -> None:
    """Creates the room and has the agent dispatched into it."""
    async with in_time():
        await server.room.create_room(
            api.CreateRoomRequest(name=room, empty_timeout=round(empty_timeout), departure_timeout=DEPARTURE_TIMEOUT_S)
        )
    async with in_time():
        await server.agent_dispatch.create_dispatch(
            api.CreateAgentDispatchRequest(agent_name=agent, room=room, metadata=metadata)
        )


async def look(server: api.LiveKitAPI, room: str) -> View:
    """Who is in the room, and what they tell. A room that is gone is an empty one."""
    try:
        async with in_time():
            listed = await server.room.list_participants(api.ListParticipantsRequest(room=room))
    except api.ServerError as error:
        if error.code != api.ServerErrorCode.NOT_FOUND:
            raise
        return View(False, False, None, None)
    agents = [one for one in listed.participants if one.kind == ParticipantInfo.AGENT]
    callee = next((one for one in listed.participants if one.identity == CALLEE), None)
    reports = [report for one in agents if (report := read_report(one.attributes.get(ATTRIBUTE, "")))]
    return View(
        agent=bool(agents),
        callee=callee is not None,
        stage=_STAGES.get(callee.attributes.get(_STATUS, "")) if callee is not None else None,
        report=reports[0] if reports else None,
    )


async def close_room(server: api.LiveKitAPI, room: str) -> None:
    """Deletes the room, which hangs up; a room that is gone is closed already."""
    try:
        async with in_time():
            await server.room.delete_room(api.DeleteRoomRequest(room=room))
    except api.ServerError as error:
        if error.code != api.ServerErrorCode.NOT_FOUND:
            raise


async def try_to_close(server: api.LiveKitAPI, room: str, *, pause: float) -> None:
    """Deletes the room, with another attempt or two after a pause in seconds. Never raises: nobody can do more."""
    for attempt in range(CLOSE_ATTEMPTS):
        if attempt:
            await asyncio.sleep(pause)
        try:
            await close_room(server, room)
            return
        except REQUEST_ERRORS:
            continue

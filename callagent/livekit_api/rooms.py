"""What is done with the room of a call from outside it: hanging up, and seeing who is there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence

from livekit import api
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api.client import LIMITS, Address, LiveKitClient, TimeLimits, open_client
from callagent.livekit_api.errors import NotFound, Refused, ServerError

ATTEMPTS = 3
RETRY_DELAY_S = 0.5

HANG_UP_S = ATTEMPTS * LIMITS.call + RETRY_DELAY_S * sum(range(ATTEMPTS))
"""The longest that hanging up takes, in seconds."""

CONSULTANT = "consultant"
"""Identity of our second participant in a room, who talks with somebody that may take the call."""

CONSULTED = "callagent.consulted"
"""Attribute of a participant who is asked whether they take the call, as long as they have not."""

LEFT = "callagent.left"
"""Attribute of a participant whom our agent has left alone because its author wanted so: nobody hangs up on them."""

Present = Callable[[Sequence[ParticipantInfo]], bool]
"""Whether those who are in a room are the ones that are looked for."""

_log = logging.getLogger("callagent.livekit_api")


def agent_identity(job: str) -> str:
    """Return the name under which the agent of a job joins its room."""
    return f"agent-{job}"


async def hang_up(server: Address, room: str, *, limits: TimeLimits | None = None, pause: float | None = None) -> bool:
    """Delete the room, which disconnects everybody in it and sends BYE to a phone. Raise nothing.

    A room that is gone already counts as deleted. Tries again a few times when the server does not answer.

    Args:
        pause: seconds before the second attempt, and twice that before the third; None: `RETRY_DELAY_S`.

    Returns:
        False when the room may still be there; that is logged.
    """
    failure = ""
    async with open_client(server, limits) as client:
        for attempt in range(ATTEMPTS):
            await asyncio.sleep((RETRY_DELAY_S if pause is None else pause) * attempt)
            try:
                await client.delete_room(room)
                return True
            except ServerError as error:
                failure = str(error)
    _log.error("could not hang up", extra={"room": room, "error": failure})
    return False


async def has_agent(server: Address, room: str) -> bool:
    """Tell whether an agent is in the room or on its way there; True too when the room is gone. Raise ServerError."""
    async with open_client(server) as client:
        try:
            participants = await client.participants(room)
            dispatches = await client.dispatches(room)
        except NotFound:
            return True
    agents = [one for one in participants if one.kind == ParticipantInfo.Kind.AGENT]
    return not participants or bool(agents) or any(one.state.jobs for one in dispatches)


async def count_parties(server: Address, room: str, identity: str) -> int:
    """Tell how many parties of the call besides `identity` are in the room; 0 when it is gone. Raise ServerError."""
    async with open_client(server) as client:
        try:
            participants = await client.participants(room)
        except NotFound:
            return 0
    return sum(is_party(participant) and participant.identity != identity for participant in participants)


async def find_dispatches(
    client: LiveKitClient, agent_name: str, room: str, present: Present
) -> Sequence[api.AgentDispatch] | None:
    """Return the dispatches of an agent's name into a room; None when others are in
    it, or it is gone. Raise ServerError.
    """
    try:
        if not present(await client.participants(room)):
            return None
        return [each for each in await client.dispatches(room) if each.agent_name == agent_name]
    except NotFound:
        return None


async def search_rooms(
    client: LiveKitClient, agent_name: str, *, candidate: Callable[[api.Room], bool], present: Present
) -> AsyncIterator[tuple[str, Sequence[api.AgentDispatch]]]:
    """Yield every room with those in it that are looked for, and the dispatches of an agent's name into it.

    A room that the server can tell nothing about, such as one of a node that is gone, keeps nobody from the next.

    Args:
        candidate: tells by what the list of all rooms says, which lags behind.

    Raises:
        ServerError: the server does not answer, or not this question.
    """
    for room in await client.rooms():
        if not candidate(room):
            continue
        try:
            dispatches = await find_dispatches(client, agent_name, room.name, present)
        except Refused as error:
            _log.warning("room not looked at", extra={"room": room.name, "error": str(error)})
            continue
        if dispatches is not None:
            yield room.name, dispatches


def is_party(participant: ParticipantInfo) -> bool:
    """Tell whether the call is theirs and ours: not so long as they are only asked about it, nor where they ask for us,
    nor once we have left it, nor of somebody who only listens.
    """
    if participant.permission.hidden:
        return False
    theirs = participant.identity != CONSULTANT and not participant.attributes.get(CONSULTED)
    return theirs and not participant.attributes.get(LEFT)


async def leave(server: Address, room: str, identity: str) -> bool:
    """Have a participant stay in the room when our agent is gone from it. Raise nothing.

    Returns:
        False when they may be hung up on; that is logged.
    """
    async with open_client(server) as client:
        try:
            await client.set_attributes(room, identity, {LEFT: "true"})
        except NotFound:
            return True
        except ServerError as error:
            _log.error("could not leave the caller in the room", extra={"room": room, "error": str(error)})
            return False
    return True

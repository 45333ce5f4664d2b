"""Hanging up: the one way in which every call ends, whatever ended it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from livekit import api
from livekit.protocol.models import ParticipantInfo

from callagent.worker.config import Connection, WorkerConfig

ATTEMPTS = 3
REQUEST_TIMEOUT_S = 3.0
RETRY_DELAY_S = 0.5

CONSULTANT = "consultant"
"""Identity of our second participant in a room, who talks with somebody that may take the call."""

CONSULTED = "callagent.consulted"
"""Attribute of a participant who is asked whether they take the call, as long as they have not."""

_log = logging.getLogger("callagent.worker")


def open_api(config: WorkerConfig | Connection) -> api.LiveKitAPI:
    """A client of the server's API with its own HTTP session, to be closed by whoever opened it.

    Its requests have no time limit of their own, whatever the session says, except those that dial: see `asking`.
    """
    return api.LiveKitAPI(config.url, config.api_key, config.api_secret, failover=False)


@asynccontextmanager
async def asking(config: WorkerConfig | Connection, limit: float | None = None) -> AsyncIterator[api.LiveKitAPI]:
    """A client for a question or two, which together take `limit` seconds at most, `REQUEST_TIMEOUT_S` without one.

    Raises:
        TimeoutError: there was no answer in time.
    """
    async with asyncio.timeout(REQUEST_TIMEOUT_S if limit is None else limit), open_api(config) as server:
        yield server


async def hang_up(config: WorkerConfig | Connection, room: str) -> bool:
    """Deletes the room, which disconnects everybody in it and sends BYE to a phone.

    A room that is gone already counts as deleted. Tries again a few times when the server does not answer.

    Returns:
        False when the room may still be there; that is logged.
    """
    failure = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(RETRY_DELAY_S * attempt)
        try:
            async with asking(config) as server:
                await server.room.delete_room(api.DeleteRoomRequest(room=room))
            return True
        except api.TwirpError as error:
            if error.code == api.TwirpErrorCode.NOT_FOUND:
                return True
            failure = str(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            failure = f"{type(error).__name__}: {error}"
    _log.error("could not hang up", extra={"room": room, "error": failure})
    return False


async def taken(config: WorkerConfig, room: str) -> bool:
    """Whether an agent is in the room or on its way there; True too when the room is gone.

    Of a dispatch that every worker has refused the server keeps no job.
    """
    try:
        async with asking(config) as server:
            listed = await server.room.list_participants(api.ListParticipantsRequest(room=room))
            dispatches = await server.agent_dispatch.list_dispatch(room)
    except api.ServerError as error:
        if error.code == api.ServerErrorCode.NOT_FOUND:
            return True
        raise
    agents = [one for one in listed.participants if one.kind == ParticipantInfo.Kind.AGENT]
    return not listed.participants or bool(agents) or any(one.state.jobs for one in dispatches)


async def others(config: WorkerConfig, room: str, identity: str) -> int:
    """How many parties of the call besides `identity` are in the room; 0 when the room is gone."""
    try:
        async with asking(config) as server:
            listed = await server.room.list_participants(api.ListParticipantsRequest(room=room))
    except api.TwirpError as error:
        if error.code == api.TwirpErrorCode.NOT_FOUND:
            return 0
        raise
    return sum(is_party(participant) and participant.identity != identity for participant in listed.participants)


def is_party(participant: ParticipantInfo) -> bool:
    """Whether the call is theirs: not so long as they are only asked about it, nor where they ask for us."""
    return participant.identity != CONSULTANT and not participant.attributes.get(CONSULTED)

"""Callers whom a worker left alone that died with all its processes: the next worker that starts hangs up on them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import aiohttp
from livekit import api
from livekit.protocol.models import ParticipantInfo

from callagent.worker.config import WorkerConfig
from callagent.worker.hangup import REQUEST_TIMEOUT_S, hang_up, is_party, open_api

LOOKS_S = (0.0, 8.0, 8.0, 8.0)
"""Seconds before each look around: the server keeps the shadow of a dead agent for up to half a minute."""

YOUNGEST_S = 10.0
"""Seconds that a caller must have been there: whoever came later may have an agent on its way."""

MOST = 4
"""Participants of a room with one caller: an agent of ours, and a second one who consults somebody."""

_log = logging.getLogger("callagent.worker")


async def look_after_orphans(config: WorkerConfig) -> None:
    """Looks for them a few times, and ends."""
    for pause in LOOKS_S:
        await asyncio.sleep(pause)
        try:
            async for room in orphans(config):
                _log.warning("a caller was left alone by a worker that died, hanging up", extra={"room": room})
                await hang_up(config, room)
        except (aiohttp.ClientError, api.ServerError, TimeoutError) as error:
            _log.warning("rooms not looked at", extra={"error": str(error)})


async def orphans(config: WorkerConfig) -> AsyncIterator[str]:
    """Rooms with one caller and nobody else, to which an agent of our name had been sent."""
    async with open_api(config) as server:
        rooms = await asyncio.wait_for(server.room.list_rooms(api.ListRoomsRequest()), REQUEST_TIMEOUT_S)
        for room in rooms.rooms:
            if room.num_participants > MOST:
                continue
            request = api.ListParticipantsRequest(room=room.name)
            listed = await asyncio.wait_for(server.room.list_participants(request), REQUEST_TIMEOUT_S)
            if not _alone([each for each in listed.participants if is_party(each)]):
                continue
            dispatches = await asyncio.wait_for(server.agent_dispatch.list_dispatch(room.name), REQUEST_TIMEOUT_S)
            if any(one.agent_name == config.agent_name and one.state.jobs for one in dispatches):
                yield room.name


def _alone(participants: list[ParticipantInfo]) -> bool:
    if len(participants) != 1 or participants[0].kind == ParticipantInfo.Kind.AGENT:
        return False
    return time.time() - participants[0].joined_at > YOUNGEST_S

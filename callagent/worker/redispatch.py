"""Callers whose dispatch came to nothing: livekit-server offers a call once, and forgets it when no worker took it.

A worker that was restarting, cut off or slow to say yes is enough for that. Every worker looks for such callers and
sends for an agent again; deleting the dispatch that came to nothing is what only one of several workers can do.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator

import aiohttp
from livekit import api
from livekit.protocol.agent_dispatch import AgentDispatch
from livekit.protocol.models import ParticipantInfo

from callagent.worker.config import WorkerConfig
from callagent.worker.hangup import asking

INTERVAL_S = (3.0, 5.0)
"""Seconds between two looks, from and to: workers that began together do not stay together."""

GIVEN_UP_S = 11.0
"""Age of a dispatch without a job at which nobody will take it any more, in seconds: livekit-server waits 10 s for a
worker's answer (1.13, `AssignJobTimeout`)."""

_log = logging.getLogger("callagent.worker")


async def redispatch_lost_calls(config: WorkerConfig) -> None:
    """Looks for them again and again, until it is cancelled."""
    while True:
        await asyncio.sleep(random.uniform(*INTERVAL_S))
        try:
            async for room, dispatch in lost_calls(config):
                await _send_again(config, room, dispatch)
        except (aiohttp.ClientError, api.ServerError, TimeoutError) as error:
            _log.warning("rooms not looked at", extra={"error": str(error)})


async def lost_calls(config: WorkerConfig) -> AsyncIterator[tuple[str, AgentDispatch]]:
    """Rooms with a phone and nobody else, each with the dispatch of our agent's name that has come to nothing."""
    async with asking(config) as server:
        rooms = await server.room.list_rooms(api.ListRoomsRequest())
    before = time.time() - GIVEN_UP_S
    for room in rooms.rooms:
        if room.num_participants != 1 or room.creation_time > before:
            continue
        async with asking(config) as server:
            listed = await server.room.list_participants(api.ListParticipantsRequest(room=room.name))
            dispatches = await server.agent_dispatch.list_dispatch(room.name)
        if [each.kind for each in listed.participants] != [ParticipantInfo.Kind.SIP]:
            continue
        ours = [each for each in dispatches if each.agent_name == config.agent_name]
        if len(ours) == 1 and not ours[0].state.jobs and ours[0].state.created_at / 1e9 < before:
            yield room.name, ours[0]


async def _send_again(config: WorkerConfig, room: str, dispatch: AgentDispatch) -> None:
    async with asking(config) as server:
        try:
            await server.agent_dispatch.delete_dispatch(dispatch.id, room)
        except api.ServerError as error:
            if error.code == api.ServerErrorCode.NOT_FOUND:
                return  # another worker was quicker, or the caller has hung up
            raise
        _log.warning("no worker had taken a call, sent for an agent again", extra={"room": room})
        request = api.CreateAgentDispatchRequest(
            agent_name=dispatch.agent_name,
            room=room,
            metadata=dispatch.metadata,
            restart_policy=dispatch.restart_policy,
            deployment=dispatch.deployment,
            attributes=dispatch.attributes,
        )
        await server.agent_dispatch.create_dispatch(request)

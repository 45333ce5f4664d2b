"""Callers whose dispatch came to nothing: livekit-server offers a call once, and forgets it when no worker took it.

A worker that was restarting, cut off or slow to say yes is enough for that. Every worker looks for such callers and
sends for an agent again; deleting the dispatch that came to nothing is what only one of several workers can do.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Sequence

from livekit import api
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import LiveKitClient, NotFound, ServerError, find_dispatches, open_client, search_rooms
from callagent.worker.config import WorkerConfig
from callagent.worker.watchdog.abandoned_rooms import PAUSES_S

INTERVAL_S = (3.0, 5.0)
"""Seconds between two looks, from and to: workers that began together do not stay together."""

GIVEN_UP_S = 11.0
"""Age of a dispatch without a job at which nobody will take it any more, in seconds: livekit-server waits 10 s for a
worker's answer (1.13, `AssignJobTimeout`)."""

_log = logging.getLogger("callagent.worker")


async def redispatch_lost_calls(config: WorkerConfig) -> None:
    """Look for them again and again, until it is cancelled."""
    async with asyncio.TaskGroup() as group:
        while True:
            await asyncio.sleep(random.uniform(*INTERVAL_S))
            try:
                async with open_client(config) as server:
                    async for dispatch in lost_calls(server, config.agent_name):
                        group.create_task(send_again(config, dispatch), name="callagent.worker.send-again")
            except ServerError as error:
                _log.warning("rooms not looked at", extra={"error": str(error)})


async def lost_calls(server: LiveKitClient, agent_name: str) -> AsyncIterator[api.AgentDispatch]:
    """Yield the dispatches of an agent's name that have come to nothing, into rooms with a phone and nobody else."""
    before = time.time() - GIVEN_UP_S
    async for _, ours in search_rooms(
        server,
        agent_name,
        candidate=lambda room: room.num_participants == 1 and room.creation_time <= before,
        present=_is_phone,
    ):
        if len(ours) == 1 and not ours[0].state.jobs and ours[0].state.created_at / 1e9 < before:
            yield ours[0]


async def send_again(config: WorkerConfig, dispatch: api.AgentDispatch) -> None:
    """Delete the dispatch and make it anew.

    When the server fails meanwhile the dispatch may be deleted, and no search finds its caller: it is tried again then.
    """
    async with open_client(config) as server:
        try:
            await server.delete_dispatch(dispatch)
            await server.dispatch_again(dispatch)
        except NotFound:
            return  # another worker was quicker, or the caller has hung up
        except ServerError as error:
            _log.warning("no answer whether an agent was sent for", extra={"room": dispatch.room, "error": str(error)})
            if not await _make_good(server, dispatch):
                return
    _log.warning("no worker had taken a call, sent for an agent again", extra={"room": dispatch.room})


async def _make_good(server: LiveKitClient, dispatch: api.AgentDispatch) -> bool:
    """Send for the agent if the caller still waits and nobody has; False when there was nothing to do, or no way."""
    for pause in PAUSES_S:
        await asyncio.sleep(pause)
        try:
            if await find_dispatches(server, dispatch.agent_name, dispatch.room, _is_phone) != []:
                return False
            await server.dispatch_again(dispatch)
            return True
        except NotFound:
            return False
        except ServerError as error:
            _log.warning("agent not sent for again", extra={"room": dispatch.room, "error": str(error)})
    return False


def _is_phone(participants: Sequence[ParticipantInfo]) -> bool:
    """Tell whether a phone is there and nobody else."""
    return [each.kind for each in participants] == [ParticipantInfo.Kind.SIP]

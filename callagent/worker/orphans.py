"""Callers whom a worker left alone that died with all its processes: the next worker that starts hangs up on them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable

from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import NotFound, ServerError, hang_up, is_party, open_client
from callagent.worker.config import WorkerConfig

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
        except ServerError as error:
            _log.warning("rooms not looked at", extra={"error": str(error)})


async def orphans(config: WorkerConfig) -> AsyncIterator[str]:
    """Rooms with one caller and nobody else, to which an agent of our name had been sent."""
    async with open_client(config) as server:
        for room in await server.rooms():
            if room.num_participants > MOST:
                continue
            try:
                listed = await server.participants(room.name)
                dispatches = await server.dispatches(room.name) if _alone(listed) else ()
            except NotFound:
                continue
            if any(one.agent_name == config.agent_name and one.state.jobs for one in dispatches):
                yield room.name


def _alone(participants: Iterable[ParticipantInfo]) -> bool:
    parties = [each for each in participants if is_party(each)]
    if len(parties) != 1 or parties[0].kind == ParticipantInfo.Kind.AGENT:
        return False
    return time.time() - parties[0].joined_at > YOUNGEST_S

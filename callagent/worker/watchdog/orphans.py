"""Callers whom a worker left alone that died with all its processes: the next worker that starts hangs up on them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence

from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import ServerError, hang_up, is_party, open_client, search_rooms
from callagent.worker.config import WorkerConfig

LOOKS_S = (0.0, 8.0, 8.0, 8.0)
"""Seconds before each look around: the server keeps the shadow of a dead agent for up to half a minute."""

YOUNGEST_S = 10.0
"""Seconds that a caller must have been there: whoever came later may have an agent on its way."""

MOST = 4
"""Participants of a room with one caller: an agent of ours, and a second one who consults somebody."""

_log = logging.getLogger("callagent.worker")


async def look_after_orphans(config: WorkerConfig) -> None:
    """Look for them a few times, and end."""
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
        async for room, dispatches in search_rooms(
            server, config.agent_name, candidate=lambda room: room.num_participants <= MOST, present=_alone
        ):
            if any(each.state.jobs for each in dispatches):
                yield room


def _alone(participants: Sequence[ParticipantInfo]) -> bool:
    parties = [each for each in participants if is_party(each)]
    if len(parties) != 1 or parties[0].kind == ParticipantInfo.Kind.AGENT:
        return False
    return time.time() - parties[0].joined_at > YOUNGEST_S

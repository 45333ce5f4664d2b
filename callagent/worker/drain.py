"""The worker has to stop and calls go on: their agents are told through the room to say a last sentence."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from livekit import rtc
from livekit.agents import AgentServer

from callagent.agent.call_limits import LAST_WORDS_S
from callagent.concurrency import all_of
from callagent.livekit_api import LiveKitClient, ServerError, open_client
from callagent.worker.config import WorkerConfig
from callagent.worker.watchdog.rooms import agent_identity

TOPIC = "callagent.farewell"

GRACE_S = LAST_WORDS_S + 3.0
"""How long the calls get for their last sentences, in seconds; then they are hung up on."""

POLL_S = 0.1

_log = logging.getLogger("callagent.worker")


async def bid_farewell(config: WorkerConfig, server: AgentServer) -> None:
    """Tell the agents of all calls in progress, and wait until the calls are over or the grace is."""
    calls = {running.job.id: running.job.room.name for running in server.active_jobs}
    _log.info("ending the calls in progress", extra={"calls": len(calls)})
    await _tell(config, calls)
    try:
        async with asyncio.timeout(GRACE_S):
            while server.active_jobs:  # noqa: ASYNC110 - livekit-agents has no event for it
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        _log.warning("calls did not end, hanging up", extra={"calls": len(server.active_jobs)})


def on_farewell(room: rtc.Room, callback: Callable[[], None]) -> None:
    """Call `callback` when the worker says farewell. Only the server's API can: a packet of a participant is none."""

    def received(packet: rtc.DataPacket) -> None:
        if packet.topic == TOPIC and packet.participant is None:
            callback()

    room.on("data_received", received)


async def _tell(config: WorkerConfig, calls: Mapping[str, str]) -> None:
    async with open_client(config) as server:
        await all_of(*(_tell_agent(server, job, room) for job, room in calls.items()))


async def _tell_agent(server: LiveKitClient, job: str, room: str) -> None:
    try:
        await server.send_data(room, agent_identity(job), TOPIC)
    except ServerError as error:
        _log.warning("agent not told", extra={"room": room, "error": str(error)})

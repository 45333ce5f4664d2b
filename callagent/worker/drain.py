"""The drain: no new calls, those in progress go on for a while, and then their agents say a last sentence.

The agents are told through their rooms (`on_farewell`).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from livekit import rtc
from livekit.agents import AgentServer

from callagent.agent.call_limits import LAST_WORDS_S
from callagent.concurrency import all_of, first_of
from callagent.livekit_api import LiveKitClient, ServerError, agent_identity, open_client
from callagent.worker.config import WorkerConfig
from callagent.worker.signals import Signals

TOPIC = "callagent.farewell"

GRACE_S = LAST_WORDS_S + 3.0
"""How long the calls get for their last sentences, in seconds; then they are hung up on."""

POLL_S = 0.1

_log = logging.getLogger("callagent.worker")


def drain_seconds(config: WorkerConfig) -> int:
    """Tell how long a drain waits, in whole seconds as livekit-agents takes them; its 0 would mean forever."""
    return max(1, round(config.drain))


async def drain(config: WorkerConfig, server: AgentServer, signals: Signals) -> None:
    """Wait until the calls in progress are over, for the time that the configuration gives; then bid farewell.

    A second signal ends the waiting.
    """
    _log.info("draining, a second signal hangs up", extra={"calls": len(server.active_jobs)})
    try:
        await first_of(server.drain(drain_seconds(config)), signals.stop.wait())
    except TimeoutError:
        _log.warning("drain timed out", extra={"calls": len(server.active_jobs)})
        await first_of(bid_farewell(config, server), signals.stop.wait())


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

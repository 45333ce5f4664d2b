"""Looks after the rooms of calls whose process is gone: a job that was killed can no longer hang up by itself."""

import asyncio
import logging
import time
from collections.abc import Mapping

from livekit.agents import AgentServer

from callagent.livekit_api import ServerError, count_parties, hang_up, has_agent
from callagent.worker.config import WorkerConfig

INTERVAL_S = 0.25
"""How often the jobs in progress are looked at, in seconds."""

START_S = 20.0
"""How long an accepted job may take until it is in progress, in seconds. One that has not been seen by then has ended
before anybody looked, however it did."""

BUSY_AFTER_S = 1.2
"""How long other workers have to join a call that this one has refused, in seconds: the server asks them at once, and
one with a process ready needs half a second. The caller has a busy within two seconds."""

_log = logging.getLogger("callagent.worker")


def agent_identity(job: str) -> str:
    """Name under which the agent of a job joins its room."""
    return f"agent-{job}"


class RoomGuard:
    """Remembers the room of every call in progress, and hangs up where a job left a caller alone.

    A caller alone in a room, or with the shadow of our agent that the server keeps for some seconds, is what is left of
    a call whose process was killed. Two other parties are a call that was handed over, and stay.
    """

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._rooms: dict[str, str] = {}
        self._starting: dict[str, tuple[str, float]] = {}
        self._turning_away: set[asyncio.Task[None]] = set()

    async def watch(self, server: AgentServer) -> None:
        """Runs until it is cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_S)
            running = {active.job.id: active.job.room.name for active in server.active_jobs}
            gone = {job: room for job, room in self._rooms.items() if job not in running}
            gone |= self._never_seen(running)
            self._rooms = running
            for job, room in gone.items():
                await self._release(job, room)

    async def aclose(self) -> None:
        """Looks at all the rooms once more, when no job is in progress any longer."""
        if self._turning_away:
            await asyncio.wait(self._turning_away)
        rooms = self._rooms | {job: room for job, (room, _) in self._starting.items()}
        self._rooms, self._starting = {}, {}
        for job, room in rooms.items():
            await self._release(job, room)

    def accepted(self, job: str, room: str) -> None:
        """A call was accepted: its job will be in progress soon."""
        self._starting[job] = (room, time.monotonic())

    async def abandon(self, job: str, room: str) -> None:
        """Hangs up on a call that was accepted and that no process took."""
        _log.error("no process for a call", extra={"room": room})
        await self._release(job, room)

    def refused(self, room: str) -> None:
        """A call was refused because this worker is full: it gets a busy, unless another worker takes it soon."""
        task = asyncio.create_task(self._turn_away(room), name="callagent.worker.busy")
        self._turning_away.add(task)
        task.add_done_callback(self._turning_away.discard)

    def _never_seen(self, running: Mapping[str, str]) -> dict[str, str]:
        """Accepted jobs whose time to be in progress is over."""
        now = time.monotonic()
        self._starting = {job: it for job, it in self._starting.items() if job not in running}
        late = {job: room for job, (room, since) in self._starting.items() if now - since > START_S}
        for job in late:
            del self._starting[job]
        return late

    async def _turn_away(self, room: str) -> None:
        await asyncio.sleep(BUSY_AFTER_S)
        try:
            if await has_agent(self._config, room):
                return
        except ServerError as error:
            _log.warning("room not looked at", extra={"room": room, "error": str(error)})
            return
        _log.warning("no worker has a place for the call: busy", extra={"room": room})
        await hang_up(self._config, room)

    async def _release(self, job: str, room: str) -> None:
        try:
            if await count_parties(self._config, room, agent_identity(job)) != 1:
                return
        except ServerError as error:
            _log.warning("room not looked at", extra={"room": room, "error": str(error)})
            return
        _log.warning("a caller was left alone, hanging up", extra={"room": room})
        await hang_up(self._config, room)

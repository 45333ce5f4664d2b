"""Looks after the rooms of calls whose process is gone: a job that was killed can no longer hang up by itself."""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from livekit.agents import AgentServer

from callagent.livekit_api import ServerError, agent_identity, count_parties, hang_up, has_agent
from callagent.worker.config import WorkerConfig

INTERVAL_S = 0.25
"""How often the jobs in progress are looked at, in seconds."""

START_S = 20.0
"""How long an accepted job may take until it is in progress, in seconds. One that has not been seen by then has ended
before anybody looked, however it did."""

BUSY_AFTER_S = 1.2
"""How long other workers have to join a call that this one has refused, in seconds: the server asks them at once, and
one with a process ready needs half a second. The caller has a busy within two seconds."""

UNASSIGNED_AFTER_S = 3.0
"""How long after a call that this worker accepted was not given to it another worker has to have it, in seconds:
livekit-agents has waited for 7.5 s by then, and the server asks the next worker after the first few of them."""

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Pauses between two attempts while livekit-server does not answer, in seconds: a restart, or a minute."""

_AT_ONCE = -math.inf
"""When to look where there is nothing to wait for. The monotonic clock may begin with the machine: 0 may be to come."""

_log = logging.getLogger("callagent.worker")


@dataclass(frozen=True)
class _Doubt:
    """A room in which somebody may be alone.

    Args:
        job: the job that is gone; empty for a call that is another worker's, or nobody's.
        due: when to look, on the monotonic clock.
    """

    room: str
    job: str
    due: float


class RoomGuard:
    """Remembers the room of every call in progress, and hangs up where a job left a caller alone.

    A caller alone in a room, or with the shadow of our agent that the server keeps for some seconds, is what is left of
    a call whose process was killed. Two other parties are a call that was handed over, and stay.
    """

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._rooms: dict[str, str] = {}
        self._starting: dict[str, tuple[str, float]] = {}
        self._doubts: set[_Doubt] = set()

    async def watch(self, server: AgentServer) -> None:
        """Run until it is cancelled. A server that does not answer keeps nobody else waiting."""
        under_way: set[_Doubt] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                await asyncio.sleep(INTERVAL_S)
                self._compare({active.job.id: active.job.room.name for active in server.active_jobs})
                under_way &= self._doubts
                for doubt in [one for one in self._doubts - under_way if one.due <= time.monotonic()]:
                    under_way.add(doubt)
                    group.create_task(self._settle(doubt, PAUSES_S), name="callagent.worker.doubt")

    async def aclose(self) -> None:
        """Look at all the rooms once more, when no job is in progress any longer."""
        self._starting = {job: (room, _AT_ONCE) for job, (room, _) in self._starting.items()}
        self._compare({})
        async with asyncio.TaskGroup() as group:
            for doubt in self._doubts:
                group.create_task(self._settle(doubt, ()), name="callagent.worker.doubt")

    def accepted(self, job: str, room: str) -> None:
        """Note that a call was accepted: its job will be in progress soon."""
        self._starting[job] = (room, time.monotonic())

    def unassigned(self, job: str, room: str) -> None:
        """Note that a call was accepted and the server has not given it to us: to
        another worker, to nobody, or too late.
        """
        self.accepted(job, room)
        self._doubts.add(_Doubt(room, "", time.monotonic() + UNASSIGNED_AFTER_S))

    def abandon(self, job: str, room: str) -> None:
        """Note that a call was accepted and no process has taken it: it is hung up on."""
        _log.error("no process for a call", extra={"room": room})
        self._doubts.add(_Doubt(room, job, _AT_ONCE))

    def refused(self, room: str) -> None:
        """Note that a call was refused because this worker is full: it gets a busy,
        unless another worker takes it soon.
        """
        self._doubts.add(_Doubt(room, "", time.monotonic() + BUSY_AFTER_S))

    def _compare(self, running: dict[str, str]) -> None:
        """Doubt the rooms of jobs that are gone, and of those that were accepted and not seen in time."""
        now = time.monotonic()
        self._starting = {job: it for job, it in self._starting.items() if job not in running}
        late = {job: room for job, (room, since) in self._starting.items() if now - since > START_S}
        self._starting = {job: it for job, it in self._starting.items() if job not in late}
        gone = {job: room for job, room in self._rooms.items() if job not in running}
        self._doubts |= {_Doubt(room, job, _AT_ONCE) for job, room in (gone | late).items()}
        self._rooms = running

    async def _settle(self, doubt: _Doubt, pauses: Sequence[float]) -> None:
        """Look into the room when it is due, again after each pause until the server has answered."""
        await asyncio.sleep(doubt.due - time.monotonic())
        for pause in (*pauses, 0.0):
            try:
                if await (self._release(doubt.job, doubt.room) if doubt.job else self._turn_away(doubt.room)):
                    break
            except ServerError as error:
                _log.warning("room not looked at", extra={"room": doubt.room, "error": str(error)})
            await asyncio.sleep(pause)
        self._doubts.discard(doubt)

    async def _turn_away(self, room: str) -> bool:
        """Tell whether the call is somebody's, or over."""
        if await has_agent(self._config, room):
            return True
        _log.warning("no worker has a place for the call: busy", extra={"room": room})
        return await hang_up(self._config, room)

    async def _release(self, job: str, room: str) -> bool:
        """Tell whether nobody is alone there."""
        if await count_parties(self._config, room, agent_identity(job)) != 1:
            return True
        _log.warning("a caller was left alone, hanging up", extra={"room": room})
        return await hang_up(self._config, room)

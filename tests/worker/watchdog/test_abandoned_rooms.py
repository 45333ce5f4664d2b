"""Who is hung up on when a job is gone, over a peer that answers as livekit-server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents import AgentServer, AssignmentTimeoutError
from livekit.protocol.agent import Job
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import agent_identity, leave, rooms
from callagent.worker import WorkerConfig
from callagent.worker.capacity import Capacity
from callagent.worker.server import build_server
from callagent.worker.watchdog import abandoned_rooms as guard
from callagent.worker.watchdog.abandoned_rooms import INTERVAL_S, PAUSES_S, RoomGuard
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError
from tests.support.virtual import Clock, noted_pauses

SIP, AGENT = ParticipantInfo.Kind.SIP, ParticipantInfo.Kind.AGENT
JOB, ROOM = "AJ_1", "call-1"


class Jobs:
    """Stands for the AgentServer: the jobs in progress, and how often they were looked at."""

    def __init__(self) -> None:
        self._jobs: list[Any] = []
        self._looks = 0
        self._looked = asyncio.Event()

    @property
    def active_jobs(self) -> list[Any]:
        self._looks += 1
        self._looked.set()
        return self._jobs

    def begin(self, job: str = JOB, room: str = ROOM) -> None:
        self._jobs.append(SimpleNamespace(job=SimpleNamespace(id=job, room=SimpleNamespace(name=room))))

    def end(self) -> None:
        self._jobs.clear()

    async def have_been_looked_at(self, times: int) -> None:
        until = self._looks + times
        while self._looks < until:
            self._looked.clear()
            await self._looked.wait()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "INTERVAL_S", 0.005)
    monkeypatch.setattr(guard, "PAUSES_S", (0.01,) * 500)


@pytest.fixture(autouse=True)
def caller(peer: LiveKitPeer) -> None:
    """A caller is in the room."""
    peer.open(ROOM)
    peer.join(ROOM, "caller", SIP)


@asynccontextmanager
async def watching(peer: LiveKitPeer, jobs: Jobs) -> AsyncIterator[RoomGuard]:
    watched = RoomGuard(WorkerConfig(peer.url, KEY, SECRET, max_calls=1))
    task = asyncio.create_task(watched.watch(jobs))  # type: ignore[arg-type]  # all that it looks at
    try:
        async with asyncio.timeout(20):
            yield watched
    finally:
        task.cancel()
        await asyncio.wait([task])


async def begun(watched: RoomGuard, jobs: Jobs) -> None:
    """The job has been accepted, and is seen."""
    watched.accepted(JOB, ROOM)
    jobs.begin()
    await jobs.have_been_looked_at(2)


async def test_a_job_that_is_gone_leaves_nobody_alone(peer: LiveKitPeer) -> None:
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        assert peer.requests == [], "nobody asks for a call in progress"
        jobs.end()
        await peer.gone(ROOM)


async def test_the_shadow_of_the_agent_that_the_server_keeps_is_no_company(peer: LiveKitPeer) -> None:
    peer.join(ROOM, agent_identity(JOB), AGENT)
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        jobs.end()
        await peer.gone(ROOM)


async def test_a_call_that_was_handed_over_goes_on(peer: LiveKitPeer) -> None:
    peer.join(ROOM, "human", SIP)
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        jobs.end()
        await peer.has_been_asked("ListParticipants", 1)
        await jobs.have_been_looked_at(3)
    assert ROOM in peer.rooms and len(peer.asked("ListParticipants")) == 1


async def test_a_caller_whom_our_agent_has_left_on_purpose_stays(peer: LiveKitPeer) -> None:
    assert await leave(WorkerConfig(peer.url, KEY, SECRET, max_calls=1), ROOM, "caller")
    peer.requests.clear()
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        jobs.end()
        await peer.has_been_asked("ListParticipants", 1)
        await jobs.have_been_looked_at(3)
    assert ROOM in peer.rooms


async def test_a_caller_is_hung_up_on_when_the_server_is_back(peer: LiveKitPeer) -> None:
    peer.failing["DeleteRoom"] = TwirpError(503, "unavailable", "restarting")
    peer.failing["ListParticipants"] = TwirpError(503, "unavailable", "restarting")
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        jobs.end()
        await jobs.have_been_looked_at(20)
        peer.failing.clear()
        await peer.gone(ROOM)


async def test_a_room_that_takes_long_keeps_no_other_waiting(peer: LiveKitPeer) -> None:
    peer.stuck.add("slow")
    async with watching(peer, Jobs()) as watched:
        watched.abandon("AJ_0", "slow")
        await peer.has_been_asked("ListParticipants", 1)
        watched.abandon(JOB, ROOM)
        await peer.gone(ROOM)
        assert [asked.room for asked in peer.asked("ListParticipants")] == ["slow", ROOM]


async def test_a_job_that_died_before_anybody_looked_leaves_nobody_alone(
    peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "START_S", 0.05)
    async with watching(peer, Jobs()) as watched:
        watched.accepted(JOB, ROOM)
        await peer.gone(ROOM)


async def test_a_job_that_takes_its_time_to_begin_is_waited_for(peer: LiveKitPeer) -> None:
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        watched.accepted(JOB, ROOM)
        await jobs.have_been_looked_at(10)
        jobs.begin()
        await jobs.have_been_looked_at(10)
    assert peer.requests == []


async def test_at_the_end_of_the_worker_jobs_that_never_began_are_looked_at_too(peer: LiveKitPeer) -> None:
    async with watching(peer, Jobs()) as watched:
        watched.accepted(JOB, ROOM)
        await watched.aclose()
    assert ROOM not in peer.rooms


async def test_at_the_end_of_the_worker_the_rooms_of_its_jobs_are_looked_at_once(peer: LiveKitPeer) -> None:
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
    peer.failing["ListParticipants"] = TwirpError(503, "unavailable", "restarting")
    async with asyncio.timeout(20):
        await watched.aclose()
    assert ROOM in peer.rooms


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Of a machine that has just started."""
    clock = Clock(1.0)
    monkeypatch.setattr(guard, "time", clock)
    return clock


async def looked_into(peer: LiveKitPeer, jobs: Jobs, clock: Clock, now: float) -> bool:
    """Whether the guard has asked who is in a room, at that time."""
    clock.now = now
    await jobs.have_been_looked_at(5)
    return peer.requests != []


async def test_a_busy_is_given_when_another_worker_would_have_joined(peer: LiveKitPeer, clock: Clock) -> None:
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        watched.refused(ROOM)
        assert not await looked_into(peer, jobs, clock, 1.0 + 1.1)
        clock.now = 1.0 + 1.2
        await peer.gone(ROOM)


async def test_a_call_that_was_given_to_another_worker_is_looked_at_when_that_one_has_it(
    peer: LiveKitPeer, clock: Clock
) -> None:
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        watched.unassigned(JOB, ROOM)
        assert not await looked_into(peer, jobs, clock, 1.0 + 2.9)
        clock.now = 1.0 + 3.0
        await peer.gone(ROOM)


async def test_a_job_may_take_twenty_seconds_to_begin(peer: LiveKitPeer, clock: Clock) -> None:
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        watched.accepted(JOB, ROOM)
        assert not await looked_into(peer, jobs, clock, 1.0 + 20.0)
        clock.now = 1.0 + 20.5
        await peer.gone(ROOM)


async def test_on_a_machine_that_has_just_started_nobody_is_left_alone_either(peer: LiveKitPeer, clock: Clock) -> None:
    jobs = Jobs()
    peer.open("other")
    peer.join("other", "caller", SIP)
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        jobs.end()
        await peer.gone(ROOM)
        watched.abandon("AJ_2", "other")
        await peer.gone("other")
        peer.open(ROOM)
        peer.join(ROOM, "caller", SIP)
        watched.accepted(JOB, ROOM)
        await watched.aclose()
    assert peer.rooms == {}


async def test_a_job_that_began_and_one_that_never_did_are_both_looked_after(peer: LiveKitPeer, clock: Clock) -> None:
    jobs = Jobs()
    peer.open("other")
    peer.join("other", "caller", SIP)
    async with watching(peer, jobs) as watched:
        await begun(watched, jobs)
        watched.accepted("AJ_2", "other")
        clock.now += 30.0
        jobs.end()
        await peer.gone(ROOM)
        await peer.gone("other")


async def test_jobs_are_looked_at_four_times_a_second(peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "INTERVAL_S", INTERVAL_S)
    pauses, jobs = noted_pauses(monkeypatch), Jobs()
    async with watching(peer, jobs):
        await jobs.have_been_looked_at(3)
    assert set(pauses) == {0.25}


async def test_a_server_that_stays_away_is_given_a_minute_to_come_back(
    peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guard, "PAUSES_S", PAUSES_S)
    peer.failing["ListParticipants"] = TwirpError(503, "unavailable", "restarting")
    pauses, jobs = noted_pauses(monkeypatch), Jobs()
    async with watching(peer, jobs) as watched:
        watched.abandon(JOB, ROOM)
        while caplog.text.count("room not looked at") < 7:
            await jobs.have_been_looked_at(1)
        await jobs.have_been_looked_at(5)
    assert [pause for pause in pauses if pause >= 1.0] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert peer.failed["ListParticipants"] == 7


async def test_a_room_that_could_not_be_closed_is_closed_when_the_server_is_back(
    peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "RETRY_DELAY_S", 0.0)
    peer.failing["DeleteRoom"] = TwirpError(503, "unavailable", "restarting")
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        watched.abandon(JOB, ROOM)
        while peer.failed["DeleteRoom"] < 4:
            await jobs.have_been_looked_at(1)
        peer.failing.clear()
        await peer.gone(ROOM)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "UNASSIGNED_AFTER_S", 0.05)
    monkeypatch.setattr(guard, "BUSY_AFTER_S", 0.05)


async def test_a_call_that_the_server_gave_to_nobody_is_hung_up_on_soon(peer: LiveKitPeer, soon: None) -> None:
    async with watching(peer, Jobs()) as watched:
        watched.unassigned(JOB, ROOM)
        await peer.gone(ROOM)


async def test_a_call_that_this_worker_has_no_place_for_gets_a_busy(peer: LiveKitPeer, soon: None) -> None:
    async with watching(peer, Jobs()) as watched:
        watched.refused(ROOM)
        await peer.gone(ROOM)


@pytest.mark.parametrize("agent", ["there", "on its way"])
@pytest.mark.parametrize("how", ["unassigned", "refused"])
async def test_a_call_that_another_worker_has_stays(
    peer: LiveKitPeer, soon: None, monkeypatch: pytest.MonkeyPatch, agent: str, how: str
) -> None:
    monkeypatch.setattr(guard, "START_S", 0.1)
    if agent == "there":
        peer.join(ROOM, "agent-AJ_2", AGENT)
    else:
        peer.dispatch(ROOM, "callagent").state.jobs.append(Job(id="AJ_2"))
        peer.join(ROOM, "human", SIP)
    async with watching(peer, Jobs()) as watched:
        if how == "unassigned":
            watched.unassigned(JOB, ROOM)
            await peer.has_been_asked("ListParticipants", 2)  # one for the call, one for the job that never began
        else:
            watched.refused(ROOM)
            await peer.has_been_asked("ListParticipants", 1)
        await watched.aclose()
    assert ROOM in peer.rooms and peer.asked("DeleteRoom") == []


async def test_a_call_that_another_worker_has_is_looked_at_once(peer: LiveKitPeer, soon: None) -> None:
    peer.join(ROOM, "agent-AJ_2", AGENT)
    jobs = Jobs()
    async with watching(peer, jobs) as watched:
        watched.refused(ROOM)
        await peer.has_been_asked("ListDispatch", 1)
        await jobs.have_been_looked_at(20)
    assert len(peer.asked("ListParticipants")) == 1


async def test_an_acceptance_that_the_server_does_not_answer_is_told_to_the_guard(
    peer: LiveKitPeer, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(AgentServer, "active_jobs", ())
    monkeypatch.setattr(AgentServer, "rtc_session", lambda self, entrypoint, **options: asked.update(options))

    async def accept(**_: str) -> None:
        raise AssignmentTimeoutError

    request = SimpleNamespace(id=JOB, room=SimpleNamespace(name=ROOM), accept=accept)
    async with watching(peer, Jobs()) as watched:
        build_server(WorkerConfig(peer.url, KEY, SECRET, max_calls=1), Capacity(1), watched, preload=[])
        with pytest.raises(AssignmentTimeoutError):
            await asked["on_request"](request)
        await peer.gone(ROOM)

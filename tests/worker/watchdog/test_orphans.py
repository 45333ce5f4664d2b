"""Callers whom a worker left alone that died with all its processes are hung up on by the next one."""

import time

import pytest
from livekit.protocol.agent import Job
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import CONSULTANT, CONSULTED
from callagent.worker import WorkerConfig
from callagent.worker.watchdog import orphans
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError

ROOM = "call-1"
SIP, AGENT = ParticipantInfo.Kind.SIP, ParticipantInfo.Kind.AGENT


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "LOOKS_S", (0.0, 0.0))


def left_alone(peer: LiveKitPeer, *, agent: str = "callagent", job: bool = True) -> None:
    """A caller is in the room, and a job that a worker had taken is on record."""
    peer.open(ROOM)
    peer.join(ROOM, "caller", SIP)
    dispatch = peer.dispatch(ROOM, agent)
    if job:
        dispatch.state.jobs.append(Job(id="AJ_1"))


async def hung_up(peer: LiveKitPeer) -> bool:
    await orphans.look_after_orphans(WorkerConfig(peer.url, KEY, SECRET, max_calls=1))
    return ROOM not in peer.rooms


async def test_a_caller_alone_is_hung_up_on(peer: LiveKitPeer) -> None:
    left_alone(peer)
    assert await hung_up(peer)


async def test_who_is_only_asked_about_the_call_is_no_company(peer: LiveKitPeer) -> None:
    left_alone(peer)
    peer.join(ROOM, CONSULTANT, AGENT)
    peer.join(ROOM, "asked", SIP, **{CONSULTED: "true"})
    assert await hung_up(peer)


@pytest.mark.parametrize("kind", [SIP, AGENT])
async def test_a_caller_in_company_is_let_be(peer: LiveKitPeer, kind: ParticipantInfo.Kind) -> None:
    left_alone(peer)
    peer.join(ROOM, "other", kind)
    assert not await hung_up(peer)


async def test_an_agent_alone_is_no_caller(peer: LiveKitPeer) -> None:
    left_alone(peer)
    peer.leave(ROOM, "caller")
    peer.join(ROOM, "agent", AGENT)
    assert not await hung_up(peer)


@pytest.mark.parametrize(("agent", "job"), [("somebody-else", True), ("callagent", False)])
async def test_a_call_that_was_never_ours_is_let_be(peer: LiveKitPeer, agent: str, job: bool) -> None:
    left_alone(peer, agent=agent, job=job)
    assert not await hung_up(peer)


async def test_who_has_just_come_may_have_an_agent_on_its_way(peer: LiveKitPeer) -> None:
    left_alone(peer)
    peer.rooms[ROOM].participants["caller"].joined_at = round(time.time())
    assert not await hung_up(peer)


async def test_a_server_that_does_not_answer_is_told(peer: LiveKitPeer, caplog: pytest.LogCaptureFixture) -> None:
    left_alone(peer)
    peer.failing["ListRooms"] = TwirpError(503, "unavailable", "restarting")
    assert not await hung_up(peer)
    assert caplog.text.count("rooms not looked at") == 2

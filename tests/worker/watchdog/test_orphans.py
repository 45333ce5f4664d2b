"""Callers whom a worker left alone that died with all its processes are hung up on by the next one."""

import pytest
from livekit.protocol.agent import Job
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import CONSULTANT, CONSULTED, LEFT
from callagent.worker import WorkerConfig
from callagent.worker.watchdog import orphans
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError
from tests.support.virtual import Clock, noted_pauses

ROOM = "call-1"
SIP, AGENT = ParticipantInfo.Kind.SIP, ParticipantInfo.Kind.AGENT


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Between the looks around, in seconds; they take no time."""
    return noted_pauses(monkeypatch)


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


async def test_a_caller_whom_our_agent_has_left_on_purpose_stays(peer: LiveKitPeer) -> None:
    left_alone(peer)
    peer.tell(ROOM, "caller", LEFT, "true")
    assert not await hung_up(peer)


async def test_who_is_only_asked_about_the_call_is_no_company(peer: LiveKitPeer) -> None:
    left_alone(peer)
    peer.join(ROOM, CONSULTANT, AGENT)
    peer.join(ROOM, "asked", SIP, **{CONSULTED: "true"})
    assert await hung_up(peer)


async def test_a_fifth_in_the_room_is_company_of_one_kind_or_another(peer: LiveKitPeer) -> None:
    left_alone(peer)
    for asked in ("one", "two", "three"):
        peer.join(ROOM, asked, SIP, **{CONSULTED: "true"})
    assert await hung_up(peer)
    left_alone(peer)
    for asked in ("one", "two", "three", "four"):
        peer.join(ROOM, asked, SIP, **{CONSULTED: "true"})
    assert not await hung_up(peer)


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


@pytest.mark.parametrize(("here_s", "alone"), [(0.0, False), (9.5, False), (10.0, False), (10.5, True)])
async def test_who_has_just_come_may_have_an_agent_on_its_way(
    peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch, here_s: float, alone: bool
) -> None:
    left_alone(peer)
    peer.rooms[ROOM].participants["caller"].joined_at = 1_000
    monkeypatch.setattr(orphans, "time", Clock(1_000 + here_s))
    assert await hung_up(peer) == alone


async def test_a_server_that_does_not_answer_is_told(peer: LiveKitPeer, caplog: pytest.LogCaptureFixture) -> None:
    left_alone(peer)
    peer.failing["ListRooms"] = TwirpError(503, "unavailable", "restarting")
    assert not await hung_up(peer)
    assert caplog.text.count("rooms not looked at") == 4


async def test_they_are_looked_for_at_once_and_as_long_as_the_server_keeps_the_shadow_of_an_agent(
    peer: LiveKitPeer, pauses: list[float]
) -> None:
    await hung_up(peer)
    assert pauses == [0.0, 8.0, 8.0, 8.0]

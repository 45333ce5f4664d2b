"""Which calls have been lost: a phone waits in a room, and no worker has taken the dispatch in time."""

import pytest
from livekit.protocol.agent import Job
from livekit.protocol.models import ParticipantInfo

from callagent.worker import WorkerConfig
from callagent.worker.watchdog import redispatch
from callagent.worker.watchdog.redispatch import lost_calls, redispatch_lost_calls
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer
from tests.support.virtual import Clock

ROOM, NOW = "call-1", 1_700_000_000
SIP, AGENT = ParticipantInfo.Kind.SIP, ParticipantInfo.Kind.AGENT


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOW)
    monkeypatch.setattr(redispatch, "time", clock)
    return clock


def waiting(peer: LiveKitPeer, *, since_s: float = 60.0, room_since_s: int = 60, agent: str = "callagent") -> None:
    """A caller is in the room, so many seconds after the agent was sent for."""
    peer.open(ROOM)
    peer.rooms[ROOM].created = NOW - room_since_s
    peer.join(ROOM, "caller", SIP)
    peer.dispatch(ROOM, agent, at=NOW - since_s)


async def lost(peer: LiveKitPeer) -> list[str]:
    async with peer.client() as server:
        return [dispatch.id async for dispatch in lost_calls(server, "callagent")]


async def test_a_caller_for_whom_nobody_came_is_found(peer: LiveKitPeer) -> None:
    waiting(peer)
    assert await lost(peer) == ["AD_1"]


@pytest.mark.parametrize(("since_s", "found"), [(10.0, []), (11.0, []), (11.1, ["AD_1"])])
async def test_a_dispatch_that_a_worker_may_still_take_is_not_lost(
    peer: LiveKitPeer, since_s: float, found: list[str]
) -> None:
    waiting(peer, since_s=since_s)
    assert await lost(peer) == found


@pytest.mark.parametrize(("since_s", "asked"), [(10, 0), (11, 1)])
async def test_a_young_room_is_not_looked_into(peer: LiveKitPeer, since_s: int, asked: int) -> None:
    waiting(peer, room_since_s=since_s)
    await lost(peer)
    assert len(peer.asked("ListParticipants")) == asked


async def test_a_room_with_several_is_not_looked_into(peer: LiveKitPeer) -> None:
    waiting(peer)
    peer.join(ROOM, "other", SIP)
    assert await lost(peer) == []
    assert peer.asked("ListParticipants") == []


async def test_who_is_no_phone_is_not_looked_after(peer: LiveKitPeer) -> None:
    waiting(peer)
    peer.leave(ROOM, "caller")
    peer.join(ROOM, "agent", AGENT)
    assert await lost(peer) == []


async def test_a_call_for_another_agent_is_not_ours(peer: LiveKitPeer) -> None:
    waiting(peer, agent="somebody-else")
    assert await lost(peer) == []


async def test_a_dispatch_that_a_worker_has_taken_is_not_lost(peer: LiveKitPeer) -> None:
    waiting(peer)
    (dispatch,) = peer.rooms[ROOM].dispatches.values()
    dispatch.state.jobs.append(Job(id="AJ_1"))
    assert await lost(peer) == []


async def test_where_an_agent_was_sent_for_twice_nobody_knows_which_has_come_to_nothing(peer: LiveKitPeer) -> None:
    waiting(peer)
    peer.dispatch(ROOM, "callagent", at=NOW - 60.0)
    assert await lost(peer) == []


async def test_workers_look_every_three_to_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(Exception):
        """Stands for the end of the worker."""

    def drawn(least: float, most: float) -> float:
        raise Enough(f"{least:g} to {most:g}")

    monkeypatch.setattr("random.uniform", drawn)
    with pytest.RaisesGroup(pytest.RaisesExc(Enough, match="3 to 5")):
        await redispatch_lost_calls(WorkerConfig("ws://127.0.0.1:9", KEY, SECRET, max_calls=1))

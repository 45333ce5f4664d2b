"""Hanging up on a server that does not do it, and seeing who is in a room."""

import pytest
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import (
    CONSULTANT,
    CONSULTED,
    TimeLimits,
    count_parties,
    hang_up,
    has_agent,
    leave,
    search_rooms,
)
from callagent.livekit_api.connection import Connection
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError
from tests.support.strange_server import STRANGE, strange_server

IMPATIENT = TimeLimits(call=0.1)


@pytest.mark.parametrize("kind", STRANGE)
async def test_hanging_up_raises_nothing_and_tells_when_it_has_failed(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with strange_server(STRANGE[kind]) as server:
        assert not await hang_up(server, "call-1", limits=IMPATIENT, pause=0.0)
    assert "could not hang up" in caplog.text


async def test_hanging_up_is_tried_again() -> None:
    async with LiveKitPeer().running() as peer:
        peer.silent.add("DeleteRoom")
        connection = Connection(peer.url, KEY, SECRET)
        peer.open("call-1")
        assert await hang_up(connection, "call-1", limits=IMPATIENT, pause=0.0), "the second attempt finds it gone"
        assert len(peer.asked("DeleteRoom")) == 2
        peer.failing["DeleteRoom"] = TwirpError(500, "internal", "no")
        assert not await hang_up(connection, "call-1", limits=IMPATIENT, pause=0.0)


async def test_the_parties_of_a_call_are_counted() -> None:
    async with LiveKitPeer().running() as peer:
        connection = Connection(peer.url, KEY, SECRET)
        assert await count_parties(connection, "call-1", "agent") == 0
        peer.open("call-1")
        peer.join("call-1", "agent", ParticipantInfo.Kind.AGENT)
        peer.join("call-1", "caller", ParticipantInfo.Kind.SIP)
        peer.join("call-1", "asked", ParticipantInfo.Kind.SIP, **{CONSULTED: "true"})
        peer.join("call-1", CONSULTANT, ParticipantInfo.Kind.AGENT)
        assert await count_parties(connection, "call-1", "agent") == 1
        peer.failing["ListParticipants"] = TwirpError(404, "not_found", "gone")
        assert await count_parties(connection, "call-1", "agent") == 0
        assert await has_agent(connection, "call-1")


async def test_a_room_that_nothing_can_be_told_about_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async with LiveKitPeer().running() as peer, peer.client() as client:
        for room in ("lost node", "ours", "empty"):
            peer.open(room)
            peer.dispatch(room, "callagent")
        peer.join("lost node", "caller", ParticipantInfo.Kind.SIP)
        peer.join("ours", "caller", ParticipantInfo.Kind.SIP)
        peer.dispatch("ours", "somebody-else")
        peer.lost.add("lost node")
        search = search_rooms(client, "callagent", candidate=lambda _: True, present=lambda there: len(there) == 1)
        found = {room: [each.agent_name for each in dispatches] async for room, dispatches in search}
    assert found == {"ours": ["callagent"]}
    assert "room not looked at" in caplog.text


async def test_who_is_left_is_marked_and_it_is_told_where_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    async with LiveKitPeer().running() as peer:
        connection = Connection(peer.url, KEY, SECRET)
        peer.open("call-1")
        peer.join("call-1", "caller", ParticipantInfo.Kind.SIP)
        assert await leave(connection, "call-1", "caller")
        assert await count_parties(connection, "call-1", "agent") == 0
        assert await leave(connection, "call-1", "nobody"), "who is gone needs no leave"
        peer.failing["UpdateParticipant"] = TwirpError(503, "unavailable", "restarting")
        assert not await leave(connection, "call-1", "caller")
    assert "could not leave the caller in the room" in caplog.text

"""The room of a call, over HTTP."""

import asyncio

from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import LiveKitClient
from callagent.telephony.outbound import ATTRIBUTE, Report
from callagent.telephony.outbound.call_room import View, look, open_room, try_to_close
from tests.support.livekit_peer import LiveKitPeer, TwirpError


async def test_a_room_outlives_its_last_participant_for_a_while(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.hire(None)
    await open_room(server, "a-room", agent="agent", metadata="{}", empty_timeout=41.5)
    (created,) = peer.asked("CreateRoom")
    assert (created.name, created.departure_timeout) == ("a-room", 20)
    assert created.empty_timeout in (41, 42)
    (dispatched,) = peer.asked("CreateDispatch")
    assert (dispatched.room, dispatched.agent_name, dispatched.metadata) == ("a-room", "agent", "{}")


async def test_who_is_in_the_room(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.open("a-room")
    assert await look(server, "a-room") == View(False, False, None, None)
    peer.join("a-room", "callee", ParticipantInfo.STANDARD, **{"sip.callStatus": "active"})
    peer.join("a-room", "other", ParticipantInfo.SIP, **{"sip.callStatus": "active"})
    assert await look(server, "a-room") == View(False, False, None, None)
    peer.join("a-room", "callee", ParticipantInfo.SIP, **{"sip.callStatus": "active"})
    assert await look(server, "a-room") == View(False, True, "answered", None)
    peer.join("a-room", "agent", ParticipantInfo.AGENT, **{ATTRIBUTE: Report("speaking").as_text()})
    peer.join("a-room", "briefing", ParticipantInfo.AGENT)
    assert await look(server, "a-room") == View(True, True, "answered", Report("speaking"))


async def test_a_room_that_is_gone_is_empty(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.failing["ListParticipants"] = TwirpError(404, "not_found", "no such room")
    assert await look(server, "a-room") == View(False, False, None, None)


async def test_a_room_is_closed(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.open("a-room")
    await try_to_close(server, "a-room", pause=60)
    assert peer.rooms == {}


async def test_a_room_that_cannot_be_closed_is_tried_three_times(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.open("a-room")
    peer.failing["DeleteRoom"] = TwirpError(503, "unavailable", "restarting")
    await try_to_close(server, "a-room", pause=0.001)
    assert peer.failed == {"DeleteRoom": 3}
    closing = asyncio.create_task(try_to_close(server, "a-room", pause=0.001), name="test.close")
    await peer.has_failed("DeleteRoom", 4)
    peer.failing.clear()
    await closing
    assert peer.rooms == {}

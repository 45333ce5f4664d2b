"""Sending for an agent again takes two requests: a server that fails between them leaves no caller alone for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit.api import AgentDispatch
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import TimeLimits, client
from callagent.worker import WorkerConfig
from callagent.worker.watchdog import redispatch
from callagent.worker.watchdog.abandoned_rooms import PAUSES_S
from callagent.worker.watchdog.redispatch import redispatch_lost_calls, send_again
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError
from tests.support.virtual import noted_pauses

ROOM = "call-1"
AWAY = TwirpError(503, "unavailable", "no response from servers")
UNCERTAIN, FAILED, DONE = "no answer whether an agent", "agent not sent for again", "sent for an agent again"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LIMITS", TimeLimits(call=0.2))
    monkeypatch.setattr(redispatch, "INTERVAL_S", (0.005, 0.005))
    monkeypatch.setattr(redispatch, "PAUSES_S", (0.01,) * 500)


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as running:
        yield running


def lost_call(peer: LiveKitPeer, room: str = ROOM) -> AgentDispatch:
    """A caller is in a room, and the dispatch has come to nothing."""
    peer.open(room)
    peer.join(room, "caller", ParticipantInfo.Kind.SIP)
    return peer.dispatch(room, "callagent")


def config(peer: LiveKitPeer) -> WorkerConfig:
    return WorkerConfig(peer.url, KEY, SECRET, max_calls=1)


@asynccontextmanager
async def looking(peer: LiveKitPeer) -> AsyncIterator[None]:
    """A worker looks for callers meanwhile."""
    looks = asyncio.create_task(redispatch_lost_calls(config(peer)), name="test.looks")
    try:
        async with asyncio.timeout(10):
            yield
    finally:
        looks.cancel()
        await asyncio.wait([looks])


async def told(log: pytest.LogCaptureFixture, text: str, times: int = 1) -> None:
    while log.text.count(text) < times:  # noqa: ASYNC110 - it watches from outside
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("failing", ["CreateDispatch", "ListParticipants", "ListDispatch"])
async def test_an_agent_is_sent_for_when_the_server_answers_again(
    peer: LiveKitPeer, failing: str, caplog: pytest.LogCaptureFixture
) -> None:
    lost_call(peer)
    peer.failing["CreateDispatch"] = AWAY
    async with looking(peer):
        await told(caplog, UNCERTAIN)
        peer.failing = {failing: AWAY}
        await told(caplog, FAILED, 2)
        peer.failing = {}
        await told(caplog, DONE)
    (asked,) = peer.asked("CreateDispatch")
    assert (asked.room, asked.agent_name) == (ROOM, "callagent")


async def test_a_server_that_does_not_answer_is_asked_again(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture
) -> None:
    lost_call(peer)
    peer.failing["ListRooms"] = AWAY
    async with looking(peer):
        await told(caplog, "rooms not looked at", 2)
        peer.failing = {}
        await told(caplog, DONE)


async def test_meanwhile_other_callers_are_looked_after(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redispatch, "PAUSES_S", (3600.0,))
    lost_call(peer)
    peer.failing["CreateDispatch"] = AWAY
    async with looking(peer):
        await told(caplog, UNCERTAIN)
        peer.failing = {}
        lost_call(peer, "call-2")
        await told(caplog, DONE)
    assert [asked.room for asked in peer.asked("CreateDispatch")] == ["call-2"]


@pytest.mark.parametrize("silent", ["DeleteDispatch", "CreateDispatch"])
async def test_a_request_that_was_carried_out_and_not_answered_ends_in_one_dispatch(
    peer: LiveKitPeer, silent: str
) -> None:
    dispatch = lost_call(peer)
    peer.silent.add(silent)
    await send_again(config(peer), dispatch)
    assert len(peer.asked("CreateDispatch")) == 1
    assert dispatch.id not in peer.rooms[ROOM].dispatches


async def test_a_dispatch_that_was_not_deleted_is_left_for_the_next_look(peer: LiveKitPeer) -> None:
    dispatch = lost_call(peer)
    peer.failing["DeleteDispatch"] = AWAY
    await send_again(config(peer), dispatch)
    assert list(peer.rooms[ROOM].dispatches) == [dispatch.id]


async def test_nobody_is_sent_for_when_the_caller_has_hung_up_meanwhile(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = lost_call(peer)
    peer.failing["CreateDispatch"] = AWAY
    sending = asyncio.create_task(send_again(config(peer), dispatch), name="test.sending")
    await told(caplog, UNCERTAIN)
    peer.leave(ROOM, "caller")
    peer.failing = {}
    await sending
    assert peer.asked("CreateDispatch") == []


async def test_a_dispatch_that_another_worker_has_deleted_is_that_ones(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = lost_call(peer)
    peer.rooms[ROOM].dispatches.clear()
    await send_again(config(peer), dispatch)
    assert peer.asked("CreateDispatch") == [] and caplog.text == ""


async def test_somebody_who_has_been_sent_for_meanwhile_is_enough(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = lost_call(peer)
    peer.failing["CreateDispatch"] = AWAY
    sending = asyncio.create_task(send_again(config(peer), dispatch), name="test.sending")
    await told(caplog, UNCERTAIN)
    peer.dispatch(ROOM, "callagent")
    peer.failing = {}
    await sending
    assert peer.asked("CreateDispatch") == [] and DONE not in caplog.text


async def test_a_room_that_goes_while_somebody_is_sent_for_needs_nobody(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = lost_call(peer)
    peer.failing["CreateDispatch"] = AWAY
    sending = asyncio.create_task(send_again(config(peer), dispatch), name="test.sending")
    await told(caplog, FAILED)
    peer.failing["CreateDispatch"] = TwirpError(404, "not_found", "room not found")
    await sending
    assert DONE not in caplog.text


async def test_a_server_that_stays_away_is_given_a_minute_to_come_back(
    peer: LiveKitPeer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redispatch, "PAUSES_S", PAUSES_S)
    pauses = noted_pauses(monkeypatch)
    dispatch = lost_call(peer)
    peer.failing["CreateDispatch"] = AWAY
    await send_again(config(peer), dispatch)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert caplog.text.count(FAILED) == 6 and DONE not in caplog.text

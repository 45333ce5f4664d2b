"""Two who must not hear each other yet: what the server is asked, over a peer that answers as livekit-server does."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from livekit.rtc import EventEmitter

from callagent.livekit_api import ServerError
from callagent.worker import WorkerConfig
from callagent.worker.transfer import media_isolation as apart
from callagent.worker.transfer.media_isolation import Apart
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError

CALLER, HUMAN = "caller", "human"
BOTH = {(CALLER, ("TR_human",), False), (HUMAN, ("TR_caller",), False)}

Happens = Literal["participant_connected", "track_published", "participant_attributes_changed"]


class Room(EventEmitter[str]):
    """A room as a third participant sees it: who is there, with one track each, and what happens."""

    name = "call-1"

    def __init__(self, *present: str) -> None:
        super().__init__()
        self.listeners = 0
        self.remote_participants: dict[str, Any] = {}
        self.join(*present)

    def on(self, event: str, callback: Any = None) -> Any:
        self.listeners += 1
        return super().on(event, callback)

    def off(self, event: str, callback: Any) -> None:
        self.listeners -= 1
        super().off(event, callback)

    def join(self, *identities: str) -> None:
        for identity in identities:
            tracks = {f"TR_{identity}": object()}
            self.remote_participants[identity] = SimpleNamespace(track_publications=tracks)


class BrokenRoom(Room):
    """A room whose participants cannot be looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name == "remote_participants" and "broken" in self.__dict__:
            raise LookupError("broken on purpose")
        return super().__getattribute__(name)


@pytest.fixture(autouse=True)
async def limited() -> AsyncIterator[None]:
    async with asyncio.timeout(20):
        yield


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked again unless something has changed."""
    monkeypatch.setattr(apart, "BURST_S", ())
    monkeypatch.setattr(apart, "STEADY_S", 3600.0)


def kept_apart(peer: LiveKitPeer, room: Room) -> Apart:
    return Apart(WorkerConfig(peer.url, KEY, SECRET, max_calls=1), room, CALLER, HUMAN)  # type: ignore[arg-type]


def asked(peer: LiveKitPeer) -> list[tuple[str, tuple[str, ...], bool]]:
    requests = peer.asked("UpdateSubscriptions")
    assert {request.room for request in requests} <= {Room.name}
    return [(request.identity, tuple(request.track_sids), request.subscribe) for request in requests]


async def test_neither_hears_the_other_from_the_first_moment_on(peer: LiveKitPeer, unhurried: None) -> None:
    async with kept_apart(peer, Room(CALLER, HUMAN)).kept():
        await peer.has_been_asked("UpdateSubscriptions", 2)
        assert set(asked(peer)) == BOTH


async def test_it_is_asked_for_again_and_again_because_a_gateway_subscribes_by_itself(peer: LiveKitPeer) -> None:
    async with kept_apart(peer, Room(CALLER, HUMAN)).kept():
        await peer.has_been_asked("UpdateSubscriptions", 8)
    assert set(asked(peer)) == BOTH and len(apart.BURST_S) > 3


@pytest.mark.parametrize("happens", ["participant_connected", "track_published", "participant_attributes_changed"])
async def test_who_comes_later_is_kept_apart_as_soon_as_that_is_seen(
    peer: LiveKitPeer, unhurried: None, happens: Happens
) -> None:
    room = Room(CALLER)
    async with kept_apart(peer, room).kept():
        await asyncio.sleep(0)
        room.join(HUMAN)
        room.emit(happens, object())
        await peer.has_been_asked("UpdateSubscriptions", 2)
        assert set(asked(peer)) == BOTH


async def test_a_look_that_is_asked_for_is_taken_at_once(peer: LiveKitPeer, unhurried: None) -> None:
    keeping = kept_apart(peer, Room(CALLER, HUMAN))
    async with keeping.kept():
        await peer.has_been_asked("UpdateSubscriptions", 2)
        keeping.look()
        await peer.has_been_asked("UpdateSubscriptions", 4)


async def test_a_server_that_refuses_is_asked_again(peer: LiveKitPeer, caplog: pytest.LogCaptureFixture) -> None:
    peer.failing["UpdateSubscriptions"] = TwirpError(503, "unavailable", "restarting")
    async with kept_apart(peer, Room(CALLER, HUMAN)).kept():
        await peer.has_failed("UpdateSubscriptions", 1)
        peer.failing.clear()
        await peer.has_been_asked("UpdateSubscriptions", 2)
    assert set(asked(peer)) == BOTH and "not kept apart" in caplog.messages


async def test_afterwards_nothing_is_asked_any_more(peer: LiveKitPeer, unhurried: None) -> None:
    room = Room(CALLER, HUMAN)
    async with kept_apart(peer, room).kept():
        await peer.has_been_asked("UpdateSubscriptions", 2)
    await kept_apart(peer, room).join()
    assert room.listeners == 0
    assert [subscribe for *_, subscribe in asked(peer)] == [False, False, True, True]


async def test_joined_each_hears_the_other(peer: LiveKitPeer) -> None:
    await kept_apart(peer, Room(CALLER, HUMAN)).join()
    assert asked(peer) == [(CALLER, ("TR_human",), True), (HUMAN, ("TR_caller",), True)]


async def test_nobody_is_joined_with_somebody_who_has_left(peer: LiveKitPeer) -> None:
    await kept_apart(peer, Room(CALLER)).join()
    assert asked(peer) == []


async def test_a_server_that_does_not_join_them_is_an_error(peer: LiveKitPeer) -> None:
    peer.failing["UpdateSubscriptions"] = TwirpError(503, "unavailable", "restarting")
    with pytest.raises(ServerError):
        await kept_apart(peer, Room(CALLER, HUMAN)).join()


async def test_what_needs_them_apart_ends_when_they_no_longer_are(peer: LiveKitPeer, unhurried: None) -> None:
    room = BrokenRoom(CALLER, HUMAN)
    with pytest.raises(LookupError, match="broken on purpose"):
        async with kept_apart(peer, room).kept():
            await peer.has_been_asked("UpdateSubscriptions", 2)
            room.__dict__["broken"] = True
            room.emit("track_published", object())
            await asyncio.Event().wait()

"""When a call that was handed over is over."""

from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc
from livekit.rtc import ParticipantKind

from callagent.livekit_api import CONSULTANT
from callagent.worker import WorkerConfig
from callagent.worker.call.lifecycle import CallLife
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer

ROOM = "call-1"


class Room(rtc.EventEmitter[str]):
    def __init__(self) -> None:
        super().__init__()
        self.remote_participants = {"sip_caller": None}


class Call:
    """The life of a call whose caller is there, and the room that it watches."""

    def __init__(self, url: str) -> None:
        self.room = Room()
        self._callbacks: list[Callable[[str], Awaitable[None]]] = []
        job = SimpleNamespace(id="AJ_1", room=SimpleNamespace(name=ROOM))
        ctx: Any = SimpleNamespace(
            job=job, room=self.room, shutdown=lambda _: None, add_shutdown_callback=self._callbacks.append
        )
        self.life = CallLife(WorkerConfig(url=url, api_key=KEY, api_secret=SECRET, max_calls=1), ctx)
        self.life.watch(SimpleNamespace(identity="sip_caller"))  # type: ignore[arg-type]  # all that is looked at
        self.life.hand_over(True)

    async def ends(self, reason: str) -> None:
        """Of the job, and what that leaves to do."""
        for callback in self._callbacks:
            await callback(reason)

    def leaves(self, identity: str, kind: "ParticipantKind.ValueType") -> None:
        gone = SimpleNamespace(identity=identity, kind=kind, disconnect_reason=rtc.DisconnectReason.CLIENT_INITIATED)
        self.room.emit("participant_disconnected", gone)


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as server:
        server.open(ROOM)
        yield server


@pytest.mark.parametrize("identity", ["sip_caller", "human-agent-sip"])
async def test_it_is_over_when_one_of_the_two_hangs_up(peer: LiveKitPeer, identity: str) -> None:
    call = Call(peer.url)
    gone = peer.rooms[ROOM].deleted
    call.leaves(identity, ParticipantKind.PARTICIPANT_KIND_SIP)
    await gone.wait()
    await call.ends("transferred")
    assert call.life.record.reason == "transferred"


async def test_it_goes_on_when_an_agent_of_ours_leaves(peer: LiveKitPeer) -> None:
    call = Call(peer.url)
    call.leaves(CONSULTANT, ParticipantKind.PARTICIPANT_KIND_AGENT)
    assert call.life.record.reason is None
    gone = peer.rooms[ROOM].deleted
    call.life.end("worker stopped")
    await gone.wait()
    await call.ends("worker stopped")

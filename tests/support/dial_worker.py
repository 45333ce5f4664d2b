"""A worker for the peer: joins the room of a dispatch, places the call for real, and tells about it as a job does.

The fixtures are what a test of dialling needs: a server with such a worker, its client, and a records database.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from livekit.protocol.models import ParticipantInfo

from callagent.database import Store
from callagent.livekit_api import LiveKitClient
from callagent.telephony.outbound import ATTRIBUTE, CallFailed, Report, Stage, place_call, read_order
from tests.support.livekit_peer import LiveKitPeer

AGENT = "agent-1"
TALK_S = 0.05


async def worker(peer: LiveKitPeer, room: str, metadata: str) -> None:
    """Talks for a moment once the call is answered."""
    order = read_order(metadata)
    assert order is not None
    peer.join(room, AGENT, ParticipantInfo.AGENT)
    _tell(peer, room, Report("dispatched"))
    async with peer.client() as client:
        try:
            await place_call(client, order, room)
        except CallFailed as failed:
            failure = failed.failure
            _tell(peer, room, Report("ended", failure.outcome, failure.detail, failure.sip_status))
            await peer.gone(room)
            return
    _tell(peer, room, Report("speaking"))
    await asyncio.sleep(TALK_S)
    peer.leave(room, "callee")
    _tell(peer, room, Report("ended", "answered", "caller hung up"))
    await peer.gone(room)


async def mailbox_worker(peer: LiveKitPeer, room: str, metadata: str) -> None:
    """Finds a mailbox that hangs up while it leaves its message."""
    peer.join(room, AGENT, ParticipantInfo.AGENT)
    _tell(peer, room, Report("ended", "machine", "hung up during the message", machine="voicemail"))
    await peer.gone(room)


async def lost_worker(peer: LiveKitPeer, room: str, metadata: str) -> None:
    """Joins, and is gone before it could tell anything."""
    peer.join(room, AGENT, ParticipantInfo.AGENT)
    await asyncio.sleep(TALK_S)
    peer.leave(room, AGENT)


async def idle_worker(peer: LiveKitPeer, room: str, metadata: str) -> None:
    """Joins, and does nothing more."""
    peer.join(room, AGENT, ParticipantInfo.AGENT)
    await peer.gone(room)


def _tell(peer: LiveKitPeer, room: str, report: Report) -> None:
    peer.tell(room, AGENT, ATTRIBUTE, report.as_text())


STAGES: tuple[Stage, ...] = ("dispatched", "ringing", "answered", "speaking", "ended")


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer(worker).running() as running:
        yield running


@pytest.fixture
async def server(peer: LiveKitPeer) -> AsyncIterator[LiveKitClient]:
    async with peer.client() as client:
        yield client


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(str(tmp_path / "records.db"))
    yield store
    store.close()

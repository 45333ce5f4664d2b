from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callagent.livekit_api import LiveKitClient
from callagent.records.store import Store
from tests.support.dial_worker import worker
from tests.support.livekit_peer import LiveKitPeer

MONDAY_NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


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

"""How a call came out is in the worker's database before anybody is told, and stays as the worker has it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc

from callagent.database import Attempt, Store
from callagent.telephony.outbound import CALLEE, DialOrder, Report
from callagent.worker import WorkerConfig
from callagent.worker.outbound.progress import Telling
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer

ORDER = DialOrder(attempt="a", to="+12025550123", trunk="ST_1")
ANSWERED = Report("ended", "answered", "caller hung up")


class Room(rtc.EventEmitter[str]):
    """A room with the callee in it; notes what is told, and what the database has at that moment."""

    name = "room"

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.remote_participants = {CALLEE: None}
        self.local_participant = self
        self.recorded: list[str] = []
        self._store = store

    def isconnected(self) -> bool:
        return True

    async def set_attributes(self, _: dict[str, str]) -> None:
        attempts = await asyncio.to_thread(self._store.attempts)
        self.recorded += [attempt.outcome for attempt in attempts]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(str(tmp_path / "records.db"))
    store.begin_attempt(Attempt(id="a", number=ORDER.to, at=datetime.now(UTC), profile="en-US", room="room"))
    yield store
    store.close()


def telling(room: Room, database: str, url: str = "ws://127.0.0.1:9") -> Telling:
    either: Any = room
    return Telling(WorkerConfig(url, KEY, SECRET, max_calls=1, database=database), either, ORDER)


async def test_the_outcome_is_recorded_before_it_is_told_whatever_the_environment_names(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLAGENT_DATABASE", str(tmp_path / "other.db"))
    async with LiveKitPeer().running() as peer:
        room = Room(store)
        await telling(room, store.location, peer.url).end(ANSWERED, answered=1_700_000_000.0)
        assert [request.identity for request in peer.asked("RemoveParticipant")] == [CALLEE]
    (attempt,) = await asyncio.to_thread(store.attempts)
    assert (attempt.outcome, attempt.detail, attempt.answered) == (
        *("answered", "caller hung up"),
        datetime.fromtimestamp(1_700_000_000, UTC),
    )
    assert room.recorded == ["answered"]
    assert not (tmp_path / "other.db").exists()


async def test_what_the_dialler_has_recorded_meanwhile_stays(store: Store) -> None:
    await asyncio.to_thread(store.end_attempt, "a", "trunk failure", "the worker was lost")
    await telling(Room(store), store.location).end(ANSWERED, answered=None)
    (attempt,) = await asyncio.to_thread(store.attempts)
    assert (attempt.outcome, attempt.answered) == ("trunk failure", None)


async def test_a_database_without_the_attempt_or_none_at_all_does_not_keep_the_outcome_from_being_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for location in (tmp_path / "other.db", tmp_path):
        room = Room(store)
        await telling(room, str(location)).end(ANSWERED, answered=None)
        assert room.recorded == [""], "told, and in the dialler's database it is for the dialler to end"
    assert "outcome not recorded" in caplog.text


def test_a_password_in_the_database_is_not_in_the_repr_of_the_configuration() -> None:
    config = WorkerConfig("ws://127.0.0.1:9", KEY, SECRET, max_calls=1, database="postgresql://u:geheim@host/db")
    assert "geheim" not in repr(config)

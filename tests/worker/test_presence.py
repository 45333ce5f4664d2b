"""A worker tells the database how full it is."""

import asyncio
import logging
import threading
from contextlib import closing
from pathlib import Path

import pytest

import callagent.worker.presence as module
from callagent.database import Database
from callagent.database.workers import Fleet, fleet_of
from callagent.worker.capacity import Capacity
from callagent.worker.config import WorkerConfig
from callagent.worker.presence import Presence, told_presence


def config(location: str, *, keep_calls: bool = True) -> WorkerConfig:
    return WorkerConfig("ws://127.0.0.1:1", "key", "secret", 4, database=location, keep_calls=keep_calls)


def fleet_in(location: str) -> Fleet:
    with closing(Database(location)) as database:
        return fleet_of(database)


def test_the_database_knows_how_full_the_worker_is_until_it_ends(tmp_path: Path) -> None:
    location, capacity = str(tmp_path / "records.db"), Capacity(4)
    presence = Presence(location, "callagent", capacity)
    capacity.load({"a", "b"})
    assert presence.tell()
    fleet = fleet_in(location)
    assert (fleet.calls, fleet.max_calls, fleet.workers[0].agent) == (2, 4, "callagent")
    capacity.draining = True
    assert presence.tell() and fleet_in(location).workers[0].draining
    presence.start()
    presence.close()
    assert fleet_in(location).workers == []


async def test_it_is_told_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOLD_S", 0.01)
    told = threading.Semaphore(0)

    def tell(_: Presence) -> bool:
        told.release()
        return True

    monkeypatch.setattr(Presence, "tell", tell)
    async with told_presence(config(str(tmp_path / "records.db")), Capacity(4)):
        for _ in range(3):
            assert await asyncio.to_thread(told.acquire, timeout=20)


async def test_a_worker_that_keeps_no_calls_makes_no_database(tmp_path: Path) -> None:
    location = tmp_path / "records.db"
    async with told_presence(config(str(location), keep_calls=False), Capacity(4)):
        pass
    assert not location.exists()


def test_a_database_that_is_away_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "callagent.worker")
    directory = tmp_path / "records.db"
    directory.mkdir()
    presence = Presence(str(directory), "callagent", Capacity(4))
    assert not presence.tell()
    assert "was not told of the worker" in caplog.text
    directory.rmdir()
    assert presence.tell()

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callagent.database import ListLease, Store
from callagent.telephony.outbound import ListTaken
from callagent.telephony.outbound.campaign import lease as leases
from callagent.telephony.outbound.campaign.lease import leased
from tests.support.virtual import noted_pauses

HERE = socket.gethostname()


def never() -> None:
    raise AssertionError("the list was lost")


def other(host: str = HERE, pid: int | None = None, age: timedelta = timedelta(0)) -> ListLease:
    return ListLease(list="a.csv", token="other", host=host, pid=pid or os.getpid(), at=datetime.now(UTC) - age)


def take_from_whoever_has_it(store: Store) -> None:
    """Between two beats: one that comes after the question who has the list is tried around."""
    while not store.take_lease(other("elsewhere"), instead_of=store.lease_of("a.csv")):
        pass


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


async def test_a_list_is_kept_meanwhile_and_given_back(store: Store) -> None:
    async with leased(store, "a.csv", lost=never):
        with pytest.raises(ListTaken, match=f"being dialled by process {os.getpid()} on {HERE}"):
            async with leased(store, "a.csv", lost=never):
                pass
        async with leased(store, "b.csv", lost=never):
            pass
    assert store.lease_of("a.csv") is None


@pytest.mark.parametrize(
    ("host", "age", "free"),
    [
        (HERE, timedelta(0), False),
        ("elsewhere", timedelta(0), False),
        ("elsewhere", timedelta(seconds=59), False),
        ("elsewhere", timedelta(seconds=60.5), True),
        (HERE, timedelta(seconds=60.5), True),
    ],
    ids=["a process here", "a process elsewhere", "elsewhere, silent for a while", "elsewhere, silent", "here, silent"],
)
async def test_who_has_it(store: Store, host: str, age: timedelta, free: bool) -> None:
    store.take_lease(other(host, age=age), instead_of=None)
    if free:
        async with leased(store, "a.csv", lost=never):
            pass
    else:
        with pytest.raises(ListTaken):
            async with leased(store, "a.csv", lost=never):
                pass


@pytest.mark.blocks_loop(reason="there is no loop")
def test_a_process_that_was_killed_has_it_no_more(store: Store) -> None:
    store.take_lease(other(pid=dead_process()), instead_of=None)

    async def take() -> None:
        async with leased(store, "a.csv", lost=never):
            pass

    asyncio.run(take())


def test_of_two_at_the_same_moment_one_gets_it(store: Store) -> None:
    assert store.take_lease(other(), instead_of=None)
    assert not store.take_lease(other(), instead_of=None)
    first = store.lease_of("a.csv")
    assert store.take_lease(other("third"), instead_of=first)
    assert not store.take_lease(other("fourth"), instead_of=first)


async def test_the_loss_of_a_list_is_noticed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT_S", 0.01)
    lost = asyncio.Event()
    async with leased(store, "a.csv", lost=lost.set):
        await asyncio.to_thread(take_from_whoever_has_it, store)
        async with asyncio.timeout(10):
            await lost.wait()
    held = await asyncio.to_thread(store.lease_of, "a.csv")
    assert held is not None and held.host == "elsewhere"


async def test_a_process_says_four_times_in_a_lease_that_it_still_dials_its_list(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = noted_pauses(monkeypatch)
    async with leased(store, "a.csv", lost=never):
        for _ in range(5):
            await asyncio.sleep(0)
    assert set(pauses) == {0, 15.0}


def rename(database: Path, before: str, after: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"ALTER TABLE {before} RENAME TO {after}")


async def test_a_database_that_is_away_for_a_while_takes_no_list_from_anybody(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = noted_pauses(monkeypatch)

    async def beats(times: int) -> None:
        until = pauses.count(15.0) + times
        while pauses.count(15.0) < until:  # noqa: ASYNC110 - it watches from outside
            await asyncio.sleep(0)

    async with asyncio.timeout(20), leased(store, "a.csv", lost=never):
        await asyncio.to_thread(rename, tmp_path / "records.db", "list_leases", "away")
        await beats(3)
        await asyncio.to_thread(rename, tmp_path / "records.db", "away", "list_leases")
        await beats(3)
    assert store.lease_of("a.csv") is None


class Unforeseen(Exception):
    """What nobody reckons with."""


async def test_a_list_that_can_no_longer_be_kept_is_not_dialled_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unforeseen() -> None:
        raise Unforeseen

    monkeypatch.setattr(leases, "BEAT_S", 0.01)
    with pytest.raises(Unforeseen):
        async with asyncio.timeout(10), leased(store, "a.csv", lost=unforeseen):
            await asyncio.to_thread(take_from_whoever_has_it, store)
            await asyncio.Event().wait()

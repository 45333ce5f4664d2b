"""What browsers are told, and when."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import callagent.console.live_updates as module
from callagent.concurrency import supervised
from callagent.console.live_calls import LiveCall, LiveCalls
from callagent.console.live_updates import Drawing, Listener, LiveUpdates, Update
from callagent.database import StoreUnavailable
from callagent.database.workers import tell_of
from callagent.journal.events import CallEnded, Note
from callagent.records import Packet, RecordStore
from tests.support.kept_calls import NOON, head_of, raw, worker_row

DRAWING = Drawing(
    lambda call: f"card {call.turns}",
    lambda call: "status",
    lambda entry: entry.pii_text,
    lambda fleet: f"{fleet.calls}/{fleet.max_calls}",
)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.01)


@asynccontextmanager
async def told(store: RecordStore, call: str = "", line: int = 0) -> AsyncIterator[Listener]:
    updates = LiveUpdates(LiveCalls(store), DRAWING)
    async with supervised(updates.run(), name="updates"), updates.listening(call, line) as listener:
        yield listener


async def next_of(listener: Listener, event: str) -> Any:
    """The data of the next update of that kind."""
    while (update := await listener.updates.get()) is not None:
        if update.event == event:
            return update.data
    raise AssertionError("the stream has ended")


async def append(store: RecordStore, call: str, first: int, *lines: Any) -> None:
    await asyncio.to_thread(store.append, Packet(call, first, raw(lines)))


async def test_whoever_comes_is_told_which_calls_there_are(store: RecordStore) -> None:
    await asyncio.to_thread(store.begin, head_of("AJ_1"))
    async with told(store) as listener:
        assert await next_of(listener, "calls") == {"ids": ["AJ_1"]}
        assert await next_of(listener, "card") == {"id": "AJ_1", "ended": "", "html": "card 0"}


@pytest.mark.usefixtures("quick")
async def test_a_call_is_told_again_when_something_is_new_and_when_it_ends(store: RecordStore) -> None:
    await asyncio.to_thread(store.begin, head_of("AJ_1"))
    async with told(store) as listener:
        await next_of(listener, "card")
        await append(store, "AJ_1", 1, Note(1.0, "new"))
        assert (await next_of(listener, "card"))["ended"] == ""
        await append(store, "AJ_1", 2, CallEnded(2.0, "transferred"))
        await asyncio.to_thread(store.end, "AJ_1")
        assert (await next_of(listener, "card"))["ended"] == "transferred"
        assert await next_of(listener, "calls") == {"ids": []}


@pytest.mark.usefixtures("quick")
async def test_how_full_the_workers_are_is_told_when_it_changes(store: RecordStore) -> None:
    async with told(store) as listener:
        assert await next_of(listener, "capacity") == {"html": "0/0"}
        await asyncio.to_thread(tell_of, store, worker_row(calls=3))
        assert await next_of(listener, "capacity") == {"html": "3/8"}


@pytest.mark.usefixtures("quick")
async def test_of_one_call_each_entry_is_told_from_a_line_on(store: RecordStore) -> None:
    await asyncio.to_thread(store.begin, head_of("AJ_1"))
    await append(store, "AJ_1", 1, Note(1.0, "known"), Note(2.0, "missed"))
    async with told(store, "AJ_1", 2) as listener:
        assert await next_of(listener, "entry") == {"line": 2, "at": 2.0, "html": "missed"}
        await append(store, "AJ_1", 3, Note(3.0, "new"))
        assert await next_of(listener, "entry") == {"line": 3, "at": 3.0, "html": "new"}


async def test_a_call_that_is_not_under_way_has_ended(store: RecordStore) -> None:
    async with told(store, "AJ_none") as listener:
        assert await next_of(listener, "ended") == {"outcome": ""}


async def test_nothing_is_read_while_nobody_listens(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    read = 0

    class Counted(LiveCalls):
        def read(self) -> None:
            nonlocal read
            read += 1

    updates = LiveUpdates(Counted(store), DRAWING)
    async with supervised(updates.run(), name="updates"):
        for _ in range(20):
            await asyncio.sleep(0)
        assert read == 0
        async with updates.listening() as listener:
            await listener.updates.get()
        assert read


async def test_a_database_that_is_away_and_back_is_told(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.005)
    away = iter([True, True])

    class Away(LiveCalls):
        def read(self) -> None:
            if next(away, False):
                raise StoreUnavailable("records database: gone")
            super().read()

    updates = LiveUpdates(Away(store), DRAWING)
    async with supervised(updates.run(), name="updates"), updates.listening() as listener:
        assert "away" in (await next_of(listener, "trouble"))["message"]
        await next_of(listener, "trouble")
        assert (await next_of(listener, "trouble"))["message"] == ""
        assert await next_of(listener, "calls") == {"ids": []}


async def test_a_browser_that_takes_nothing_is_let_go(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.005)
    monkeypatch.setattr(module, "MOST_MESSAGES", 3)

    class Busy(LiveCalls):
        def read(self) -> None:
            before = self.calls.get("AJ_1")
            version = 0 if before is None else before.version + 1
            self.calls = {"AJ_1": LiveCall(1, "AJ_1", NOON, version=version)}

    updates = LiveUpdates(Busy(store), DRAWING)
    async with supervised(updates.run(), name="updates"), updates.listening() as listener:
        # Two after the first round, then three, then there is no room.
        while listener.updates.qsize() != 1:  # noqa: ASYNC110 - nothing must be taken, so nothing can be awaited
            await asyncio.sleep(0.005)
        assert await listener.updates.get() is None


async def test_streams_end_with_the_console(store: RecordStore) -> None:
    updates = LiveUpdates(LiveCalls(store), DRAWING, closing=lambda: True)
    async with supervised(updates.run(), name="updates"), updates.listening() as listener:
        assert await listener.updates.get() is None


def test_a_message_is_one_event_whatever_is_said() -> None:
    said = "a\n\ndata: b\r\u2028\ud800"
    encoded = Update("entry", {"html": said}, 7).encoded()
    *fields, data = encoded.removesuffix("\n\n").split("\n")
    assert fields == ["id: 7", "event: entry"]
    assert json.loads(data.removeprefix("data: ")) == {"html": said}
    assert encoded.isascii() and encoded.endswith("\n\n")

"""Calls on their way from the spool into the database: whole, once, and whoever brings them."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from callagent.database import StoreUnavailable
from callagent.journal.codec import Line
from callagent.records import Delivery, DeliveryThread, Prices, RecordStore, Wanted, open_records, places, spool
from callagent.records.prices import Price
from tests.support.kept_calls import head_of, raw, talk
from tests.support.postgres_server import PostgresServer

LINES = talk()


class Writer:
    """The process of a call, as far as the spool knows it."""

    def __init__(self, place: Path, call: str = "AJ_1", minute: float = 0) -> None:
        self.file = spool.open_named(place, spool.file_name(call))
        self.put(head_of(call, minute))

    def put(self, *lines: Line, torn: bytes = b"") -> None:
        os.write(self.file, b"".join(line + b"\n" for line in raw(lines)) + torn)

    def dies(self) -> None:
        os.close(self.file)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def delivery(location: str, place: Path) -> Iterator[Delivery]:
    with closing(Delivery(location, [place])) as delivery:
        yield delivery


@pytest.fixture
def reader(location: str) -> Iterator[RecordStore]:
    with closing(RecordStore(location)) as store:
        yield store


def test_a_call_is_in_the_database_as_it_goes_and_its_file_is_gone_when_it_is_over(
    delivery: Delivery, reader: RecordStore, place: Path
) -> None:
    writer = Writer(place)
    delivery.round()
    assert reader.get("AJ_1").state == "live"
    writer.put(*LINES[:5])
    delivery.round()
    assert len(reader.turns("AJ_1")) == 2
    writer.put(*LINES[5:])
    delivery.round()
    assert spool.waiting([place]) != []
    writer.dies()
    delivery.round()
    assert (reader.get("AJ_1").state, list(reader.journal("AJ_1").lines)) == ("ended", LINES)
    assert spool.waiting([place]) == []
    assert delivery.depth == 0


def test_what_a_killed_process_leaves_is_delivered_up_to_its_last_whole_line(
    delivery: Delivery, reader: RecordStore, place: Path
) -> None:
    writer = Writer(place)
    writer.put(*LINES[:7], torn=b'{"type": "turn", "at": 4.')
    writer.dies()
    delivery.round()
    assert reader.get("AJ_1").state == "cut off"
    assert list(reader.journal("AJ_1").lines) == LINES[:7]


def test_a_line_is_delivered_once_it_is_whole(delivery: Delivery, reader: RecordStore, place: Path) -> None:
    writer = Writer(place)
    text = raw(LINES[:1])[0] + b"\n"
    os.write(writer.file, text[:10])
    delivery.round()
    assert reader.get("AJ_1").lines == 1
    os.write(writer.file, text[10:])
    delivery.round()
    assert list(reader.journal("AJ_1").lines) == LINES[:1]
    writer.dies()


def test_two_that_deliver_in_turn_deliver_each_line_once(
    location: str, delivery: Delivery, reader: RecordStore, place: Path
) -> None:
    writer = Writer(place)
    with closing(Delivery(location, [place])) as other:
        for number, line in enumerate(LINES):
            writer.put(line)
            (delivery if number % 3 else other).round()
        writer.dies()
        other.round()
        delivery.round()
    assert list(reader.journal("AJ_1").lines) == LINES
    assert len(reader.turns("AJ_1")) == 3


def test_a_call_whose_file_could_not_be_removed_is_there_once(
    delivery: Delivery, reader: RecordStore, place: Path
) -> None:
    writer = Writer(place)
    writer.put(*LINES)
    writer.dies()
    (path,) = spool.waiting([place])
    content = path.read_bytes()
    delivery.round()
    path.write_bytes(content)
    delivery.round()
    assert (reader.count(), len(reader.turns("AJ_1")), list(reader.journal("AJ_1").lines)) == (1, 3, LINES)


def test_a_call_that_has_moved_to_another_place_is_there_once(location: str, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    with closing(Delivery(location, [first, second])) as delivery, closing(RecordStore(location)) as reader:
        before = Writer(first)
        before.put(*LINES[:6])
        delivery.round()
        after = Writer(second)
        after.put(*LINES[:9])
        before.dies()
        delivery.round()
        after.put(*LINES[9:])
        after.dies()
        delivery.round()
        assert (reader.get("AJ_1").state, list(reader.journal("AJ_1").lines)) == ("ended", LINES)


def test_a_database_that_is_made_anew_under_way_gets_the_whole_call(tmp_path: Path, place: Path) -> None:
    file = tmp_path / "records.db"
    writer = Writer(place)
    writer.put(*LINES[:6])
    with closing(Delivery(str(file), [place])) as delivery:
        delivery.round()
        with closing(RecordStore(str(file))) as store:
            store.delete("AJ_1")
        writer.put(*LINES[6:])
        writer.dies()
        delivery.round()
        delivery.round()
    with closing(RecordStore(str(file))) as store:
        assert list(store.journal("AJ_1").lines) == LINES


def test_a_file_that_is_no_call_is_set_aside_and_the_others_are_delivered(
    delivery: Delivery, reader: RecordStore, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place.mkdir()
    (place / "strange.call").write_bytes(b"my card is 4111111111111111\n" * 3)
    writer = Writer(place)
    writer.put(*LINES)
    writer.dies()
    for _ in range(6):
        delivery.round()
    assert reader.get("AJ_1").state == "ended"
    assert [path.name for path in place.iterdir() if path.name != ".lock"] == ["strange.call.refused"]
    assert "4111" not in caplog.text
    assert caplog.text.count("set aside") == 1


def test_a_call_that_breaks_what_reads_it_is_set_aside_and_the_others_are_delivered(
    location: str, reader: RecordStore, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    strange = Writer(place, "AJ_0")
    os.write(
        strange.file,
        b'{"type": "usage", "at": 1.0, "kind": "llm", "provider": "p", "model": "m", "figures": {"input_tokens": %s}}\n'
        % (b"9" * 400),
    )
    strange.dies()
    writer = Writer(place, "AJ_1", 1)
    writer.put(*LINES)
    writer.dies()
    prices = Prices(models=[Price(provider="*", model="*", input_tokens=1.0)])
    with closing(Delivery(location, [place], prices=prices)) as delivery:
        for _ in range(6):
            delivery.round()
        assert delivery.depth == 0
    assert reader.get("AJ_1").state == "ended"
    assert [path.name for path in place.iterdir() if path.name != ".lock"] == ["AJ_0.call.refused"]
    assert caplog.text.count("set aside") == 1


def test_calls_wait_while_the_database_is_locked_and_come_afterwards(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "records.db"
    RecordStore(str(file)).close()
    monkeypatch.setattr("callagent.database.engine.BUSY_TIMEOUT_S", 0.05)
    writer = Writer(place)
    writer.put(*LINES)
    writer.dies()
    with closing(Delivery(str(file), [place])) as delivery:
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreUnavailable, match="locked"):
                delivery.round()
            assert delivery.depth == 1
        delivery.round()
        assert delivery.depth == 0
    with closing(RecordStore(str(file))) as reader:
        assert list(reader.journal("AJ_1").lines) == LINES


def test_calls_wait_while_the_disk_is_full_and_come_afterwards(tmp_path: Path, place: Path) -> None:
    with closing(RecordStore(str(tmp_path / "records.db"))) as store:
        writer = Writer(place)
        writer.put(*LINES)
        writer.dies()
        delivery = Delivery(store.location, [place], store=store)
        with store.session() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are
        with pytest.raises(StoreUnavailable, match="full"):
            for number in range(1000):
                delivery.round()
                writer = Writer(place, f"AJ_{number + 2}")
                writer.put(*LINES * 20)
                writer.dies()
        with store.session() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")
        delivery.round()
        assert delivery.depth == 0
        assert list(store.journal("AJ_1").lines) == LINES


def test_calls_wait_while_postgresql_is_away_and_come_when_it_is_back(postgres: PostgresServer, place: Path) -> None:
    location = postgres.database()
    writer = Writer(place)
    writer.put(*LINES[:6])
    with closing(Delivery(location, [place])) as delivery:
        delivery.round()
        postgres.stop()
        try:
            writer.put(*LINES[6:])
            writer.dies()
            with pytest.raises(StoreUnavailable):
                delivery.round()
            assert delivery.depth == 1
        finally:
            postgres.start()
        delivery.round()
        assert delivery.depth == 0
    with closing(RecordStore(location)) as reader:
        assert (reader.get("AJ_1").state, list(reader.journal("AJ_1").lines)) == ("ended", LINES)


def wait_for(condition: threading.Event) -> None:
    assert condition.wait(20), "nothing came"


def test_the_log_tells_once_that_the_database_is_away_and_once_that_it_is_back(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("callagent.records.delivery.EVERY_S", 0.01)
    monkeypatch.setattr("callagent.records.delivery.LONGEST_PAUSE_S", 0.01)
    directory = tmp_path / "data"
    directory.write_text("no directory")
    writer = Writer(place)
    writer.put(*LINES)
    writer.dies()
    tries, delivered = threading.Event(), threading.Event()
    rounds: list[int] = []

    class Watched(Delivery):
        def round(self) -> None:
            rounds.append(1)
            if len(rounds) == 5:
                tries.set()
            super().round()
            delivered.set()

    thread = DeliveryThread(Watched(str(directory / "records.db"), [place]))
    wait_for(tries)
    directory.unlink()
    wait_for(delivered)
    thread.close(20)
    told = [record.message for record in caplog.records if record.name == "callagent.records"]
    assert told == ["database away: calls are kept in the spool", "database back: calls are delivered"]
    with closing(RecordStore(str(directory / "records.db"))) as reader:
        assert reader.get("AJ_1").state == "ended"


def test_what_came_last_is_delivered_when_the_thread_is_closed(tmp_path: Path, place: Path) -> None:
    depths: list[int] = []
    thread = DeliveryThread(Delivery(str(tmp_path / "records.db"), [place]), depths.append)
    writer = Writer(place)
    writer.put(*LINES)
    writer.dies()
    thread.close(20)
    with closing(RecordStore(str(tmp_path / "records.db"))) as reader:
        assert reader.get("AJ_1").state == "ended"


def test_a_call_in_which_nothing_happens_is_known_to_live(
    delivery: Delivery, reader: RecordStore, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(place)
    delivery.round()
    before = reader.get("AJ_1").seen
    delivery.round()
    assert reader.get("AJ_1").seen == before
    monkeypatch.setattr("callagent.records.delivery.HEARTBEAT_S", -1.0)
    delivery.round()
    assert reader.get("AJ_1").seen > before
    writer.dies()


def test_whoever_looks_at_the_records_sees_what_a_dead_worker_has_left(tmp_path: Path) -> None:
    location = str(tmp_path / "records.db")
    found = places(location)
    calls: Sequence[Writer] = [Writer(found[0], f"AJ_{number}", number) for number in range(2)]
    for call in calls:
        call.put(*LINES[:8])
    calls[0].dies()
    with closing(open_records(location)) as store:
        states = {call.id: call.state for call in store.find()}
        assert states == {"AJ_0": "cut off", "AJ_1": "live"}
        assert [call.id for call in store.find(Wanted(state="cut off"))] == ["AJ_0"]
    calls[1].dies()

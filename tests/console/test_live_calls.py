"""Calls under way as they are read from the database, packet by packet."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from callagent.console.live_calls import GONE, MOST_ENTRIES, LiveCall, LiveCalls
from callagent.journal.events import AgentState, CallEnded, CallerHeard, HandedOver, Note, OnHold, TurnAdded
from callagent.records import CallRow, Packet, RecordStore
from callagent.records.search import LOST_AFTER_S
from tests.support.kept_calls import NUMBER, head_of, keep, raw, talk


@pytest.fixture
def live(store: RecordStore) -> LiveCalls:
    return LiveCalls(store)


def begin(store: RecordStore, call: str = "AJ_1", minute: float = 0) -> None:
    store.begin(head_of(call, minute))


def texts(call: LiveCall) -> list[str]:
    return [entry.pii_text for entry in call.entries]


def test_calls_under_way_are_there_the_newest_first_and_those_over_are_not(store: RecordStore, live: LiveCalls) -> None:
    begin(store, "AJ_old")
    begin(store, "AJ_new", minute=1)
    keep(store, head_of("AJ_over", 2))
    live.read()
    assert list(live.calls) == ["AJ_new", "AJ_old"]
    assert live.calls["AJ_new"].fact("number") == NUMBER


def test_each_line_is_taken_once(store: RecordStore, live: LiveCalls) -> None:
    begin(store)
    lines = raw(talk()[:-1])
    for number, line in enumerate(lines, 1):
        store.append(Packet("AJ_1", number, [line]))
        live.read()
        live.read()
    call = live.calls["AJ_1"]
    assert [entry.line for entry in call.entries] == sorted({entry.line for entry in call.entries})
    assert (call.turns, call.tools, call.stopped, call.talked_on, call.errors) == (3, 1, 1, 1, 1)
    assert call.next_line == 1 + len(lines)


def test_nothing_new_is_the_same_version(store: RecordStore, live: LiveCalls) -> None:
    begin(store)
    live.read()
    version = live.calls["AJ_1"].version
    live.read()
    assert live.calls["AJ_1"].version == version
    store.append(Packet("AJ_1", 1, raw([AgentState(1, "thinking")])))
    live.read()
    assert live.calls["AJ_1"].version > version


def test_a_call_that_ends_brings_its_last_lines_once_and_is_gone_then(store: RecordStore, live: LiveCalls) -> None:
    begin(store)
    store.append(Packet("AJ_1", 1, raw([TurnAdded(1, "assistant", "Hello")])))
    live.read()
    store.append(Packet("AJ_1", 2, raw([TurnAdded(2, "user", "Bye"), CallEnded(3, "caller hung up")])))
    store.end("AJ_1")
    live.read()
    call = live.calls["AJ_1"]
    assert (texts(call), call.outcome) == (["Hello", "Bye", "caller hung up"], "caller hung up")
    live.read()
    assert live.calls == {}


def test_a_call_whose_worker_is_gone_is_cut_off(store: RecordStore, live: LiveCalls) -> None:
    begin(store)
    live.read()
    long_ago = datetime.now(UTC) - timedelta(seconds=LOST_AFTER_S + 1)
    with store.session() as session:
        session.execute(update(CallRow).values(seen=long_ago))
    live.read()
    assert live.calls["AJ_1"].outcome == "cut off"


def test_a_call_that_is_deleted_meanwhile_is_told(store: RecordStore, live: LiveCalls) -> None:
    begin(store)
    live.read()
    store.delete("AJ_1")
    live.read()
    assert live.calls["AJ_1"].outcome == GONE


def test_lines_that_are_none_are_passed_over(store: RecordStore, live: LiveCalls) -> None:
    begin(store)
    new = b'{"type": "of a newer version", "at": 1.0}'
    store.append(Packet("AJ_1", 1, [b"{half a li", new, *raw([Note(2, "read")])]))
    live.read()
    call = live.calls["AJ_1"]
    assert (texts(call), call.entries[0].line, call.next_line) == (["read"], 3, 4)


def test_what_is_going_on_is_known() -> None:
    call = LiveCall(1, "AJ_1", datetime.now(UTC))
    for line in (AgentState(1, "speaking"), OnHold(2, True), HandedOver(3, "orders", "reception")):
        call.take(1, line)
    call.take(4, CallerHeard(4, "I would like", False))
    assert (call.state, call.on_hold, call.agent, call.pii_interim) == ("speaking", True, "orders", "I would like")
    call.take(5, CallerHeard(5, "I would like tea.", True))
    assert call.pii_interim == ""


def test_what_is_said_stands_in_no_repr() -> None:
    call = LiveCall(1, "AJ_1", datetime.now(UTC))
    call.take(1, CallerHeard(1, "my secret", False))
    call.take(2, TurnAdded(2, "user", "my secret"))
    assert "secret" not in repr(call)


def test_of_a_long_call_the_last_entries_are_kept() -> None:
    call = LiveCall(1, "AJ_1", datetime.now(UTC))
    for number in range(MOST_ENTRIES + 10):
        call.take(number, Note(float(number), "a note"))
    assert (len(call.entries), call.entries[0].line) == (MOST_ENTRIES, 10)

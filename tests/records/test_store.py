"""Calls in both databases: written as they go, read by id, by number and by words."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callagent.database import StoreUnavailable
from callagent.journal.codec import Line
from callagent.journal.events import AgentWords, CallEnded, ToolCalled, ToolReturned, TurnAdded
from callagent.records import Packet, RecordStore, UnknownCall, Wanted
from tests.support.kept_calls import NOON, NUMBER, OURS, head_of, keep, keep_twenty, raw, talk


def test_a_call_tells_who_when_and_how_it_ended(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"))
    call = store.get("AJ_1")
    assert (call.direction, call.pii_number, call.pii_own_number, call.country) == ("inbound", NUMBER, OURS, "US")
    assert (call.profile, call.profile_hash, call.agent, call.attempt) == ("en-US", "5a", "callagent", "at-1")
    assert call.started == NOON == call.offered
    times = (call.ringing, call.answered, call.first_audio, call.ended)
    assert times == tuple(NOON + timedelta(seconds=each) for each in (0.2, 0.5, 0.8, 10.0))
    assert (call.state, call.ending, call.reason, call.ended_by) == (
        "ended",
        "caller hung up",
        "caller hung up",
        "caller",
    )
    assert (call.turns, call.tools, call.errors, call.interruptions, call.talked_through) == (3, 1, 1, 1, 1)
    assert (call.response_max_s, call.yield_max_s, call.lost_turns) == (1.2, 0.9, 0)


def test_turns_decisions_tools_and_notes_are_kept_one_by_one(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"))
    assert [turn.role for turn in store.turns("AJ_1")] == ["assistant", "user", "assistant"]
    assert [(each.decision, each.rule) for each in store.decisions("AJ_1")] == [
        ("interrupt", "words"),
        ("drop", "acknowledgement"),
    ]
    assert store.decisions("AJ_1")[0].pii_overlap["transcripts"][0]["text"] == "wait"
    (tool,) = store.tools("AJ_1")
    assert (tool.name, tool.pii_arguments, tool.status, tool.pii_result, tool.seconds) == (
        *("find_slot", {"day": "monday"}, "done"),
        *("ten o'clock", 0.5),
    )
    assert [(note.kind, note.pii_text) for note in store.notes("AJ_1")] == [
        ("error", "APIError: 503"),
        ("note", "no such voice"),
        ("author note", "wants Monday"),
    ]


def test_the_journal_comes_back_as_it_was(store: RecordStore) -> None:
    head, lines = head_of("AJ_1"), talk()
    keep(store, head, lines)
    journal = store.journal("AJ_1")
    assert (journal.head, list(journal.lines), journal.cut_off) == (head, lines, False)


def test_the_record_is_that_of_the_calls_json_file(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"))
    record = store.record("AJ_1")
    assert (record["call"], record["reason"], record["seconds"]) == ("AJ_1", "caller hung up", 10.0)
    assert (record["started"], record["answered"]) == ("2026-03-02T12:00:00.000+00:00", "2026-03-02T12:00:00.500+00:00")
    assert record["caller"] == {"sip.phoneNumber": NUMBER, "sip.trunkPhoneNumber": OURS, "sip.trunkID": "ST_1"}
    assert [turn["text"] for turn in record["turns"]][1] == "I need an appointment"
    assert record["tools"][0]["result"] == "ten o'clock"
    keep(store, head_of("AJ_2"), talk()[:-1])
    assert (store.record("AJ_2")["reason"], store.record("AJ_2")["ended"]) == (None, None)


def test_lines_that_come_again_change_nothing_whatever_was_in_the_first_packet(store: RecordStore) -> None:
    everything = raw([head_of("AJ_1"), *talk()])
    for first, last in ((0, 1), (0, 8), (3, 12), (0, len(everything)), (0, len(everything))):
        store.append(Packet("AJ_1", first, everything[first:last]))
    store.end("AJ_1")
    store.append(Packet("AJ_1", 0, everything))
    store.end("AJ_1")
    call = store.get("AJ_1")
    assert (call.lines, call.turns, call.tools, len(store.turns("AJ_1"))) == (len(everything), 3, 1, 3)
    assert list(store.journal("AJ_1").lines) == talk()


def test_lines_that_follow_what_is_missing_are_not_taken(store: RecordStore) -> None:
    store.begin(head_of("AJ_1"))
    with pytest.raises(ValueError, match="missing"):
        store.append(Packet("AJ_1", 2, raw(talk())))
    with pytest.raises(ValueError, match="head"):
        store.append(Packet("AJ_2", 0, raw(talk())))
    assert (store.get("AJ_1").lines, store.count()) == (1, 1)


def test_of_several_packets_all_are_taken_or_none(store: RecordStore) -> None:
    with pytest.raises(ValueError, match="head"):
        store.append(Packet("AJ_1", 0, raw([head_of("AJ_1")])), Packet("AJ_2", 0, raw(talk())))
    assert store.count() == 0


def test_what_becomes_known_later_replaces_the_head(store: RecordStore) -> None:
    early, later = head_of("AJ_1", profile=""), head_of("AJ_1", profile="de-DE")
    keep(store, early, [later, *talk()])
    assert store.get("AJ_1").profile == "de-DE"
    assert (store.journal("AJ_1").head, list(store.journal("AJ_1").lines)) == (later, talk())


def test_a_call_that_was_cut_off_lasts_until_its_last_line(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"), talk()[:-1])
    call = store.get("AJ_1")
    assert (call.state, call.seconds, call.ending, call.ended_by) == ("cut off", 8.2, "", "")
    assert store.journal("AJ_1").cut_off
    assert [each.id for each in store.find(Wanted(state="cut off"))] == ["AJ_1"]


def test_a_call_that_was_taken_for_cut_off_goes_on(store: RecordStore) -> None:
    everything = raw([head_of("AJ_1"), *talk()])
    store.append(Packet("AJ_1", 0, everything[:8]))
    store.end("AJ_1")
    store.append(Packet("AJ_1", 8, everything[8:12]))
    assert (store.get("AJ_1").state, store.get("AJ_1").ended) == ("live", None)
    store.append(Packet("AJ_1", 12, everything[12:]))
    store.end("AJ_1")
    assert (store.get("AJ_1").state, store.get("AJ_1").seconds) == ("ended", 10.0)
    assert list(store.journal("AJ_1").lines) == talk()


def test_an_end_that_is_told_again_corrects_the_one_before(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"), [*talk(), CallEnded(10.5, "worker stopped")])
    assert (store.get("AJ_1").ending, store.get("AJ_1").ended_by) == ("worker stopped", "worker")


def test_a_live_call_of_which_nothing_is_heard_any_more_reads_as_cut_off(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(head_of("AJ_1"))
    assert [each.state for each in store.find(Wanted(state="live"))] == ["live"]
    monkeypatch.setattr("callagent.records.search.lost_before", lambda: datetime.now(UTC) + timedelta(hours=1))
    monkeypatch.setattr("callagent.records.store.lost_before", lambda: datetime.now(UTC) + timedelta(hours=1))
    assert store.find(Wanted(state="live")) == []
    assert [each.state for each in store.find(Wanted(state="cut off"))] == ["cut off"]
    monkeypatch.undo()
    assert store.get("AJ_1").state == "live"  # nobody has written it


def test_a_call_is_known_by_the_begin_of_its_id(store: RecordStore) -> None:
    for call in ("AJ_abc", "AJ_abd", "AJ_x%_1"):
        keep(store, head_of(call))
    assert store.get("AJ_x").id == "AJ_x%_1"
    with pytest.raises(UnknownCall, match="several calls") as raised:
        store.get("AJ_ab")
    assert set(raised.value.nearest) == {"AJ_abc", "AJ_abd"}
    for nothing in ("AJ_y", "%", "AJ_x_", ""):
        with pytest.raises(UnknownCall):
            store.get(nothing)


def test_calls_that_begin_at_the_same_moment_are_all_there(store: RecordStore) -> None:
    for number in range(5):
        keep(store, head_of(f"AJ_{number}"))
    assert {call.id for call in store.find()} == {f"AJ_{number}" for number in range(5)}
    assert len({call.seq for call in store.find()}) == 5


def test_a_call_that_is_deleted_leaves_nothing(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"))
    keep(store, head_of("AJ_2", 1))
    assert store.delete("AJ_1")
    assert not store.delete("AJ_1")
    assert [call.id for call in store.find(Wanted(text="appointment"))] == ["AJ_2"]
    keep(store, head_of("AJ_1"), [])
    assert (store.turns("AJ_1"), store.decisions("AJ_1"), store.tools("AJ_1"), store.notes("AJ_1")) == ([], [], [], [])
    assert len(store.turns("AJ_2")) == 3


def test_calls_that_are_over_are_pruned_by_their_age(store: RecordStore) -> None:
    for minute in range(3):
        keep(store, head_of(f"AJ_{minute}", minute))
    store.begin(head_of("AJ_live", -1))
    before = NOON + timedelta(minutes=2)
    assert store.prune(before, dry_run=True) == 2
    assert store.count() == 4
    assert store.prune(before) == 2
    assert [call.id for call in store.find()] == ["AJ_2", "AJ_live"]


BAD = {
    "null bytes": "a\0b",
    "half a character": "a\ud83db",
    "a terminal's codes": "\x1b[31m",
    "very long": "word " * 100_000,
}


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
def test_no_text_costs_a_call(store: RecordStore, text: str) -> None:
    lines: list[Line] = [
        TurnAdded(1.0, "user", text),
        ToolCalled(2.0, text[:300], {text[:300]: [text, {1, 2}]}, "c1"),
        ToolReturned(3.0, "c1", "done", text),
        CallEnded(4.0, "error", text),
    ]
    keep(store, head_of("AJ_1", number=text[:50]), lines)
    assert store.get("AJ_1").ending == "error"
    assert (len(store.turns("AJ_1")), len(store.tools("AJ_1"))) == (1, 1)
    assert len(store.journal("AJ_1").lines) == 4


def test_a_result_of_ten_megabytes_is_cut_and_the_call_kept(store: RecordStore) -> None:
    keep(
        store,
        head_of("AJ_1"),
        [ToolCalled(1.0, "t", {"x": "y" * 10_000_000}, "c"), ToolReturned(2.0, "c", "done", "z" * 10_000_000)],
    )
    (tool,) = store.tools("AJ_1")
    assert 1000 < len(tool.pii_result) < 100_000


def test_clocks_that_go_backwards_and_times_beyond_the_calendar_keep_the_call(store: RecordStore) -> None:
    head = head_of("AJ_1")
    keep(
        store, head, [TurnAdded(-3600.0, "user", "hello"), AgentWords(1e300, "hi"), CallEnded(-10.0, "caller hung up")]
    )
    assert store.get("AJ_1").state == "ended"
    assert len(store.journal("AJ_1").lines) == 3


def test_lines_that_are_none_or_of_a_newer_version_are_kept_and_passed_over(store: RecordStore) -> None:
    lines = raw([head_of("AJ_1"), *talk()])
    lines[3:3] = [b"\0\0\0", b'{"type": "hologram", "at": 1.0}', b'{"type": "turn"']
    store.append(Packet("AJ_1", 0, lines))
    store.end("AJ_1")
    assert list(store.journal("AJ_1").lines) == talk()
    assert store.get("AJ_1").lines == len(lines)


def test_nothing_personal_is_in_a_repr(store: RecordStore) -> None:
    keep(store, head_of("AJ_1"))
    shown = repr(
        [
            store.find(),
            store.turns("AJ_1"),
            store.tools("AJ_1"),
            Packet("AJ_1", 0, [b"secret"]),
            Wanted(NUMBER, text="secret"),
        ]
    )
    assert not any(each in shown for each in (NUMBER, "appointment", "monday", "secret"))


def test_threads_that_write_the_same_call_write_it_once(store: RecordStore) -> None:
    everything = raw([head_of("AJ_1"), *talk()])
    store.append(Packet("AJ_1", 0, everything[:1]))

    def write(length: int) -> None:
        store.append(Packet("AJ_1", 0, everything[:length]))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [4, 9, 14, len(everything)] * 3))
    store.end("AJ_1")
    assert (store.get("AJ_1").lines, store.get("AJ_1").turns) == (len(everything), 3)
    assert list(store.journal("AJ_1").lines) == talk()


WRITER = """
import sys
from tests.support.kept_calls import keep_twenty
print("ready", flush=True)
sys.stdin.readline()
keep_twenty(sys.argv[1], "a")
"""


def test_two_processes_write_into_one_database(location: str) -> None:
    command, root = [sys.executable, "-c", WRITER, location], Path(__file__).parents[2]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        other.stdin.write("\n")
        other.stdin.flush()
        keep_twenty(location, "b")
        _, errors = other.communicate(timeout=50)
    assert other.returncode == 0, errors
    with closing(RecordStore(location)) as store:
        assert store.count() == 40


def test_a_database_of_a_newer_schema_is_refused_in_one_line(store: RecordStore) -> None:
    with store.session() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match="has schema 9999, of a newer callagent") as raised:
        RecordStore(store.location)
    assert "\n" not in str(raised.value)

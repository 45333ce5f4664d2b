import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings

from callagent.journal import CallerKeys, HandedOver, ToolCalled, TurnAdded
from callagent.journal.call_record import CallRecord
from tests.support.hostile import HALVES, VALUES


@pytest.fixture
def record() -> CallRecord:
    return CallRecord(call="AJ_1", room="call-1", started=1_700_000_000.0)


def test_a_record_is_one_json_file_named_by_start_and_call(record: CallRecord, tmp_path: Path) -> None:
    record.log.add(TurnAdded(1.0, "user", "Grüß Gott"))
    record.happened("agent hung up")
    path = record.write(tmp_path)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "20231114T221320-AJ_1.json"
    assert written["started"] == "2023-11-14T22:13:20.000+00:00"
    assert (written["reason"], written["turns"][0]["text"]) == ("agent hung up", "Grüß Gott")
    assert list(tmp_path.iterdir()) == [path]


def test_the_first_end_counts(record: CallRecord) -> None:
    record.happened("job failed", "ValueError: no")
    record.happened("caller left", "not this one")
    assert (record.reason, record.error) == ("error", "ValueError: no")


def test_what_failed_stays_when_the_end_is_corrected(record: CallRecord) -> None:
    record.happened("job failed", "ValueError: no")
    ended = record.ended
    record.happened("worker stopped")
    assert (record.reason, record.error, record.ended) == ("worker stopped", "ValueError: no", ended)
    record.happened("busy", "busy: 486 Busy Here")
    assert (record.reason, record.error) == ("not answered", "busy: 486 Busy Here")


def test_a_record_of_a_call_in_progress_can_be_written(record: CallRecord, tmp_path: Path) -> None:
    written = json.loads(record.write(tmp_path).read_text(encoding="utf-8"))
    assert (written["ended"], written["seconds"], written["reason"]) == (None, None, None)


def test_a_note_is_kept(record: CallRecord) -> None:
    record.note("unknown profile 'xx'")
    assert record.as_dict()["notes"] == ["unknown profile 'xx'"]


def test_hand_overs_are_events_and_the_first_agent_is_none(record: CallRecord) -> None:
    for entry in (HandedOver(0, "a"), HandedOver(1, "b", "a"), HandedOver(2, "c", "b", True), HandedOver(3, "b", "c")):
        record.log.add(entry)
    told = [(event["type"], event["from"], event["to"]) for event in record.as_dict()["events"]]
    assert told == [("hand-over", "a", "b"), ("task", "b", "c"), ("hand-over", "c", "b")]


def test_a_record_is_written_whatever_is_in_it(record: CallRecord, tmp_path: Path) -> None:
    record.log.add(ToolCalled(1.0, "look", cast(Any, Path("/x"))))
    record.log.add(TurnAdded(1.0, "user", "half a pair: \ud83d"))
    written = json.loads(record.write(tmp_path).read_text(encoding="utf-8"))
    assert written["tools"][0]["arguments"] == "/x"
    assert written["turns"][0]["text"] == "half a pair: \ufffd"
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_nothing_is_left_of_a_record_that_cannot_be_written(
    record: CallRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("callagent.private_files.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        record.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES, HALVES)
def test_no_content_costs_the_record(tmp_path: Path, value: Any, text: str) -> None:
    record = CallRecord(call="AJ_1", room=text, context={"value": value}, started=1_700_000_000.0)
    record.log.add(ToolCalled(1.0, text, value))
    record.log.add(CallerKeys(1.0, text))
    record.happened("job failed", text)
    written = json.loads(record.write(tmp_path).read_text(encoding="utf-8"))
    assert written["reason"] == "error"
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]

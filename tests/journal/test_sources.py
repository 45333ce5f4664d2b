import json
from pathlib import Path

import pytest

from callagent.journal import CallJournal, Head, write_journal
from callagent.journal.call_record import CallRecord
from callagent.journal.sources import find, records_without_journal


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A directory with the record and the journal of a call."""
    record = CallRecord("AJ_1", "call-1", started=0.0)
    record.write(tmp_path)
    write_journal(CallJournal(record.head("a test"), []), tmp_path / "19700101T000000-AJ_1.events.jsonl")
    return tmp_path


def test_a_journal_the_record_beside_it_and_their_directory_are_one_call(records: Path) -> None:
    record, journal = sorted(records.iterdir(), key=lambda path: path.suffix)
    assert (record.suffix, journal.suffix) == (".json", ".jsonl")
    same = records / ".." / records.name / journal.name
    for paths in ([record], [journal], [records], [record, journal, records], [journal, same]):
        assert find(paths).journals == [journal]
        assert find(paths).problems == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "no such file or directory"),
        ("{}", "is neither a journal nor the record of a call"),
        ("[]", "is neither a journal nor the record of a call"),
        ("\0", "is neither a journal nor the record of a call"),
        (json.dumps(CallRecord("a", "b").as_dict()), "is the record of a call without a journal (a.events.jsonl): "),
    ],
)
def test_a_file_without_a_journal_is_told_by_name(tmp_path: Path, content: str | None, problem: str) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_text(content)
    (told,) = find([path]).problems
    assert str(told).startswith(f"{path}: {problem}")


def test_a_directory_without_journals_is_told_with_its_records(tmp_path: Path) -> None:
    (told,) = find([tmp_path]).problems
    assert str(told) == f"{tmp_path}: has no journal of a call (*events.jsonl)"
    CallRecord("AJ_1", "call-1", started=0.0).write(tmp_path)
    (told,) = find([tmp_path]).problems
    assert "; its 1 record (*.json) have none beside them: callagent 0.1 kept none" in str(told)


def test_what_is_wrong_with_one_does_not_keep_the_others(records: Path) -> None:
    found = find([records / "no", records])
    assert (len(found.journals), len(found.problems)) == (1, 1)


def test_records_that_have_a_journal_are_not_counted(records: Path) -> None:
    assert records_without_journal(records) == 0
    CallRecord("AJ_2", "call-2", started=0.0).write(records)
    (records / "other.json").write_text("{}")
    assert records_without_journal(records) == 1


def test_heads_of_journals_are_those_of_their_records() -> None:
    context = {"number": "+12025550123"}
    record = CallRecord("AJ_1", "call-1", profile="en-US", started=0.0, context=context, agent="us", offered=0.0)
    began = "1970-01-01T00:00:00.000+00:00"
    assert record.head("a test") == Head(
        "AJ_1", "en-US", "real", None, "call-1", began, context, "a test", "default", agent="us", offered=began
    )

import json
from pathlib import Path

import pytest

from callagent.journal import find_journals, read_journal, write_journal
from callagent.profile import ConfigError
from callagent.turns.events import TimerFired
from tests.tuning.journals import Said, journal_of

HEAD = '{"type": "call", "call": "A", "profile": "mine", "level": "text", "seconds": 9}\n'


def test_what_is_written_is_read_back_exactly(tmp_path: Path) -> None:
    said = Said(1 / 3, "¿Sí?\u2028\x1b\U0001f44d", "acknowledgement")
    journal = journal_of(said, stops=[0.7], extra=[TimerFired(0.71, 4)])
    write_journal(journal, tmp_path / "events.jsonl")
    assert read_journal(tmp_path / "events.jsonl") == journal


def test_journals_are_found_below_a_directory(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    for name in ("one/events.jsonl", "two.events.jsonl", "timeline.json"):
        (tmp_path / name).touch()
    assert [path.name for path in find_journals(tmp_path)] == ["events.jsonl", "two.events.jsonl"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"type": "call', "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[1]", "is no line of a journal (type: one of call, utterance,"),
        (b'{"type": "dance", "at": 1}', "is no line of a journal"),
        (b'{"type": ["call"]}', "is no line of a journal"),
        (b'{"type": "caller_hushed"}', "at: Field required"),
        (b'{"type": "caller_hushed", "at": "1"}', "at: Input should be a valid number"),
        (b'{"type": "caller_hushed", "at": NaN}', "a number is not finite"),
        (b'{"type": "agent_state", "at": 1, "state": "asleep"}', "state: Input should be"),
        (b'{"type": "agent_text", "at": 1, "text": "' + b"a" * (1 << 20) + b'"}', "is longer than 1048576 bytes"),
    ],
)
def test_a_broken_line_is_named_with_its_place(tmp_path: Path, line: bytes, problem: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(HEAD.encode() + line + b"\n")
    with pytest.raises(ConfigError) as refused:
        read_journal(path)
    assert str(refused.value).startswith(f"{path}:2: {problem}")


@pytest.mark.parametrize("text", ["", '{"type": "caller_hushed", "at": 1}\n'])
def test_a_journal_begins_with_its_call(tmp_path: Path, text: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"events\.jsonl:1: a journal begins with a line of type call"):
        read_journal(path)


def test_a_line_is_an_object_with_a_type(tmp_path: Path) -> None:
    write_journal(journal_of(Said(1, "Okay.", "tic")), tmp_path / "events.jsonl")
    types = [json.loads(line)["type"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert types[:3] == ["call", "utterance", "caller_started"]

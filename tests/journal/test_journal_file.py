from collections.abc import Sequence
from pathlib import Path

import pytest

from callagent.journal import (
    AgentAudible,
    CallEnded,
    CallJournal,
    GateDecided,
    Head,
    Line,
    Stopped,
    TurnAdded,
    find_journals,
    read_journal,
    write_journal,
)
from callagent.turns.gate.events import CallerHushed, TimerFired
from callagent.yaml_config import ConfigError
from tests.scripted_calls.tuning.journals import Said, journal_of

HEAD = '{"type": "call", "call": "A", "profile": "mine", "level": "text", "seconds": 9}\n'
REAL = '{"type": "call", "call": "AJ_1", "profile": "mine", "level": "real"}\n'
TURN = '{"type": "turn", "at": 1.0, "role": "user", "text": "Hello."}\n'
ENDED = '{"type": "ended", "at": 2.0, "reason": "caller hung up"}\n'


def read(path: Path, text: str) -> CallJournal:
    path.write_bytes(text.encode())
    return read_journal(path)


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
        (b"[1]", "is no line of a journal (type: one of call, utterance,"),
        (b'{"type": "caller_hushed"}', "at: Field required"),
        (b'{"type": "caller_hushed", "at": NaN}', "a number is not finite"),
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
    with pytest.raises(ConfigError, match=r"events\.jsonl:1: a journal begins with a line of type call"):
        read(tmp_path / "events.jsonl", text)


@pytest.mark.parametrize("text", ["nonsense", REAL[:20], "\0" * 100])
def test_a_file_of_something_else_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"events\.jsonl:1: is not JSON: no journal of a call"):
        read(tmp_path / "events.jsonl", text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"events\.jsonl: cannot be read: No such file or directory"):
        read_journal(tmp_path / "events.jsonl")


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        (REAL + TURN + ENDED, False),
        (REAL + TURN + ENDED[:-1], False),
        (REAL + TURN + ENDED[:-2], True),
        (REAL + TURN + "\0\0\0", True),
        (REAL + TURN, True),
        (HEAD + TURN, False),
        (HEAD + TURN + ENDED[:9], True),
    ],
)
def test_a_journal_that_was_cut_off_is_read_up_to_its_last_whole_line(tmp_path: Path, text: str, cut_off: bool) -> None:
    journal = read(tmp_path / "events.jsonl", text)
    assert (journal.log.of(TurnAdded), journal.cut_off) == ([TurnAdded(1.0, "user", "Hello.")], cut_off)


@pytest.mark.parametrize(
    ("seconds", "lines", "known"),
    [
        (9.0, [CallEnded(2.0, "error")], 9.0),
        (None, [CallEnded(2.0, "error"), CallerHushed(3.0)], 2.0),
        (None, [AgentAudible(4.0), CallerHushed(3.0)], 4.0),
        (None, [AgentAudible(2.0), CallerHushed(3.0)], 3.0),
        (None, [], 0.0),
    ],
)
def test_a_call_is_as_long_as_is_known(seconds: float | None, lines: Sequence[Line], known: float) -> None:
    assert CallJournal(Head("a", "b", "real", seconds), lines).seconds == known


def test_an_end_that_is_told_again_corrects_the_one_before() -> None:
    journal = CallJournal(Head("a", "b", "real"), [CallEnded(2.0, "agent hung up"), CallEnded(2.0, "worker stopped")])
    assert journal.log.ended == CallEnded(2.0, "worker stopped")
    assert len(journal.log) == 1


def test_the_gate_stopped_the_agent_when_decisions_or_older_lines_say_so() -> None:
    decisions = [GateDecided(at, "x", decision, "rule", 1) for at, decision in ((3.0, "interrupt"), (4.0, "drop"))]
    assert CallJournal(Head("a", "b", "text"), [*decisions, Stopped(1.0), Stopped(3.0)]).stops == [1.0, 3.0]

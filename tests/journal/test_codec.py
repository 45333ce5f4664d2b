"""One line of a journal, written and read back."""

import json
import math
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings

import callagent.journal.events as seen
import callagent.journal.outages.outage_events as failed
from callagent.journal import Head, Line, Observation, Stopped, Utterance
from callagent.journal.codec import LONGEST_LINE_BYTES, LONGEST_TEXT, TYPES, NotALine, parsed, written
from callagent.journal.operator.operator_events import OperatorOrder
from callagent.journal.recordings.recording_events import (
    RecordingEnded,
    RecordingFailed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from callagent.turns import Heard, OverlapRecord
from callagent.turns.gate.events import AgentState, AgentText, CallerStarted, Impression, TimerFired, Transcript
from tests.support.hostile import HALVES, VALUES

OVERLAP = OverlapRecord(1.0, 1.5, 1.2, "drop", "acknowledgement", (Heard(1.25, "Okay.", True, None),), 1 / 3)

LINES: list[Line] = [
    Head("AJ_1", "en-US", "real", None, "call-1", "2026-01-01T00:00:00.000+00:00", {"number": "+12025550123"}, "x"),
    Head("AJ_2", "en-US", "real", made_by="x", profile_source="rule", profile_hash="5a", agent="us", attempt="at-1"),
    Head("Demo", "en-US", "text", 9.0),
    Utterance(1.0, 2.0, "Okay.", "acknowledgement"),
    Utterance(1.0, 2.0, "", None),
    Stopped(1 / 3),
    AgentState(1.0, "speaking", False),
    AgentText(1.0, "Hello"),
    CallerStarted(1.0, 0.9),
    Transcript(1.0, 7, "Okay.", True, 0.5),
    Transcript(1.0, 7, "Okay.", True, 0.5, Impression(0.9, 0.02, 0.03)),
    TimerFired(1.0, 3),
    seen.AgentState(1.0, "idle"),
    seen.AgentWords(1.0, " Hello"),
    seen.AgentAudible(1.0),
    seen.AgentSilent(1.0),
    seen.PlayoutEnded(1.0, True),
    seen.CallerAudible(1.0, 0, "Okay."),
    seen.CallerSilent(1.0, 0),
    seen.CallerHeard(1.0, "¿Sí?\u2028\x1b\U0001f44d", False),
    seen.CallerKeys(1.0, "12#"),
    seen.AgentKeys(1.0, "1", "engine is closed"),
    seen.TransferRequested(1.0, "tel:+12025550123", "busy", True, "moved"),
    seen.OnHold(1.0, True),
    seen.BackgroundSound(1.0, "thinking", "keyboard", True),
    seen.DoNotCall(1.0, "attested B"),
    seen.Disclosed(1.0, "ai", True, 0.75),
    seen.DisclosureMissed(1.0, "recording", 10.0, "the call ended"),
    seen.OptedOut(1.0, "key", False),
    seen.Ringing(1.0),
    seen.Answered(1.0),
    seen.ToolCalled(1.0, "book", {"day": ["friday", {"at": 1.5}], "": None}, "call_1"),
    seen.ToolReturned(1.0, "call_1", "done", "done on friday"),
    seen.GateDecided.of(OVERLAP),
    seen.GateDecided(1.0, "", "interrupt", "grace", None),
    seen.HandedOver(1.0, "orders", "reception", True),
    seen.StateChanged(1.0, "order.items", [{"kind": "rye"}, 2, None], "no"),
    seen.TurnAdded(1.0, "assistant", "x" * 5000, {"llm_node_ttft": 0.25, "started_speaking_at": 1.0}, True),
    seen.CallEnded(1.0, "busy", "486 Busy Here", "silence"),
    seen.Trouble(1.0, "APIError: no"),
    seen.Note(1.0, "unknown profile"),
    seen.AuthorNote(1.0, "wants rye"),
    OperatorOrder(1.0, "5a", "say", "console", "failed", "Good morning.", "the call is over"),
    RecordingStarted(1.0, "s3://calls/2026-01-31/AJ_1.ogg", "opus", 16000, 2),
    RecordingPaused(1.0, "card"),
    RecordingResumed(1.0),
    RecordingEnded(60.0, 60.0),
    RecordingFailed(1.0, "the disk is gone"),
    failed.ProviderFailed(1.0, "llm", "openai", "APIError"),
    failed.FellBack(1.0, "llm", "openai", "script"),
    failed.Recovered(1.0, "llm", "openai"),
    failed.Hung(1.0, "tool", "look_up", 20.0),
    failed.OutageTreated(1.0, "filler", "no answer yet"),
    failed.CallBackDue(1.0, "APIError"),
    seen.ModelUsed(1.0, "llm", "openai", "mini", {"input_tokens": 100.0, "session_duration": 2.5}),
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: type(line).__name__)
def test_what_is_written_is_read_back_exactly(line: Line) -> None:
    text = written(line)
    assert "\n" not in text
    assert parsed(text.encode()) == line


def test_every_type_has_a_line() -> None:
    untried = set(TYPES.values()) - {type(line) for line in LINES}
    assert {kind.__name__ for kind in untried} == {"CallerStopped", "CallerHushed", "CallerAudible"}
    kinds = {getattr(seen, name) for name in vars(seen) if isinstance(getattr(seen, name), type)}
    observed = {kind for kind in kinds if issubclass(kind, Observation)} - {Observation}
    assert observed <= set(TYPES.values())


@pytest.mark.parametrize(
    ("raw", "message", "key"),
    [
        (b'{"type": "call', "is not JSON", ""),
        (b"\xff", "is not JSON", ""),
        (b"[" * 100_000, "is not JSON", ""),
        (b"[1]", "is no line of a journal (type: one of call, utterance,", ""),
        (b'{"type": "dance", "at": 1}', "is no line of a journal", ""),
        (b'{"type": ["call"]}', "is no line of a journal", ""),
        (b'{"type": "caller_hushed"}', "Field required", "at"),
        (b'{"type": "caller_hushed", "at": "1"}', "Input should be a valid number", "at"),
        (b'{"type": "caller_hushed", "at": NaN}', "a number is not finite", ""),
        (b'{"type": "caller_hushed", "at": 1e999}', "a number is not finite", ""),
        (b'{"type": "tool", "at": 1, "name": "x", "arguments": {"a": [1, -Infinity]}}', "a number is not finite", ""),
        (b'{"type": "agent_state", "at": 1, "state": "asleep"}', "Input should be", "state"),
        (b'{"type": "ended", "at": 1, "reason": "bored"}', "Input should be", "reason"),
        (
            b'{"type": "agent_text", "at": 1, "text": "'.ljust(LONGEST_LINE_BYTES, b"a"),
            "is longer than 1048576 bytes",
            "",
        ),
    ],
)
def test_what_is_no_line_is_named(raw: bytes, message: str, key: str) -> None:
    with pytest.raises(NotALine) as refused:
        parsed(raw)
    assert refused.value.message.startswith(message)
    assert refused.value.key == key


@pytest.mark.parametrize(
    "line",
    [
        seen.TurnAdded(1.0, "assistant", "\x1b" * 10_000_000),
        seen.ToolCalled(1.0, "look", {str(number): "\x1b" * 1000 for number in range(2000)}, "call_1"),
        seen.ToolReturned(1.0, "call_1", "done", "ü" * 10_000_000),
        seen.CallerHeard(1.0, "\ud83d" * 10_000_000, True),
    ],
    ids=lambda line: type(line).__name__,
)
def test_a_line_is_never_too_long_to_be_read(line: Line) -> None:
    raw = written(line).encode()
    assert len(raw) < LONGEST_LINE_BYTES
    assert type(parsed(raw)) is type(line)


def test_a_long_text_keeps_its_begin() -> None:
    turn = parsed(written(seen.TurnAdded(1.0, "user", "Hello" * LONGEST_TEXT)).encode())
    assert isinstance(turn, seen.TurnAdded)
    assert turn.text.startswith("HelloHello") and turn.text.endswith(f"({5 * LONGEST_TEXT} characters)")


def test_of_a_long_text_for_the_gate_both_ends_stay() -> None:
    text = parsed(written(AgentText(1.0, "a" * 2000 + "b" * 2000)).encode())
    assert text == AgentText(1.0, "a" * 500 + " " + "b" * 500)


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert parsed(b'{"type": "answered", "at": 1.0, "by": "a robot"}') == seen.Answered(1.0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(VALUES, HALVES)
def test_whatever_a_tool_is_called_with_can_be_read_back(value: Any, text: str) -> None:
    for arguments in ({"value": value}, {text: math.inf}, {"path": Path("/x")}):
        line = parsed(written(seen.ToolCalled(1.0, text, cast(Any, arguments), "1")).encode())
        assert isinstance(line, seen.ToolCalled)
        json.dumps(dict(line.arguments), allow_nan=False)


def test_the_page_has_every_type_of_line() -> None:
    page = (Path(__file__).parents[2] / "callagent" / "journal" / "README.md").read_text(encoding="utf-8")
    assert [name for name in TYPES if f"`{name}`" not in page] == []

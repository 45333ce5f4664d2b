"""Calls in a database, as a worker has left them there."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from callagent.journal import (
    REAL,
    AgentAudible,
    AgentState,
    Answered,
    CallEnded,
    CallerKeys,
    EndReason,
    GateDecided,
    Head,
    Line,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.records import RecordStore
from callagent.turns import Heard, OverlapRecord
from callagent.turns.gate import events as told
from callagent.turns.gate.events import CallerStarted, CallerStopped, Transcript
from tests.support import kept_calls

OVERLAP = OverlapRecord(2.0, 2.5, 2.7, "interrupt", "command", (Heard(2.6, "No, stop.", True, 0.9),), 2.8)

LINES: tuple[Line, ...] = (
    Answered(0.6),
    AgentState(0.6, "listening"),
    AgentAudible(1.0),
    AgentState(1.0, "speaking"),
    told.AgentState(1.0, "speaking"),
    CallerStarted(2.1, 2.0),
    Transcript(2.6, 1, "No, stop.", True, 0.9),
    PlayoutEnded(2.8, interrupted=True),
    told.AgentState(2.8, "listening"),
    GateDecided.of(OVERLAP),
    CallerStopped(2.9, 2.5),
    TurnAdded(1.0, "assistant", "Good morning, this is", {"started_speaking_at": 1.0}, True),
    TurnAdded(3.0, "user", "No, stop.", {"stopped_speaking_at": 2.5, "end_of_turn_delay": 0.4}),
    ToolCalled(3.1, "book_appointment", {"day": "friday"}, "c1"),
    ToolReturned(3.6, "c1", "done", "booked"),
    AgentAudible(4.0),
    TurnAdded(3.7, "assistant", "Booked for Friday.", {"started_speaking_at": 4.0, "llm_node_ttft": 0.1}),
    PlayoutEnded(5.0, interrupted=False),
    CallerKeys(6.0, "7"),
)


def keep(
    database: Path,
    call: str,
    *more: Line,
    started: str = "2026-01-31T09:00:00.000+00:00",
    number: str = "+12025550123",
    profile: str = "en-US",
    lines: Sequence[Line] = LINES,
    ended: EndReason | None = "caller hung up",
) -> None:
    """Put a call into the database; without an end it was cut off."""
    context: dict[str, Any] = {"direction": "inbound", "number": number, "own_number": "+12025550100", "country": "US"}
    head = Head(call, profile, REAL, room="call-1", started=started, context=context, made_by="a test")
    end = [CallEnded(8.0, ended)] if ended else []
    with closing(RecordStore(str(database))) as store:
        kept_calls.keep(store, head, [*lines, *more, *end])


BROKEN = Trouble(6.5, "APIError: away")

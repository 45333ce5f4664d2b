"""What the tables of calls keep of the lines of a journal: columns of the call, and a row for some of its lines."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from callagent.journal.codec import Head, Line
from callagent.journal.endings import Ending
from callagent.journal.events import (
    AgentAudible,
    Answered,
    AuthorNote,
    CallEnded,
    GateDecided,
    ModelUsed,
    Note,
    Ringing,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.journal.outages.outage_events import CallBackDue
from callagent.journal.recordings.recording_events import (
    RecordingEnded,
    RecordingEvent,
    RecordingFailed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from callagent.records.tables import CUT_OFF, ENDED, LIVE, CallRow, DecisionRow, NoteRow, ToolRow, TurnRow

ENDED_BY: Final[Mapping[Ending, str]] = {
    "caller hung up": "caller",
    "agent hung up": "agent",
    "transferred": "agent",
    "error": "worker",
    "timeout": "agent",
    "no caller came": "network",
    "machine answered": "agent",
    "room closed": "network",
    "worker stopped": "worker",
    "agent left": "agent",
    "busy": "caller",
    "no answer": "network",
    "declined": "caller",
    "forbidden": "network",
    "unavailable": "network",
    "not in service": "network",
    "trunk failure": "network",
    "cancelled": "worker",
    "refused": "worker",
}
"""Who ended a call, by its ending; `caller` is the other side, also where we have called them."""

Part = TurnRow | DecisionRow | ToolRow | NoteRow


def instant(text: str) -> datetime | None:
    """Return the moment that ISO 8601 names, in UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def of_head(head: Head) -> dict[str, Any]:
    """Return the columns that the first line of a journal fills."""
    context = head.context
    return {
        "room": head.room,
        "direction": _text(context, "direction"),
        "pii_number": _text(context, "number"),
        "pii_own_number": _text(context, "own_number"),
        "country": _text(context, "country"),
        "trunk": _text(context, "trunk"),
        "rule": _text(context, "rule"),
        "pii_sip_call_id": _text(context, "sip_call_id"),
        "attempt": head.attempt,
        "profile": head.profile,
        "profile_source": head.profile_source,
        "profile_hash": head.profile_hash,
        "agent": head.agent,
        "made_by": head.made_by,
        "offered": instant(head.offered),
    }


def take(row: CallRow, line: Line) -> None:
    """Have the row of a call tell what a line does."""
    match line:
        case Head():
            for name, value in of_head(line).items():
                setattr(row, name, value)
        case Ringing(at=at):
            row.ringing = row.ringing or _moment(row, at)
        case Answered(at=at):
            row.answered = row.answered or _moment(row, at)
        case AgentAudible(at=at):
            row.first_audio = row.first_audio or _moment(row, at)
        case TurnAdded():
            row.turns += 1
        case ToolCalled():
            row.tools += 1
        case Trouble():
            row.errors += 1
        case GateDecided(decision="interrupt"):
            row.interruptions += 1
        case GateDecided(decision="drop" | "deliver"):
            row.talked_through += 1
        case ModelUsed(kind=kind, provider=provider, model=model, figures=figures):
            row.usage = {**row.usage, f"{kind} {provider} {model}": dict(figures)}
        case RecordingEvent():
            row.recording_location = line.location if isinstance(line, RecordingStarted) else row.recording_location
            row.recording = _recorded(row.recording, line)
        case CallEnded(at=at, reason=ending, error=error, because=because):
            row.state, row.ending, row.ended_by = ENDED, ending, ENDED_BY[ending]
            row.pii_error, row.because = error or "", because or ""
            row.ended, row.seconds = _moment(row, at), round(at, 3)


def _recorded(known: Mapping[str, Any], line: RecordingEvent) -> dict[str, Any]:
    """Return what is known of a recording after a line about it."""
    at, pauses = round(line.at, 3), [dict(pause) for pause in known.get("pauses", ())]
    match line:
        case RecordingStarted(format=form, sample_rate=rate, channels=channels):
            return {"from": at, "format": form, "sample_rate": rate, "channels": channels, "pauses": []}
        case RecordingPaused(why=why):
            pauses.append({"from": at, "why": why})
        case RecordingResumed() if pauses:
            pauses[-1]["to"] = at
        case RecordingEnded(seconds=seconds):
            return {**known, "seconds": round(seconds, 3)}
        case RecordingFailed(why=why):
            return {**known, "failed": why}
    return {**known, "pauses": pauses}


def part_of(seq: int, number: int, line: Line) -> Part | None:
    """Return the row of its own that a line has, if any."""
    match line:
        case TurnAdded(at=at, role=role, text=text, metrics=metrics, interrupted=interrupted):
            return TurnRow(
                call=seq, line=number, at=at, role=role, pii_text=text, interrupted=interrupted, metrics=dict(metrics)
            )
        case GateDecided(at=at, heard=heard, decision=decision, rule=rule, reaction_ms=reaction, overlap=overlap):
            story = {} if overlap is None else overlap.as_dict()
            return DecisionRow(
                call=seq,
                line=number,
                at=at,
                decision=decision,
                rule=rule,
                reaction_ms=reaction,
                pii_heard=heard,
                pii_overlap=story,
            )
        case ToolCalled(at=at, name=name, arguments=arguments, call=call):
            return ToolRow(call=seq, line=number, at=at, tool_call=call, name=name, pii_arguments=dict(arguments))
        case Trouble(at=at, message=text):
            return NoteRow(call=seq, line=number, at=at, kind="error", pii_text=text)
        case Note(at=at, message=text):
            return NoteRow(call=seq, line=number, at=at, kind="note", pii_text=text)
        case AuthorNote(at=at, text=text):
            return NoteRow(call=seq, line=number, at=at, kind="author note", pii_text=text)
        case CallBackDue(at=at, why=text):
            return NoteRow(call=seq, line=number, at=at, kind="call back", pii_text=text)
    return None


def return_tool(tool: ToolRow, line: ToolReturned) -> None:
    """Have the row of a tool's call tell what came of it."""
    tool.status, tool.pii_result = line.status or "done", line.result
    tool.seconds = round(max(0.0, line.at - tool.at), 3)


def close(row: CallRow, last: float) -> None:
    """Have the row of a call tell that nothing follows: one that has not told its end was cut off.

    Args:
        last: when the last line of its journal was, in seconds of the call.
    """
    if row.state == ENDED:
        return
    row.state = CUT_OFF
    row.seconds = round(last, 3)
    row.ended = _moment(row, last)


def reopen(row: CallRow) -> None:
    """Have the row of a call that was taken for cut off tell that it goes on."""
    if row.state == CUT_OFF:
        row.state, row.ended, row.seconds = LIVE, None, None


def _moment(row: CallRow, at: float) -> datetime | None:
    try:
        return row.started + timedelta(seconds=at)
    except OverflowError:
        return None


def _text(context: Mapping[str, Any], name: str) -> str:
    value = context.get(name)
    return value if isinstance(value, str) else ""

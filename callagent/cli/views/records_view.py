"""What `callagent records` shows of the calls of the database: rows of a table, one call as a story, and JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect

from callagent.journal import Note, Trouble
from callagent.journal.call_record import told_of
from callagent.records import CallRow, RecordStore
from callagent.records.analyses import named

COLUMNS = ("ID", "began", "with", "profile", "length", "outcome", "turns", "answer", "yield", "errors")

LONGEST_VALUE = 300
"""Characters of a tool's arguments or result that are shown."""

SPEAKERS = {"user": "caller", "assistant": "agent"}

INNER = ("seq", "lines")
"""Columns of a call that are nobody's business but the database's."""


@dataclass(frozen=True)
class StoredCall:
    """A call of the database.

    `told` has what happened in it, by the fields of a call's record; `remarks` what broke, and what went otherwise;
    `analysis` what a model found out afterwards, None where nobody has asked.
    """

    row: CallRow
    told: Mapping[str, Any]
    remarks: Sequence[Trouble | Note]
    analysis: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, store: RecordStore, row: CallRow) -> "StoredCall":
        """Read what happened in a call. Raise UnknownCall or StoreUnavailable."""
        log = store.journal(row.id).log
        return cls(row, told_of(log), [*log.of(Trouble), *log.of(Note)], store.analysis(row.id))


def call_row(call: CallRow) -> tuple[str, ...]:
    """Return a call as a row of the table."""
    return (
        call.id,
        _local(call.started),
        call.pii_number or "?",
        call.profile,
        _seconds(call.seconds, 1),
        _outcome(call),
        str(call.turns),
        _seconds(call.response_p50_s, 2),
        _seconds(call.yield_max_s, 2),
        str(call.errors or ""),
    )


def fields_of_call() -> list[str]:
    """Return the names of what `call_json` has."""
    columns = [column.key for column in inspect(CallRow).column_attrs if column.key not in INNER]
    return [*(name.removeprefix("pii_") for name in columns), "reason"]


def call_json(call: CallRow) -> dict[str, Any]:
    """Return a call as JSON types; what the table names `pii_…` is called by the rest of the name."""
    columns = [column.key for column in inspect(CallRow).column_attrs if column.key not in INNER]
    return {**{name.removeprefix("pii_"): _json(getattr(call, name)) for name in columns}, "reason": call.reason}


def whole_json(stored: StoredCall) -> dict[str, Any]:
    """Return all of a call as JSON types: what is known of it as a whole, and what happened, as in its record."""
    errors = [
        {"message": each.message, "at": round(each.at, 3)} for each in stored.remarks if isinstance(each, Trouble)
    ]
    return {"call": call_json(stored.row), **stored.told, "errors": errors, "analysis": stored.analysis}


def facts(call: CallRow) -> Iterator[tuple[str, str]]:
    """Yield what is known of a call as a whole, by name."""
    known = {
        "call": call.id,
        "outcome": named(_outcome(call), call.because),
        "direction": call.direction,
        "number": named(call.pii_number, call.country),
        "our number": call.pii_own_number,
        "profile": named(call.profile, call.profile_source),
        "began": _local(call.started),
        "answered": _local(call.answered),
        "ended": _local(call.ended),
        "length": _seconds(call.seconds, 1),
        "answers": _figures(("p50", call.response_p50_s), ("p95", call.response_p95_s), ("max", call.response_max_s)),
        "yields": _figures(("mean", call.yield_mean_s), ("max", call.yield_max_s)),
        "talk": f"{call.interruptions} interruptions, {call.talked_through} talked through, {call.lost_turns} lost",
        "recording": _recording(call),
        "cost": "" if call.cost is None else f"{call.cost:.4f}",
        "made by": named(call.made_by, call.host),
        "error": call.pii_error,
    }
    yield from ((name, value) for name, value in known.items() if value)


def story(stored: StoredCall) -> list[tuple[float, str, str]]:
    """Return what happened, in order of time: seconds of the call, what it was, and the words for it."""
    told = stored.told
    lines = [
        *((turn["at"], SPEAKERS.get(turn["role"], turn["role"]), _turn(turn)) for turn in told["turns"]),
        *((decision["at"], "gate", _decision(decision)) for decision in told["decisions"]),
        *((tool["at"], "tool", _tool(tool)) for tool in told["tools"]),
        *((event["at"], event["type"], _event(event)) for event in told["events"]),
        *((note["at"], "author", note["text"]) for note in told["author_notes"]),
        *((each.at, "error" if isinstance(each, Trouble) else "note", each.message) for each in stored.remarks),
    ]
    return sorted(lines, key=lambda line: line[0])


def _turn(turn: Mapping[str, Any]) -> str:
    return f"{turn['text']} (cut off)" if turn["interrupted"] else str(turn["text"])


def _decision(decision: Mapping[str, Any]) -> str:
    after = f"{decision['decision']} by {decision['rule']} after {decision['reaction_ms']} ms"
    return f"{after}: {decision['heard'] or '(no words)'}"


def _tool(tool: Mapping[str, Any]) -> str:
    result = tool.get("result") or tool.get("status") or "no result"
    return f"{tool['name']}({_short(tool['arguments'])}): {_short(result)}"


def _event(event: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in event.items() if key not in ("at", "type"))


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        value = ", ".join(f"{key}={inner}" for key, inner in value.items())
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _recording(call: CallRow) -> str:
    """Return where a recording is and what it is, or what became of it."""
    known = call.recording
    if not known:
        return ""
    pauses = [
        f"{pause['from']:.1f} to {pause.get('to') or call.seconds or 0.0:.1f} s ({pause['why']})"
        for pause in known.get("pauses", ())
    ]
    told = (
        f"{known.get('format', '')}, {known.get('sample_rate', 0) // 1000} kHz, {known.get('channels', 0)} channels",
        _seconds(known.get("seconds"), 1),
        f"paused {', '.join(pauses)}" if pauses else "",
        f"lost in part: {known['failed']}" if "failed" in known else "",
        f"removed {known['removed']}" if "removed" in known else "",
    )
    return named(call.recording_location or "none any more", "; ".join(part for part in told if part))


def _outcome(call: CallRow) -> str:
    return call.state if call.state != "ended" else call.reason or call.ending or "ended"


def _figures(*named: tuple[str, float | None]) -> str:
    return ", ".join(f"{name} {_seconds(value, 2)}" for name, value in named if value is not None)


def _seconds(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f} s"


def _local(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _json(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value

"""Lines of a journal as somebody reads them: what was said, what the gate decided, what else happened."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from callagent.journal.codec import TYPES, Head, Line, NotALine, parsed
from callagent.journal.events import (
    AgentAudible,
    AgentSilent,
    AgentState,
    AgentWords,
    Answered,
    AuthorNote,
    CallEnded,
    CallerAudible,
    CallerHeard,
    CallerSilent,
    GateDecided,
    ModelUsed,
    Note,
    Observation,
    PlayoutEnded,
    Ringing,
    StateChanged,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.journal.operator.operator_events import OperatorOrder

SPEAKERS: Final[Mapping[str, str]] = {"user": "caller", "assistant": "agent"}

DECISIONS: Final[Mapping[str, tuple[str, str]]] = {
    "drop": ("→", "talked on"),
    "interrupt": ("■", "stopped"),
    "deliver": ("↩", "answered"),
    "pass": ("↩", "answered"),
}
"""What the gate decides -> a sign, and what became of it, as the report of a call has them."""

INNER: Final = (
    AgentAudible,
    AgentSilent,
    AgentState,
    AgentWords,
    CallerAudible,
    CallerHeard,
    CallerSilent,
    ModelUsed,
    PlayoutEnded,
    StateChanged,
)
"""What the timeline of a report is drawn of, and nobody reads."""

LONGEST_VALUE: Final = 400
"""Characters of a tool's arguments or result, or of another field, that are shown."""

_NAMES = {kind: name.replace("_", " ") for name, kind in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line for people.

    Args:
        line: its number in the journal.
        at: when it was, in seconds of the call.
        kind: what it is about: `caller`, `agent`, `gate`, `tool`, `operator`, `error`, `note`, `call` or `event`.
        name: who or what, in a word or two.
        pii_text: what was said, or what happened.
        detail: what a smaller print has besides.
        mark: `stopped`, `talked on` or `answered` of the gate, `cut off` of a turn, `failed` of others; or empty.
    """

    line: int
    at: float
    kind: str
    name: str
    pii_text: str
    detail: str = ""
    mark: str = ""


def numbered(lines: Iterable[bytes], first: int = 0) -> Iterator[tuple[int, Line]]:
    """Yield the lines that can be read, each with its number; others are of a newer version, or half a line."""
    for number, raw in enumerate(lines, first):
        try:
            yield number, parsed(raw)
        except NotALine:
            continue


def entries_of(lines: Iterable[tuple[int, Line]]) -> list[Entry]:
    """Return the entries of a journal in order of time."""
    return in_order(entry for number, line in lines if (entry := entry_of(number, line)) is not None)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in order of time; what was at the same time, as the journal has it."""
    return sorted(entries, key=lambda entry: (entry.at, entry.line))


def entry_of(number: int, line: Line) -> Entry | None:
    """Return the entry of a line; None for one that nobody reads."""
    match line:
        case TurnAdded(at=at, role=role, text=text, interrupted=cut_off):
            who = SPEAKERS[role]
            return Entry(number, at, who, who, text, _latency(line), "cut off" if cut_off else "")
        case GateDecided(at=at, heard=heard, decision=decision, rule=rule, reaction_ms=reaction):
            sign, became = DECISIONS.get(decision, ("·", decision))
            after = "" if reaction is None else f", {reaction:.0f} ms"
            return Entry(number, at, "gate", f"{sign} {became}", heard, f"{rule}{after}", became)
        case ToolCalled(at=at, name=name, arguments=arguments):
            return Entry(number, at, "tool", name, _short(arguments) or "called")
        case ToolReturned(at=at):
            return Entry(number, at, "tool", "result", _short(line.text), mark="failed" if line.failed else "")
        case Trouble(at=at, message=text):
            return Entry(number, at, "error", "error", _short(text))
        case Note(at=at, message=text) | AuthorNote(at=at, text=text):
            return Entry(number, at, "note", _NAMES[type(line)], _short(text))
        case OperatorOrder():
            return _order(number, line)
        case Ringing(at=at) | Answered(at=at):
            return Entry(number, at, "call", "call", _NAMES[type(line)])
        case CallEnded(at=at, reason=reason, error=error, because=because):
            return Entry(number, at, "call", "end", reason, ", ".join(filter(None, (because, error))))
        case Observation() if not isinstance(line, INNER):
            return _event(number, line)
    return None


def _order(number: int, line: OperatorOrder) -> Entry:
    """Return the entry of an order of the console: what, with its words; what came of it; who gave it."""
    what = f"{line.act}: {line.text}" if line.text else line.act
    state = {"begun": "asked for", "done": "done"}.get(line.state, line.state)
    mark = "failed" if line.state == "failed" else ""
    detail = f"{line.result}, by {line.by}" if line.result else f"by {line.by}"
    return Entry(
        number, line.at, "operator", "operator", _short(what), f"{state}: {detail}" if not mark else detail, mark
    )


def _event(number: int, line: Observation) -> Entry:
    """Return the entry of whatever else happens: keys, transfers, disclosures, hand-overs, and kinds yet to come."""
    values = {name: value for name, value in asdict(line).items() if name != "at" and value not in ("", None)}
    failed = bool(values.get("refused") or values.get("failed"))
    return Entry(number, line.at, "event", _NAMES[type(line)], _short(values), mark="failed" if failed else "")


def head_of(lines: Iterable[tuple[int, Line]]) -> Head | None:
    """Return the last head among lines: it knows most of the call."""
    return next((line for _, line in reversed(list(lines)) if isinstance(line, Head)), None)


def _latency(turn: TurnAdded) -> str:
    whole = turn.metrics.get("e2e_latency")
    return f"answered after {whole:.2f} s" if turn.role == "assistant" and whole is not None else ""


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        value = ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

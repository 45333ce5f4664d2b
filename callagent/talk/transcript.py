"""A conversation as text."""

from collections.abc import Iterator

from callagent.journal import (
    AgentKeys,
    CallEnded,
    CallerKeys,
    GateDecided,
    Observation,
    ToolCalled,
    ToolReturned,
    TransferRequested,
    Trouble,
    TurnAdded,
)
from callagent.sanitise import printable


class Transcript:
    """Listens to a call's log (with `observed`): a line for each turn, tool, key and decision, in order of time."""

    def __init__(self) -> None:
        self._lines: list[tuple[float, str]] = []

    def observed(self, entry: Observation) -> None:
        """Keeps what belongs into a transcript."""
        for who, text in _told(entry):
            self._lines.append((entry.at, f"{entry.at:8.2f}  {who:<7} {printable(' '.join(text.split()))}\n"))

    @property
    def text(self) -> str:
        """The lines so far. Times are seconds of the call; what the agent says has that of its beginning."""
        return "".join(line for _, line in sorted(self._lines, key=lambda entry: entry[0]))


def _told(entry: Observation) -> Iterator[tuple[str, str]]:
    match entry:
        case TurnAdded(role=role, text=text):
            yield ("agent" if role == "assistant" else "caller"), text
        case CallerKeys(digits=digits):
            yield "caller", f"keys {digits}"
        case AgentKeys(digits=digits):
            yield "agent", f"keys {digits}"
        case TransferRequested(to=to, refused=refused):
            yield "agent", f"transfer to {to}{f' refused: {refused}' if refused else ''}"
        case ToolCalled():
            yield "tool", written_call(entry)
        case ToolReturned():
            yield "tool", f"{'failed' if entry.failed else 'returned'}: {entry.text}"
        case GateDecided(heard=heard, decision=decision, rule=rule):
            yield "gate", f"{decision}: {heard or 'nothing understood'} ({rule})"
        case Trouble(message=message):
            yield "error", message
        case CallEnded(reason=reason):
            yield "call", f"ended: {reason}"


def written_call(entry: ToolCalled) -> str:
    """A tool with its arguments."""
    return f"{entry.name}({', '.join(f'{key}={value}' for key, value in entry.arguments.items())})"

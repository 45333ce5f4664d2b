"""A conversation as text."""

from collections.abc import Iterator
from typing import TextIO

from callagent.calls.observe import (
    AgentKeys,
    CallEnded,
    CallerKeys,
    GateDecided,
    Observation,
    ToolCalled,
    TransferRequested,
    Trouble,
    TurnAdded,
)
from callagent.talk.typed import ToolOutput


class Transcript:
    """Listens to a call's log and writes a line for each turn, tool, key and decision. Times are seconds of the call.

    Listen with `observed`; the stream must not block.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def observed(self, entry: Observation) -> None:
        """Writes what belongs into a transcript."""
        for who, text in _told(entry):
            self._stream.write(f"{entry.at:8.2f}  {who:<7} {' '.join(text.split())}\n")


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
        case ToolOutput(text=text, failed=failed):
            yield "tool", f"{'failed' if failed else 'returned'}: {text}"
        case GateDecided(heard=heard, decision=decision, rule=rule):
            yield "gate", f"{decision}: {heard or 'nothing understood'} ({rule})"
        case Trouble(message=message):
            yield "error", message
        case CallEnded(reason=reason):
            yield "call", f"ended: {reason}"


def written_call(entry: ToolCalled) -> str:
    """A tool with its arguments."""
    return f"{entry.name}({', '.join(f'{key}={value}' for key, value in entry.arguments.items())})"

"""What is heard while a card is asked for is in no journal: it is replaced before anybody who reads the log gets it.

livekit's tasks for a card are known by their names. While one of them has the call, the words of the caller, what tools
are called with and give, and keys are replaced as a whole, and the digits in what the agent says one by one.
"""

import re
from dataclasses import replace
from typing import Any, Final, TypeVar

from callagent.journal.events import (
    AgentWords,
    CallerHeard,
    CallerKeys,
    GateDecided,
    HandedOver,
    ToolCalled,
    ToolReturned,
    TurnAdded,
)
from callagent.turns import OverlapRecord
from callagent.turns.gate.events import AgentText, Transcript

T = TypeVar("T")

TASKS: Final = frozenset(
    {
        *("credit_card_task", "get_credit_card_task", "get_card_number_task"),
        *("get_expiration_date_task", "get_security_code_task"),
    }
)
"""Agents (by livekit's name) that ask for what is not kept."""

NOT_KEPT: Final = "(not kept)"
"""What stands for it."""

_DIGIT = re.compile(r"\d")


class PrivateTasks:
    """Knows who has the call, from what the log is told.

    Attributes:
        asking: whether something private is asked for.
    """

    def __init__(self) -> None:
        self.asking = False

    def kept(self, line: T) -> T:
        """Return what may be kept of a line: itself, while nothing private is asked for."""
        if isinstance(line, HandedOver):
            self.asking = (self.asking and line.task) or line.agent in TASKS
        changed: Any = _without_words(line) if self.asking else line
        return changed  # type: ignore[no-any-return]  # of the kind that came in


def _without_words(line: Any) -> Any:
    match line:
        case CallerHeard() | Transcript():
            return replace(line, text=NOT_KEPT)
        case TurnAdded(role="user"):
            return replace(line, text=NOT_KEPT)
        case TurnAdded() | AgentWords() | AgentText():
            return replace(line, text=_DIGIT.sub("•", line.text))
        case CallerKeys():
            return replace(line, digits=NOT_KEPT)
        case ToolCalled():
            return replace(line, arguments=dict.fromkeys(line.arguments, NOT_KEPT))
        case ToolReturned():
            return replace(line, result=NOT_KEPT if line.result else "")
        case GateDecided():
            return replace(line, heard=NOT_KEPT, overlap=line.overlap and _overlap(line.overlap))
    return line


def _overlap(record: OverlapRecord) -> OverlapRecord:
    return replace(record, heard=tuple(replace(each, text=NOT_KEPT) for each in record.heard))

"""What somebody at the console has had a call do: who, what, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from callagent.journal.events import Observation

OrderState = Literal["begun", "done", "failed"]


@dataclass(frozen=True, slots=True)
class OperatorOrder(Observation):
    """An order of somebody at the console is begun, done, or has failed.

    `order` is its id, which is the same in both lines; `act` what is to be done, as `callagent.operator_orders` has it;
    `by` who asked for it; `text` the words, or the destination; `result` what came of it, or why nothing did.
    """

    order: str
    act: str
    by: str
    state: OrderState
    text: str = ""
    result: str = ""


def operator_in_record(entry: Observation) -> Mapping[str, Any] | None:
    """Return an order that is over as a record of a call has it among its events; None for what is none."""
    match entry:
        case OperatorOrder(state="begun"):
            return None
        case OperatorOrder(act=act, by=by, state=state, text=text, result=result):
            outcome = {"outcome": state, **({"detail": result} if result else {}), **({"text": text} if text else {})}
            return {"type": "operator", "act": act, "by": by, **outcome}
    return None

"""What the support line keeps of a call, and what it does."""

from dataclasses import dataclass, field

from livekit.agents import RunContext

import callagent

MONTH = 20


@dataclass
class Case:
    """What a call is about: `call.state`."""

    refunded: int = 0
    reasons: list[str] = field(default_factory=list)


async def refund(context: RunContext[callagent.Call], reason: str) -> str:
    """Give the money of one month back, once in a call."""
    case: Case = context.userdata.state
    if case.refunded:
        return "You have had the money of this month back already."
    case.refunded += MONTH
    case.reasons.append(reason)
    context.userdata.note(f"refunded {MONTH} dollars: {reason}")
    return f"I have given you {MONTH} dollars back."

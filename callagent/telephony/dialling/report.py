"""What the job tells about an outbound call: one attribute of the agent in the room.

Whoever dials polls the room. That needs no connection of its own for every call, and it finds out when nobody tells
anything any more, because the agent is then gone from the room.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from callagent.journal import Outcome
from callagent.livekit_api import one_line
from callagent.telephony.dialling.outcomes import OUTCOMES

ATTRIBUTE = "callagent.dial"
"""Attribute of the agent's participant that holds the report as JSON."""

Stage = Literal["dispatched", "ringing", "answered", "speaking", "ended"]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The stages of a call in their order."""

TALKING: frozenset[Stage] = frozenset({"answered", "speaking"})
"""The stages that only an answered call reaches; the first of them may pass unseen."""


@dataclass(frozen=True)
class Report:
    """How far a call is.

    Args:
        stage: the last stage that was reached.
        outcome: how it came out; None until it has ended.
        detail: one line about the outcome.
        sip_status: status of a call that was not answered, where the carrier gave one.
        machine: what kind of machine answered; empty for a person.
    """

    stage: Stage
    outcome: Outcome | None = None
    detail: str = ""
    sip_status: int | None = None
    machine: str = ""

    def as_text(self) -> str:
        """The value of the attribute."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, "")})


def read_report(text: str) -> Report | None:
    """The report in an attribute; None when there is none or nobody could have written it."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("stage") not in STAGES:
        return None
    outcome, status = data.get("outcome"), data.get("sip_status")
    return Report(
        cast(Stage, data["stage"]),
        cast(Outcome, outcome) if outcome in OUTCOMES else None,
        one_line(str(data.get("detail", ""))),
        status if isinstance(status, int) else None,
        one_line(str(data.get("machine", ""))),
    )

"""How an outbound call comes out, and how LiveKit tells it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from callagent.journal import Outcome, Unanswered
from callagent.livekit_api import CallRefused, Refused, ServerError, one_line

OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))

_SIP: dict[int, Unanswered] = {
    **dict.fromkeys((486, 600), "busy"),
    **dict.fromkeys((408, 487), "no answer"),
    **dict.fromkeys((603, 607, 608), "declined"),
    403: "forbidden",
    480: "unavailable",
    **dict.fromkeys((404, 410, 484, 604), "not in service"),
}
"""SIP status (RFC 3261 section 21, 608 RFC 8688) -> outcome; every other final status is a failure of the trunk."""

_NO_ANSWER_STATUS = 408
"""Status of the HTTP answer with which livekit-server tells that `ringing_timeout` has passed."""


@dataclass(frozen=True)
class Failure:
    """A call that nobody has answered.

    Args:
        outcome: what became of it.
        detail: LiveKit's or the carrier's words, one line.
        sip_status: the SIP status, where there is one.
    """

    outcome: Unanswered
    detail: str
    sip_status: int | None = None


class CallFailed(Exception):
    """Raised where a call comes to nothing; carries the Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.outcome}: {failure.detail}")
        self.failure = failure


def failure_of(error: ServerError) -> Failure:
    """Return what the error of the request that placed a call means for the call."""
    if isinstance(error, CallRefused):
        words = one_line(f"{error.sip_status} {error.reason}")
        return Failure(_SIP.get(error.sip_status, "trunk failure"), words, error.sip_status)
    if isinstance(error, Refused) and (
        error.code in ("canceled", "deadline_exceeded") or error.status == _NO_ANSWER_STATUS
    ):
        return Failure("no answer", "it rang until the ringing timeout, or nobody was there to ring")
    return server_failure(error)


def server_failure(error: ServerError) -> Failure:
    """Return what an error says about the server, whatever was asked."""
    return Failure("trunk failure", f"{error} ({error.code})" if isinstance(error, Refused) else str(error))


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
        """Return the value of the attribute."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, "")})


def read_report(text: str) -> Report | None:
    """Return the report in an attribute; None when there is none or nobody could have written it."""
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

"""How an outbound call comes out, and how LiveKit tells it."""

from dataclasses import dataclass
from typing import Literal, get_args

from google.protobuf.message import DecodeError
from livekit import api

from callagent.profile import masked

Outcome = Literal[
    "answered",
    "busy",
    "no answer",
    "declined",
    "forbidden",
    "unavailable",
    "not in service",
    "machine",
    "trunk failure",
    "cancelled",
]
"""`answered` is a call that was talked on; `machine` one that ended because a machine had answered; `cancelled` one
that was hung up from our side before anybody had answered."""

OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))

_SIP: dict[int, Outcome] = {
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

    outcome: Outcome
    detail: str
    sip_status: int | None = None


class CallFailed(Exception):
    """Raised where a call comes to nothing; carries the Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.outcome}: {failure.detail}")
        self.failure = failure


def failure_of(error: Exception) -> Failure:
    """What one of `REQUEST_ERRORS` means for the call that was being placed."""
    if isinstance(error, api.SipCallError) and (status := error.sip_status_code):
        words = f"{status} {error.sip_status or ''}".strip()
        return Failure(_SIP.get(status, "trunk failure"), one_line(words), status)
    if isinstance(error, api.ServerError) and (
        error.code in ("canceled", "deadline_exceeded") or error.status == _NO_ANSWER_STATUS
    ):
        return Failure("no answer", "it rang until the ringing timeout, or nobody was there to ring")
    return server_failure(error)


def server_failure(error: Exception, url: str = "") -> Failure:
    """What one of `REQUEST_ERRORS` says about the server, whatever was asked; `url` is for the message."""
    return Failure("trunk failure", one_line(_words(error, f" at {masked(url)}" if url else "")))


def _words(error: Exception, at: str) -> str:
    stranger = f"what answers{at} is not a livekit-server"
    match error:
        case api.ServerError(status=401 | 403):
            return f"livekit-server{at} refuses the API key" + (f": {error.message}" if error.message else "")
        case api.ServerError(code=api.ServerErrorCode.UNKNOWN, message=""):
            return f"{stranger} (status {error.status})"
        case api.ServerError():
            return f"{error.message or f'livekit-server{at} failed'} ({error.code})"
        case DecodeError():
            return stranger
        case TimeoutError():
            return f"livekit-server{at} did not answer in time"
        case _:
            return f"cannot reach livekit-server{at}: {error}"


def one_line(text: str) -> str:
    """Foreign text made fit for a terminal and a log: one line, no control characters, not too long."""
    return "".join(c if c.isprintable() else " " for c in text)[:300].strip()

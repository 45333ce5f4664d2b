"""When a webhook that did not arrive is tried again, and what an endpoint's answer means for it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from callagent.records.leased_queue import pause_after

LONGEST_REST_S: Final = 60.0
"""Seconds for which an endpoint is left alone at most that takes nothing: when it is back, people notice it soon."""

LONGEST_REQUEST_S: Final = 6 * 3600.0
"""Seconds that an endpoint may ask to be left alone (Retry-After); more of a day it does not get."""

TELL_AFTER: Final = 3
"""Failures in a row after which an endpoint is one that fails."""

OF_THE_BODY: Final = frozenset({400, 406, 409, 415, 422})
"""Answers that are about one message, and not about the endpoint, which gets others meanwhile."""

Verdict = Literal["delivered", "again", "too large", "gone"]


@dataclass(frozen=True)
class Answer:
    """What an answer means for a webhook.

    Args:
        error: why it has not arrived, in words that name nobody.
        leave_alone_s: seconds for which the endpoint wants no further request.
        status: of the answer; None where none came.
    """

    verdict: Verdict
    error: str = ""
    leave_alone_s: float = 0.0
    status: int | None = None

    @property
    def is_of_the_body(self) -> bool:
        """Whether the endpoint may well take another message."""
        return self.status in OF_THE_BODY


def judged(status: int, headers: Mapping[str, str], now: datetime | None = None) -> Answer:
    """Tell what an answer means: only 2xx is a delivery. Redirects are not followed: a signed body with what was said
    in a call goes where the operator has written it shall go, and nowhere else.
    """
    if 200 <= status < 300:
        return Answer("delivered", status=status)
    if status == 410:
        return Answer("gone", "410: gone for good", status=status)
    if status == 413:
        return Answer("too large", "413: the body is too large for it", status=status)
    if 300 <= status < 400:
        error = f"{status}: redirects are not followed; write the new address into the file"
        return Answer("again", error, status=status)
    return Answer("again", f"answers {status}", _retry_after(headers, now or datetime.now(UTC)), status)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds of Retry-After, which is a number or a date; 0 where it is missing or neither."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return min(float(text), LONGEST_REQUEST_S)
    try:
        moment = parsedate_to_datetime(text)
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(0.0, seconds), LONGEST_REQUEST_S)


class Rest:
    """Whether an endpoint is left alone for a while, because it has failed.

    Args:
        clock: monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = 0.0
        self.failures = 0

    @property
    def over_in_s(self) -> float:
        """Seconds until it may be asked again; 0 where it may now."""
        return max(0.0, self._until - self._clock())

    def failed(self, leave_alone_s: float) -> bool:
        """Note that it took nothing; tell whether people are to be told, which they are once.

        Args:
            leave_alone_s: for how long it wants no further request.
        """
        self.failures += 1
        self._until = self._clock() + max(leave_alone_s, min(LONGEST_REST_S, pause_after(self.failures)))
        return self.failures == TELL_AFTER

    def succeeded(self, leave_alone_s: float = 0.0) -> bool:
        """Note that it took something; tell whether people were told that it takes nothing."""
        was_told = self.failures >= TELL_AFTER
        self.failures, self._until = 0, self._clock() + leave_alone_s
        return was_told

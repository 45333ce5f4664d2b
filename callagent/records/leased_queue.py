"""A queue in the records database that several processes work off: each takes something in hand, and it is tried again
for a day.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from callagent.database import Database

GIVE_UP_AFTER: Final = timedelta(days=1)
"""For so long something is tried."""

FIRST_PAUSE_S: Final = 5.0
"""Seconds from the first try to the second; each further pause is twice as long."""

LONGEST_PAUSE_S: Final = 900.0
"""Seconds between two tries at most."""


def pause_after(tries: int) -> float:
    """Return the seconds to the next try after so many, 1 at least."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(tries - 1, 20))


def free(taken: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    """Return what a row must be that nobody has in hand, or that somebody should have been done with.

    Args:
        taken: the column that has until when somebody has it in hand.
    """
    return or_(taken.is_(None), taken < now)


def _now() -> datetime:
    return datetime.now(UTC)


class LeasedQueue(Database):
    """The queue of a records database.

    Args:
        location: a file or an URL; None: what the environment names, or a file in the user's state directory.
        now: the time that it is.

    Raises:
        StoreUnavailable: from every method, when the database cannot be used.
    """

    def __init__(self, location: str | None = None, now: Callable[[], datetime] = _now) -> None:
        super().__init__(location)
        self._now = now

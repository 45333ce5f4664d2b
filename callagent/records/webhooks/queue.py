"""The webhooks in the database, for whoever sends them and whoever looks at them. Every method blocks.

Several processes may send at once: what one has in hand the others leave alone until it should have been done.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from callagent.records.leased_queue import GIVE_UP_AFTER, LeasedQueue, free, pause_after
from callagent.records.tables import DELIVERED, GIVEN_UP, WAITING, CallRow, EndpointRow, WebhookRow
from callagent.records.webhooks.outbox import unsubscribe
from callagent.records.webhooks.payload import shortened

KEPT: Final = timedelta(days=7)
"""How long a webhook is kept that was delivered or given up: it can be looked at, and sent again."""

IN_HAND: Final = timedelta(seconds=30)
"""How long a process may have a webhook in hand besides the time that its endpoint may take."""

TOO_OLD: Final = "not delivered within a day"


@dataclass(frozen=True)
class Due:
    """A webhook that is to be sent now; `tries` is how often it was tried before."""

    number: int
    event: str
    message: str
    pii_body: str = field(repr=False)
    created: datetime
    tries: int


@dataclass(frozen=True)
class Depth:
    """How many webhooks of an endpoint wait, and since when the oldest of them does."""

    endpoint: str
    waiting: int
    oldest: datetime


@dataclass(frozen=True)
class Sought:
    """Webhooks that are looked for; what is left out does not matter.

    Args:
        numbers: of webhooks; call: id of a call; failed: whether they were given up, or tried in vain so far.
    """

    numbers: tuple[int, ...] = ()
    call: str = ""
    endpoint: str = ""
    failed: bool = False


class WebhookQueue(LeasedQueue):
    """The webhooks of a records database."""

    def take(self, endpoint: str, most: int, timeout_s: float) -> list[Due]:
        """Return what is due for an endpoint, and keep others from it meanwhile. Of a call the earliest comes first,
        and nothing else of it before that is done.
        """
        now, earlier = self._now(), aliased(WebhookRow)
        first = ~exists().where(
            earlier.endpoint == endpoint,
            earlier.call == WebhookRow.call,
            earlier.state == WAITING,
            earlier.number < WebhookRow.number,
        )
        query = (
            select(WebhookRow)
            .where(WebhookRow.endpoint == endpoint, WebhookRow.state == WAITING, WebhookRow.due <= now, first)
            .where(free(WebhookRow.taken, now))
            .order_by(WebhookRow.due, WebhookRow.number)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with self.writing() as session:
            rows = list(session.scalars(query))
            for row in rows:
                row.taken = now + IN_HAND + timedelta(seconds=timeout_s)
            return [Due(row.number, row.event, row.message, row.pii_body, row.created, row.tries) for row in rows]

    def delivered(self, number: int, status: int) -> None:
        """Record that a webhook has arrived."""
        with self._row(number) as row:
            if row is not None:
                row.state, row.done, row.status, row.error = DELIVERED, self._now(), status, ""
                row.tries, row.taken = row.tries + 1, None

    def failed(self, number: int, error: str, status: int | None = None, *, at_least_s: float = 0.0) -> bool:
        """Record that a webhook has not arrived; tell whether it is given up by that, because a day is over.

        Args:
            error: why, in words that name nobody.
            at_least_s: seconds for which the endpoint wants to be left alone.
        """
        with self._row(number) as row:
            if row is None or row.state != WAITING:
                return False
            now = self._now()
            row.tries, row.status, row.error, row.taken = row.tries + 1, status, error, None
            row.due = now + timedelta(seconds=max(at_least_s, pause_after(row.tries)))
            if row.due < row.created + GIVE_UP_AFTER:
                return False
            row.state, row.done, row.error = GIVEN_UP, now, f"{TOO_OLD}: {error}"
            return True

    def too_large(self, number: int) -> bool:
        """Record that an endpoint does not take so large a body; tell whether it gets a shorter one now, which it does
        once.
        """
        with self._row(number) as row:
            if row is None or row.state != WAITING:
                return False
            body = shortened(row.pii_body)
            is_shorter = len(body) < len(row.pii_body)
            row.tries, row.status, row.taken, row.error = row.tries + 1, 413, None, "413: the body is too large for it"
            if is_shorter:
                row.pii_body, row.due = body, self._now()
            else:
                row.state, row.done = GIVEN_UP, self._now()
            return is_shorter

    def gone(self, endpoint: str) -> int:
        """Give up all that waits for an endpoint; tell how much that is. Nothing more is kept for it."""
        with self.writing() as session:
            return unsubscribe(session, endpoint, self._now())

    def give_up_old(self, endpoint: str) -> int:
        """Give up what has waited for a day; tell how much that is."""
        now = self._now()
        old = (WebhookRow.endpoint == endpoint, WebhookRow.state == WAITING, WebhookRow.created < now - GIVE_UP_AFTER)
        with self.writing() as session:
            changed = session.execute(
                update(WebhookRow)
                .where(*old, free(WebhookRow.taken, now))
                .values(state=GIVEN_UP, done=now, error=TOO_OLD, taken=None)
            )
            return int(getattr(changed, "rowcount", 0))

    def forget_done(self) -> None:
        """Delete what was done with long enough ago."""
        with self.writing() as session:
            session.execute(delete(WebhookRow).where(WebhookRow.done < self._now() - KEPT))

    def depths(self) -> list[Depth]:
        """Return how much waits for each endpoint for which something does."""
        query = (
            select(WebhookRow.endpoint, func.count(), func.min(WebhookRow.created))
            .where(WebhookRow.state == WAITING)
            .group_by(WebhookRow.endpoint)
        )
        with self.session() as session:
            return [Depth(endpoint, count, oldest) for endpoint, count, oldest in session.execute(query)]

    def endpoints(self) -> list[EndpointRow]:
        """Return who is told of calls, by name."""
        with self.session() as session:
            return list(session.scalars(select(EndpointRow).order_by(EndpointRow.name)))

    def find(self, sought: Sought, limit: int) -> list[tuple[WebhookRow, str]]:
        """Return webhooks, the newest first, each with the id of its call."""
        query = (
            select(WebhookRow, CallRow.id)
            .join(CallRow, CallRow.seq == WebhookRow.call)
            .where(*_conditions(sought))
            .order_by(WebhookRow.number.desc())
            .limit(limit)
        )
        with self.session() as session:
            return [(row, call) for row, call in session.execute(query)]

    def send_again(self, sought: Sought) -> list[int]:
        """Have webhooks sent at once, those too that have arrived, as if they were new; return their numbers."""
        now = self._now()
        with self.writing() as session:
            query = select(WebhookRow).join(CallRow, CallRow.seq == WebhookRow.call).where(*_conditions(sought))
            rows = list(session.scalars(query.order_by(WebhookRow.number)))
            for row in rows:
                row.state, row.due, row.created, row.done, row.tries = WAITING, now, now, None, 0
            return [row.number for row in rows]

    @contextmanager
    def _row(self, number: int) -> Iterator[WebhookRow | None]:
        """Give a webhook to be changed; None where it was deleted meanwhile, with its call."""
        with self.writing() as session:
            yield _locked(session, number)


def _locked(session: Session, number: int) -> WebhookRow | None:
    return session.scalar(select(WebhookRow).where(WebhookRow.number == number).with_for_update())


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.numbers:
        found.append(WebhookRow.number.in_(sought.numbers))
    if sought.call:
        found.append(CallRow.id.startswith(sought.call, autoescape=True))
    if sought.endpoint:
        found.append(WebhookRow.endpoint == sought.endpoint)
    if sought.failed:
        tried = and_(WebhookRow.state == WAITING, WebhookRow.tries > 0)
        found.append(or_(WebhookRow.state == GIVEN_UP, tried))
    return found

"""Webhook endpoints that take nothing, for whoever is on duty: how much waits for them, and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from callagent.database import Database
from callagent.records.tables import WAITING, WebhookRow


@dataclass(frozen=True)
class DeadEndpoint:
    """An endpoint that has not taken what it was told.

    Attributes:
        name: as the worker's settings have it; its address is in no database.
        waiting: messages that were tried and wait for the next try.
        since: when the oldest of them was made.
        error: why one of them was not delivered.
    """

    name: str
    waiting: int
    since: datetime
    error: str


def dead_endpoints(database: Database) -> list[DeadEndpoint]:
    """Return the endpoints for which messages wait that were tried before, by their names. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    row = WebhookRow
    query = select(row.endpoint, func.count(), func.min(row.created), func.max(row.error))
    tried = query.where(row.state == WAITING, row.tries > 0).group_by(row.endpoint).order_by(row.endpoint)
    with database.session() as session:
        return [DeadEndpoint(name, count, since, error) for name, count, since, error in session.execute(tried)]

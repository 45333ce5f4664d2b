"""Which workers keep their calls in a database, and how full they are: told by each of them every few seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from callagent.database.engine import Database
from callagent.database.tables import WorkerRow

TOLD_S: Final = 5.0
"""How often a worker tells of itself, in seconds."""

GONE_S: Final = 20.0
"""After how long a worker that tells nothing is taken for gone, in seconds: a database may be busy for some of them."""

FORGOTTEN: Final = timedelta(days=1)
"""How long a worker is kept that was killed, for whoever wonders where it is."""


@dataclass(frozen=True)
class Fleet:
    """The workers of a database, by their machines.

    Attributes:
        workers: those that are there.
        gone: those that tell nothing any more and did not end in order.
    """

    workers: Sequence[WorkerRow] = ()
    gone: Sequence[WorkerRow] = ()

    @property
    def calls(self) -> int:
        """Calls in progress, of all of them."""
        return sum(each.calls for each in self.workers)

    @property
    def max_calls(self) -> int:
        """Calls that they can have in progress; one that drains takes no further one."""
        return sum(each.calls if each.draining else each.max_calls for each in self.workers)

    @property
    def refused(self) -> int:
        """Calls that they were too full for, since each of them began."""
        return sum(each.refused for each in self.workers)


def tell_of(database: Database, worker: WorkerRow) -> None:
    """Keep how a worker is now, and forget those that have been gone for long. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with database.writing() as session:
        session.merge(worker)
        session.execute(delete(WorkerRow).where(WorkerRow.seen < worker.seen - FORGOTTEN))


def forget(database: Database, worker: str) -> None:
    """Take a worker out that has ended. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with database.writing() as session:
        session.execute(delete(WorkerRow).where(WorkerRow.id == worker))


def fleet_of(database: Database, now: datetime | None = None) -> Fleet:
    """Return the workers of a database. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    since = (now or datetime.now(UTC)) - timedelta(seconds=GONE_S)
    with database.session() as session:
        rows = list(session.scalars(select(WorkerRow).order_by(WorkerRow.host, WorkerRow.started, WorkerRow.id)))
    return Fleet([each for each in rows if each.seen >= since], [each for each in rows if each.seen < since])

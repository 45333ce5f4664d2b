"""Lists of the records database at a glance: how far lists of numbers have come, and the do-not-call list by pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from callagent.database.engine import Database
from callagent.database.tables import Attempt, DoNotCall, ListLease, ListRow, RefusedCall


@dataclass
class Campaign:
    """How far a list of numbers has come, as far as rows of it were begun.

    Attributes:
        name: what the list is kept by.
        states: how many rows are `waiting`, `calling` or `done`.
        outcomes: how many rows had which outcome last.
        at: when something happened last.
        lease: the process that dials it, or did so when it was killed; None where none does.
    """

    name: str
    at: datetime
    states: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    lease: ListLease | None = None

    @property
    def rows(self) -> int:
        """How many rows were begun."""
        return sum(self.states.values())


def campaigns(database: Database) -> list[Campaign]:
    """Return the lists of which rows were begun, the one in which something happened last first. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    found: dict[str, Campaign] = {}
    query = select(ListRow.list, ListRow.state, ListRow.outcome, func.count(), func.max(ListRow.at))
    with database.session() as session:
        for name, state, outcome, count, at in session.execute(
            query.group_by(ListRow.list, ListRow.state, ListRow.outcome)
        ):
            campaign = found.setdefault(name, Campaign(name, at))
            campaign.at = max(campaign.at, at)
            campaign.states[state] = campaign.states.get(state, 0) + count
            if outcome:
                campaign.outcomes[outcome] = campaign.outcomes.get(outcome, 0) + count
        for lease in session.scalars(select(ListLease)):
            found.setdefault(lease.list, Campaign(lease.list, lease.at)).lease = lease
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


@dataclass(frozen=True)
class DoNotCallPage:
    """Some entries of the do-not-call list, and how many there are."""

    entries: list[DoNotCall]
    total: int
    more: bool


def do_not_call_page(database: Database, *, begin: str = "", after: str = "", limit: int = 100) -> DoNotCallPage:
    """Return entries of the do-not-call list in the order of their numbers. Blocks.

    Args:
        begin: what the numbers begin with.
        after: the last number of the page before.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    there = [DoNotCall.number >= begin, DoNotCall.number < f"{begin}\U0010ffff"] if begin else []
    with database.session() as session:
        total = session.scalar(select(func.count()).select_from(DoNotCall).where(*there)) or 0
        query = select(DoNotCall).where(*there, DoNotCall.number > after).order_by(DoNotCall.number)
        entries = list(session.scalars(query.limit(limit + 1)))
    return DoNotCallPage(entries[:limit], total, len(entries) > limit)


def attempts_by_outcome(database: Database, since: datetime) -> Mapping[str, int]:
    """Tell how many attempts since a moment came out how; those under way are under an empty name. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    query = select(Attempt.outcome, func.count()).where(Attempt.at >= since).group_by(Attempt.outcome)
    with database.session() as session:
        return dict(session.execute(query).all())


def refusals_by_rule(database: Database, since: datetime) -> Mapping[str, int]:
    """Tell how many calls were not let out since a moment, by the guard that refused them. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    query = select(RefusedCall.rule, func.count()).where(RefusedCall.at >= since).group_by(RefusedCall.rule)
    with database.session() as session:
        return dict(session.execute(query).all())

"""What the records database is asked and told. Every method blocks: use `asyncio.to_thread` on an event loop."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from callagent.database.engine import Database
from callagent.database.tables import Attempt, DoNotCall, ListLease, ListRow, RefusedCall

DAY = timedelta(hours=24)

NOT_CALLED = ("trunk failure", "cancelled", "refused")
"""Outcomes of an attempt that nobody has been bothered with, unless it was answered."""


class Store(Database):
    """What is kept of calls before and beside them. Its objects are plain values: they are detached from the database.

    Args:
        location: a file or an URL; None: what the environment names, or a file in the user's state directory.

    Raises:
        StoreUnavailable: from every method, when the database cannot be used.
    """

    def begin_attempt(self, attempt: Attempt) -> None:
        """Record a call that is about to be made."""
        with self.session() as session:
            session.add(attempt)

    def attempt(self, attempt_id: str) -> Attempt | None:
        """Return the attempt of that id."""
        with self.session() as session:
            return session.get(Attempt, attempt_id)

    def end_attempt(
        self,
        attempt_id: str,
        outcome: str,
        detail: str = "",
        *,
        room: str | None = None,
        answered: datetime | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Record how a call came out, once: whoever comes later changes nothing, and is told so.

        The worker of the call comes first while it lives, because it records before it tells; the dialler comes first
        where no worker has, and where the worker's database is another one.

        | recorded so far | the worker, or the dialler, says | afterwards |
        |---|---|---|
        | nothing yet | an outcome | that outcome |
        | an outcome | the same or another one | as before |
        | no such attempt here | an outcome | nothing |

        Args:
            room: where the call was; an attempt that was in another room is not ended.

        Returns:
            Whether this was the outcome that is recorded.
        """
        values = {"outcome": outcome, "detail": detail, "answered": answered, "ended": now or datetime.now(UTC)}
        with self.session() as session:
            query = update(Attempt).where(Attempt.id == attempt_id, Attempt.outcome == "").values(**values)
            query = query if room is None else query.where(Attempt.room == room)
            return bool(getattr(session.execute(query), "rowcount", 0))

    def attempts(self, number: str | None = None, *, since: datetime | None = None) -> list[Attempt]:
        """Return attempts in order of time, of one number and since a moment if asked for."""
        query = select(Attempt).order_by(Attempt.at)
        if number is not None:
            query = query.where(Attempt.number == number)
        if since is not None:
            query = query.where(Attempt.at > since)
        with self.session() as session:
            return list(session.scalars(query))

    def attempts_within_a_day(self, number: str, now: datetime) -> int:
        """Tell how often the number was called in the 24 hours before `now`; what never got there does not count."""
        called = or_(Attempt.outcome.not_in(NOT_CALLED), Attempt.answered.is_not(None))
        query = select(func.count()).where(Attempt.number == number, Attempt.at > now - DAY, called)
        with self.session() as session:
            return session.scalar(query) or 0

    def refuse(self, number: str, rule: str, reason: str, *, profile: str, now: datetime | None = None) -> None:
        """Record a call that a guard did not let out."""
        row = RefusedCall(number=number, at=now or datetime.now(UTC), rule=rule, reason=reason, profile=profile)
        with self.session() as session:
            session.add(row)

    def refusals(self) -> list[RefusedCall]:
        """Return all refusals in order of time."""
        with self.session() as session:
            return list(session.scalars(select(RefusedCall).order_by(RefusedCall.at, RefusedCall.id)))

    def add_do_not_call(
        self,
        number: str,
        reason: str = "",
        *,
        job: str = "",
        direction: str = "",
        attestation: str = "",
        now: datetime | None = None,
    ) -> bool:
        """Put a number on the do-not-call list; False when it was there already, which stays as it is.

        Args:
            job: the call in which it was asked for, and of which direction that was.
            attestation: how sure it is that the number is of whoever asked.
        """
        with self.session() as session:
            if session.get(DoNotCall, number):
                return False
            origin = {"job": job, "direction": direction, "attestation": attestation}
            session.add(DoNotCall(number=number, at=now or datetime.now(UTC), reason=reason, **origin))
            return True

    def add_all_do_not_call(self, numbers: Iterable[str], reason: str = "", *, now: datetime | None = None) -> int:
        """Put numbers on the do-not-call list, all of them or none; how many were not there already."""
        entry = {"at": now or datetime.now(UTC), "reason": reason}
        with self.session() as session:
            there = set(session.scalars(select(DoNotCall.number)))
            new = [{"number": number, **entry} for number in dict.fromkeys(numbers) if number not in there]
            if new:
                session.execute(insert(DoNotCall), new)
            return len(new)

    def remove_do_not_call(self, number: str) -> bool:
        """Take a number off the do-not-call list; False when it was not there."""
        with self.session() as session:
            entry = session.get(DoNotCall, number)
            if entry is not None:
                session.delete(entry)
            return entry is not None

    def do_not_call(self, number: str) -> DoNotCall | None:
        """Return the entry of a number on the do-not-call list."""
        with self.session() as session:
            return session.get(DoNotCall, number)

    def do_not_call_list(self) -> list[DoNotCall]:
        """Return the whole do-not-call list, by number."""
        with self.session() as session:
            return list(session.scalars(select(DoNotCall).order_by(DoNotCall.number)))

    def list_rows(self, name: str) -> dict[str, ListRow]:
        """Return the rows of a list that were begun, by their keys."""
        with self.session() as session:
            return {row.key: row for row in session.scalars(select(ListRow).where(ListRow.list == name))}

    def set_list_row(self, name: str, key: str, state: str, changes: Mapping[str, Any] | None = None) -> None:
        """Record how far a row has come; fields that `changes` does not name stay."""
        with self.session() as session:
            row = session.get(ListRow, (name, key)) or ListRow(list=name, key=key)
            row.state, row.at = state, datetime.now(UTC)
            for field, value in (changes or {}).items():
                setattr(row, field, value)
            session.add(row)

    def forget_list(self, name: str) -> None:
        """Forget how far a list has come. What was called stays among the attempts."""
        with self.session() as session:
            session.execute(delete(ListRow).where(ListRow.list == name))

    def lease_of(self, name: str) -> ListLease | None:
        """Tell which process dials a list, or did so when it was killed."""
        with self.session() as session:
            return session.get(ListLease, name)

    def take_lease(self, lease: ListLease, *, instead_of: ListLease | None) -> bool:
        """Take a list, in the place of the lease that `lease_of` gave. False when somebody else was faster."""
        fields = {"token": lease.token, "host": lease.host, "pid": lease.pid, "at": lease.at}
        with self.session() as session:
            if instead_of is not None:
                found = (
                    ListLease.list == lease.list,
                    ListLease.token == instead_of.token,
                    ListLease.at == instead_of.at,
                )
                taken = session.execute(update(ListLease).where(*found).values(**fields))
                return bool(getattr(taken, "rowcount", 0))
            try:
                with session.begin_nested():
                    session.add(ListLease(list=lease.list, **fields))
            except IntegrityError:
                return False
            return True

    def drop_lease(self, name: str, token: str) -> None:
        """Give a list back."""
        with self.session() as session:
            session.execute(delete(ListLease).where(ListLease.list == name, ListLease.token == token))

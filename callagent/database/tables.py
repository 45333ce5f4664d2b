"""The tables of the records database."""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from callagent.sanitise import json_text, storable


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC; SQLite forgets time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC without a time zone. Raise ValueError for a moment without one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: the time zone is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Writable(TypeDecorator[str]):
    """Text that every database takes: no NUL, no half of a character, not longer than its column."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else storable(value)[: self.length]


class WritableJson(TypeDecorator[dict[str, Any]]):
    """An object as JSON; what JSON cannot hold is replaced."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> Any:
        """To the database."""
        return None if value is None else json.loads(json_text(value))


class Base(DeclarativeBase):
    """What the tables have in common."""

    type_annotation_map: ClassVar = {datetime: Instant, dict[str, Any]: WritableJson, str: Writable(500)}


class Attempt(Base):
    """One try to reach a number: from the moment at which all guards had agreed."""

    __tablename__ = "attempts"

    id: Mapped[str] = mapped_column(Writable(40), primary_key=True)
    number: Mapped[str] = mapped_column(Writable(20), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    profile: Mapped[str]
    room: Mapped[str]
    caller_id: Mapped[str] = mapped_column(Writable(20), default="")
    trunk: Mapped[str] = mapped_column(default="")
    meta: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[str] = mapped_column(Writable(30), default="")
    detail: Mapped[str] = mapped_column(default="")
    answered: Mapped[datetime | None] = mapped_column(default=None)
    ended: Mapped[datetime | None] = mapped_column(default=None)


class RefusedCall(Base):
    """A call that a guard did not let out."""

    __tablename__ = "refusals"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Writable(20), index=True)
    at: Mapped[datetime]
    rule: Mapped[str] = mapped_column(Writable(40))
    reason: Mapped[str]
    profile: Mapped[str]


class DoNotCall(Base):
    """A number whose owner is not to be called.

    Of one that was listed in a call, `job` is the call, `direction` whether it was `inbound` or `outbound`, and
    `attestation` how sure the number was: `dialled`, or what the trunk says about a caller's number.
    """

    __tablename__ = "do_not_call"

    number: Mapped[str] = mapped_column(Writable(20), primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    job: Mapped[str] = mapped_column(Writable(100), default="", server_default="")
    direction: Mapped[str] = mapped_column(Writable(20), default="", server_default="")
    attestation: Mapped[str] = mapped_column(Writable(20), default="", server_default="")


class ListRow(Base):
    """How far one row of a list of numbers has come."""

    __tablename__ = "list_rows"

    list: Mapped[str] = mapped_column(Writable(500), primary_key=True)
    key: Mapped[str] = mapped_column(Writable(64), primary_key=True)
    state: Mapped[str] = mapped_column(Writable(20))
    attempt: Mapped[str] = mapped_column(Writable(40), default="")
    room: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(Writable(30), default="")
    detail: Mapped[str] = mapped_column(default="")
    due: Mapped[datetime | None] = mapped_column(default=None)
    at: Mapped[datetime]


class WorkerRow(Base):
    """A worker that keeps its calls in this database, as it was at `seen`: how full it is.

    Attributes:
        id: of this run of it; host, pid: where it runs; agent: the agent name that it answers to.
        calls: calls in progress; max_calls: how many there may be; refused: calls that it was too full for, so far.
        draining: whether it takes no more calls, and ends after those in progress.
    """

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(Writable(40), primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    agent: Mapped[str] = mapped_column(Writable(100))
    calls: Mapped[int]
    max_calls: Mapped[int]
    refused: Mapped[int]
    draining: Mapped[bool] = mapped_column(default=False)
    started: Mapped[datetime]
    seen: Mapped[datetime] = mapped_column(index=True)


class ListLease(Base):
    """Which process dials a list now."""

    __tablename__ = "list_leases"

    list: Mapped[str] = mapped_column(Writable(500), primary_key=True)
    token: Mapped[str] = mapped_column(Writable(40))
    host: Mapped[str]
    pid: Mapped[int]
    at: Mapped[datetime]

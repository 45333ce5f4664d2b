"""The database of calls: written as they go, read by whoever looks at them. Every method blocks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

import callagent.records.analyses as analyses
import callagent.records.facts as facts
import callagent.records.webhooks.outbox as outbox
from callagent.database import Database, StoreUnavailable
from callagent.journal.codec import Head, written
from callagent.journal.journal_file import CallJournal
from callagent.records.figures import figures_of
from callagent.records.journal_lines import Packet, journal_of, last_moment, record_of
from callagent.records.prices import NO_PRICES, Prices
from callagent.records.search import Wanted, conditions, lost_before, newest, seq_of
from callagent.records.tables import (
    CUT_OFF,
    LIVE,
    PARTS,
    AnalysisRow,
    CallRow,
    DecisionRow,
    NoteRow,
    TextRow,
    ToolRow,
    TurnRow,
)
from callagent.records.webhooks.settings import Endpoint
from callagent.records.writing import append, keep_as_one, keep_text, lines_of

Part = TypeVar("Part", TurnRow, DecisionRow, ToolRow, NoteRow)

ANY = Wanted()

AT_ONCE = 500
"""Calls that are read, or deleted, by one request to the database."""

UNLIMITED = 1 << 31
"""Calls; more than any database has."""

RECORDED = (CallRow.id, CallRow.recording_location)

NEAR = 3
"""Calls that are named when an id is none, or that of several."""


class UnknownCall(LookupError):
    """No call has that id, or several have ids that begin so. The message is one line; `nearest` has ids to offer."""

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.nearest = tuple(nearest)


class RecordStore(Database):
    """The calls in a records database. What it gives are plain values: they are detached from it.

    Args:
        location: a file or an URL; None: what the environment names, or a file in the user's state directory.

    Raises:
        StoreUnavailable: from every method, when the database cannot be used.
    """

    def begin(self, head: Head, *, host: str = "") -> None:
        """Record a call, by the head of its journal."""
        self.append(Packet(head.call, 0, [written(head).encode()]), host=host)

    def append(self, *packets: Packet, host: str = "") -> None:
        """Record more of calls, all of it or nothing. Lines that are here already change nothing.

        Raises:
            ValueError: lines before a packet are missing, or the first one is no head; nothing is recorded.
        """
        with self.writing() as session:
            for packet in packets:
                row, events = append(session, packet, host)
                if events and outbox.is_wanted(session):
                    outbox.put(session, row, journal_of(lines_of(session, row.seq)), events)

    def subscribe(self, endpoints: Sequence[Endpoint], *, anew: bool = True) -> None:
        """Have endpoints told of calls from now on: with what is recorded of a call a webhook is kept for them.

        Args:
            anew: also those that have said since that they are gone.
        """
        with self.writing() as session:
            outbox.subscribe(session, endpoints, anew=anew)

    def end(self, call: str, *, prices: Prices = NO_PRICES) -> bool:
        """Record that nothing follows: its figures are made, and its words can be found. False for an unknown call.

        Args:
            prices: what its models cost.
        """
        with self.writing() as session:
            row = session.scalar(select(CallRow).where(CallRow.id == call))
            if row is None:
                return False
            lines = lines_of(session, row.seq)
            journal = journal_of(lines)
            facts.close(row, last_moment(journal))
            for name, value in figures_of(journal).items():
                setattr(row, name, value)
            row.cost = prices.of(row.usage)
            said = "\n".join(turn.text for turn in journal.log.turns)
            keep_text(session, row.seq, said)
            keep_as_one(session, row.seq, lines)
            if outbox.is_wanted(session):
                outbox.put(session, row, journal, ("started", "ended"))
            if journal.head.after_call and any(turn.role == "user" for turn in journal.log.turns):
                analyses.put(session, row)
            return True

    def heard_of(self, *calls: str) -> None:
        """Record that these calls still go on."""
        with self.session() as session:
            session.execute(update(CallRow).where(CallRow.id.in_(calls)).values(seen=datetime.now(UTC)))

    def find(self, wanted: Wanted = ANY, *, limit: int | None = 50) -> list[CallRow]:
        """Return the calls that are looked for, newest first; None for all of them."""
        with self.session() as session:
            return [_as_seen(row) for rows in self._pages(session, wanted, limit) for row in rows]

    def count(self, wanted: Wanted = ANY) -> int:
        """Tell how many calls are looked for."""
        with self.session() as session:
            if wanted.text:
                return len(newest(session, wanted, UNLIMITED))
            return session.scalar(select(func.count()).select_from(CallRow).where(*conditions(wanted))) or 0

    def get(self, call: str) -> CallRow:
        """Return the call of that id, or the one whose id begins so.

        Raises:
            UnknownCall: there is none, or more than one.
        """
        with self.session() as session:
            return _as_seen(_row(session, call))

    def journal(self, call: str) -> CallJournal:
        """Return the journal of a call, as far as it is here and can be read. Raise UnknownCall, as `get`."""
        with self.session() as session:
            return journal_of(lines_of(session, _row(session, call).seq))

    def record(self, call: str) -> dict[str, Any]:
        """Return the record of a call as its JSON file has it. Raise UnknownCall, as `get`."""
        return record_of(self.journal(call)).as_dict()

    def turns(self, call: str) -> list[TurnRow]:
        """Return the turns of a call in the order of the conversation. Raise UnknownCall, as `get`."""
        return sorted(self._parts(TurnRow, call), key=lambda turn: (turn.at, turn.line))

    def decisions(self, call: str) -> list[DecisionRow]:
        """Return what the gate decided in a call, in order. Raise UnknownCall, as `get`."""
        return self._parts(DecisionRow, call)

    def tools(self, call: str) -> list[ToolRow]:
        """Return the calls of tools in a call, in order. Raise UnknownCall, as `get`."""
        return self._parts(ToolRow, call)

    def notes(self, call: str) -> list[NoteRow]:
        """Return errors and notes of a call, in order. Raise UnknownCall, as `get`."""
        return self._parts(NoteRow, call)

    def analysis(self, call: str) -> dict[str, Any] | None:
        """Return what was found out about a call when it was over, or why nothing was; None where nobody has asked.
        Raise UnknownCall, as `get`.
        """
        with self.session() as session:
            row = session.get(AnalysisRow, _row(session, call).seq)
            return None if row is None else analyses.as_dict(row)

    def delete(self, call: str) -> bool:
        """Delete all that is kept of a call; False where it is not there. One that goes on comes back."""
        with self.writing() as session:
            seq = session.scalar(select(CallRow.seq).where(CallRow.id == call))
            if seq is not None:
                remove_calls(session, [seq])
            return seq is not None

    def prune(self, before: datetime, *, dry_run: bool = False, recorded: bool = True) -> int:
        """Delete the calls that began before a moment and are over; tell how many there are.

        Args:
            dry_run: delete nothing.
            recorded: those too that still have a recording, which stays where it is.
        """
        over = [CallRow.seq < seq_of(before), CallRow.state != LIVE]
        over += [] if recorded else [CallRow.recording_location == ""]
        if dry_run:
            with self.session() as session:
                return session.scalar(select(func.count()).select_from(CallRow).where(*over)) or 0
        deleted = 0
        while True:
            with self.writing() as session:  # others may write between two lots
                seqs = list(session.scalars(select(CallRow.seq).where(*over).order_by(CallRow.seq).limit(AT_ONCE)))
                remove_calls(session, seqs)
            deleted += len(seqs)
            if len(seqs) < AT_ONCE:
                return deleted

    def compact(self) -> None:
        """Write the database anew without what was deleted: nothing of that can be read from its files any more.

        Raises:
            StoreUnavailable: somebody else uses it all the time; what was deleted is only free space yet.
        """
        dialect = self._engine.dialect.name
        with self.outside_transactions() as connection:
            if dialect == "sqlite":
                connection.exec_driver_sql("INSERT INTO call_words (call_words) VALUES ('optimize')")
            if dialect in ("sqlite", "postgresql"):
                connection.exec_driver_sql("VACUUM")
            if dialect == "sqlite":
                (busy, *_), *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
                if busy:
                    raise StoreUnavailable("records database: somebody reads it all the time: its log still has more")

    def recordings(self, before: datetime) -> list[tuple[str, str]]:
        """Return the calls that began before a moment, are over and have a recording: id and where it is kept."""
        over = or_(CallRow.state != LIVE, CallRow.seen < lost_before())
        found = select(*RECORDED).where(CallRow.seq < seq_of(before), over, CallRow.recording_location != "")
        with self.session() as session:
            return [(call, location) for call, location in session.execute(found)]

    def recording_removed(self, call: str) -> None:
        """Record that the recording of a call is gone."""
        with self.writing() as session:
            row = session.scalar(select(CallRow).where(CallRow.id == call))
            if row is not None:
                row.recording_location = ""
                row.recording = {**row.recording, "removed": datetime.now(UTC).isoformat(timespec="seconds")}

    def _pages(self, session: Session, wanted: Wanted, limit: int | None) -> Iterator[list[CallRow]]:
        rows = select(CallRow).order_by(CallRow.seq.desc())
        if limit is None and not wanted.text:
            yield list(session.scalars(rows.where(*conditions(wanted))))
            return
        seqs = newest(session, wanted, UNLIMITED if limit is None else limit)
        for start in range(0, len(seqs), AT_ONCE):
            yield list(session.scalars(rows.where(CallRow.seq.in_(seqs[start : start + AT_ONCE]))))

    def _parts(self, kind: type[Part], call: str) -> list[Part]:
        with self.session() as session:
            seq = _row(session, call).seq
            return list(session.scalars(select(kind).where(kind.call == seq).order_by(kind.line)))


def _row(session: Session, call: str) -> CallRow:
    """Return the call with that id, or whose id begins so. Raise UnknownCall."""
    row = session.scalar(select(CallRow).where(CallRow.id == call))
    if row is not None:
        return row
    begins = [CallRow.id.startswith(call, autoescape=True)]
    if session.get_bind().dialect.name == "sqlite":  # its LIKE looks at every row
        begins += [CallRow.id >= call, CallRow.id < f"{call}\U0010ffff"]
    rows = list(session.scalars(select(CallRow).where(*begins).order_by(CallRow.id).limit(NEAR)))
    if len(rows) == 1 and call:
        return rows[0]
    nearest = [row.id for row in rows]
    if nearest:
        raise UnknownCall(f"several calls have an id that begins with {call!r}: {', '.join(nearest)}, …", nearest)
    raise UnknownCall(f"no call has an id that begins with {call!r}")


def _as_seen(row: CallRow) -> CallRow:
    """Return the row for those who read it: a call whose worker is gone for good does not go on."""
    if row.state == LIVE and row.seen < lost_before():
        set_committed_value(row, "state", CUT_OFF)
    return row


def remove_calls(session: Session, seqs: Sequence[int]) -> None:
    """Delete all that is kept of calls."""
    for part in PARTS:
        session.execute(delete(part).where(part.call.in_(seqs)))
    for whole in (TextRow, CallRow):
        session.execute(delete(whole).where(whole.seq.in_(seqs)))

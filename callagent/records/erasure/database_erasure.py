"""Everything that is kept of somebody's telephone number: found, taken out, and looked for again.

What is somebody's own goes as a whole: their calls with all that was said in them, attempts to reach them, refusals.
Where others have named the number, in the words of another call or the reason of a refusal, the number alone goes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.orm import Session

from callagent.database import Attempt, DoNotCall, RefusedCall
from callagent.database.tables import Base, Writable, WritableJson
from callagent.records.search import lost_before
from callagent.records.store import AT_ONCE, RecordStore, remove_calls
from callagent.records.tables import LIVE, PARTS, CallRow, LongText, TextRow
from callagent.records.writing import keep_as_one, lines_of
from callagent.sanitise import json_text
from callagent.sanitise.redaction.known_number import KnownNumber

_OWN: Final = (Attempt, RefusedCall)
"""Tables whose rows are somebody's by their `number`."""

_OF_CALLS: Final = frozenset(part.__tablename__ for part in (*PARTS, TextRow, CallRow))
"""Tables of what a call's journal has: what is not in the journal is not in them."""

_TEXTS: Final = (Writable, LongText, WritableJson)


@dataclass
class Kept:
    """What is kept of a number.

    Attributes:
        calls: ids of the calls with it.
        named_in: ids of other calls in which it was named.
        rows: attempts, refusals and what else has it, by their tables.
        under_way: calls that go on, and so cannot be touched.
        do_not_call: it is on the do-not-call list.
        looked_at: calls whose journals have been read.
    """

    calls: list[str] = field(default_factory=list)
    named_in: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    under_way: list[str] = field(default_factory=list)
    do_not_call: bool = False
    looked_at: int = 0

    def places(self) -> list[str]:
        """Return where it is, but for the do-not-call list: a line for each kind of place."""
        found = [f"call {call}" for call in (*self.calls, *self.named_in)]
        return found + [f"{count} in {table}" for table, count in sorted(self.rows.items())]


class Erasure:
    """Looks for a number in a database, and takes it out.

    Args:
        store: of the calls.
        number: of whom nothing may stay.
    """

    def __init__(self, store: RecordStore, number: KnownNumber) -> None:
        self._store, self._number = store, number

    def find(self) -> Kept:
        """Read everything there is, journals too, and tell where the number is.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        kept = Kept()
        with self._store.session() as session:
            for seq, call, number, live, seen in _calls(session):
                kept.looked_at += 1
                own = self._number.is_in(number)
                if not own and not self._is_named_in(session, seq):
                    continue
                if live == LIVE and seen >= lost_before():
                    kept.under_way.append(call)
                else:
                    (kept.calls if own else kept.named_in).append(call)
            for table in _other_tables():
                if count := sum(1 for _ in self._rows(session, table)):
                    kept.rows[table.name] = count
            kept.do_not_call = session.get(DoNotCall, self._number.pii_e164) is not None
        return kept

    def erase(self, kept: Kept, *, listed: bool = False) -> None:
        """Take the number out of where it was found; what goes on stays.

        Args:
            listed: off the do-not-call list too, so that it may be called again.

        Raises:
            StoreUnavailable: the database cannot be used; what was not erased is still found.
        """
        for start in range(0, len(kept.calls), AT_ONCE):
            with self._store.writing() as session:
                of = CallRow.id.in_(kept.calls[start : start + AT_ONCE])
                remove_calls(session, list(session.scalars(select(CallRow.seq).where(of))))
        for call in kept.named_in:
            with self._store.writing() as session:
                self._take_out_of(session, call)
        with self._store.writing() as session:
            for table in _other_tables():
                for row in list(self._rows(session, table)):
                    self._take_out(session, table, row)
            if listed:
                session.execute(delete(DoNotCall).where(DoNotCall.number == self._number.pii_e164))
        self._store.compact()

    def _is_named_in(self, session: Session, seq: int) -> bool:
        """Tell whether a call's journal has the number anywhere."""
        return any(line != self._masked_line(line) for line in lines_of(session, seq))

    def _masked_line(self, line: bytes) -> bytes:
        """Return a line of a journal without the number; half a line is no JSON, and loses all if it has it."""
        text = line.decode(errors="replace")
        if not self._number.may_be_in(text) and "\\u" not in text:
            return line
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return b"" if self._number.is_in(text) else line
        masked = self._number.values(value)
        return line if masked == value else json_text(masked).encode()

    def _take_out_of(self, session: Session, call: str) -> None:
        """Take the number out of a call that has only named it: its journal, and what was made of that."""
        seq = session.scalar(select(CallRow.seq).where(CallRow.id == call))
        if seq is None:
            return
        keep_as_one(session, seq, [self._masked_line(line) for line in lines_of(session, seq)])
        for table in (Base.metadata.tables[name] for name in _OF_CALLS):
            key = table.c.seq if "seq" in table.c else table.c.call
            for row in list(self._rows(session, table, key == seq)):
                self._take_out(session, table, row)

    def _rows(self, session: Session, table: Table, *where: Any) -> Iterator[Any]:
        """Yield the rows of a table that have the number in one of their texts."""
        columns = _text_columns(table)
        if not columns:
            return
        for row in session.execute(select(table).where(*where)).yield_per(AT_ONCE):
            if any(self._number.values(value) != value for value in (row._mapping[each] for each in columns)):
                yield row

    def _take_out(self, session: Session, table: Table, row: Any) -> None:
        """Delete a row that is somebody's own; of any other take the number alone."""
        this = [column == row._mapping[column] for column in table.primary_key]
        if table.name in {own.__tablename__ for own in _OWN} and self._number.is_in(row.number):
            session.execute(delete(table).where(*this))
            return
        values = {
            each.name: self._number.values(row._mapping[each]) for each in _text_columns(table) if not each.primary_key
        }
        session.execute(update(table).where(*this).values(**values))


def _calls(session: Session) -> Iterator[Any]:
    columns = CallRow.seq, CallRow.id, CallRow.pii_number, CallRow.state, CallRow.seen
    return iter(session.execute(select(*columns).order_by(CallRow.seq)).yield_per(AT_ONCE))


def _other_tables() -> Sequence[Table]:
    """Return the tables that are not of a call's journal, and not the do-not-call list, which is kept on purpose."""
    besides = _OF_CALLS | {DoNotCall.__tablename__}
    return [table for table in Base.metadata.sorted_tables if table.name not in besides]


def _text_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if isinstance(column.type, _TEXTS)]

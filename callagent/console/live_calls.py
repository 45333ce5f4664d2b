"""Calls under way, as the database has them: read again and again, from where the last time ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from callagent.console.journal_entries import Entry, entry_of, numbered
from callagent.database import Database
from callagent.database.workers import Fleet, fleet_of
from callagent.journal.codec import Head, Line
from callagent.journal.events import AgentState, CallerHeard, GateDecided, HandedOver, OnHold, ToolCalled, TurnAdded
from callagent.records import CallRow, Wanted
from callagent.records.journal_lines import unpacked
from callagent.records.search import conditions, lost_before
from callagent.records.tables import CUT_OFF, ENDED, LIVE, PacketRow

MOST_ENTRIES: Final = 5000
"""Entries of a call that are kept; of a longer one the last ones."""

MOST_CALLS: Final = 500
"""Calls under way that are followed, the newest."""

GONE = "no longer kept"
"""How a call has ended that is not in the database any more."""

STATES: Final[Mapping[str, str]] = {"initializing": "begins", "idle": "idle"}
"""States of the agent that have another word here."""


@dataclass
class LiveCall:
    """A call under way, as far as it is known.

    Attributes:
        seq, id: as `CallRow` has them.
        started: when it began, in UTC.
        next_line: number of the first line that was not read yet.
        version: counts what was new of it.
        head: what is known of it as a whole.
        state: what the agent does.
        agent: who of several agents has the call.
        pii_interim: what the caller is saying, as far as it was recognised.
        outcome: how it has ended; empty while it goes on.
    """

    seq: int
    id: str
    started: datetime
    next_line: int = 0
    version: int = 0
    head: Head | None = None
    state: str = ""
    agent: str = ""
    on_hold: bool = False
    pii_interim: str = field(default="", repr=False)
    entries: list[Entry] = field(default_factory=list, repr=False)
    stopped: int = 0
    talked_on: int = 0
    turns: int = 0
    tools: int = 0
    errors: int = 0
    outcome: str = ""

    def take(self, number: int, line: Line) -> None:
        """Have a line of the journal tell what is new."""
        self.next_line = number + 1
        match line:
            case Head():
                self.head = line
            case AgentState(state=state):
                self.state = STATES.get(state, state)
            case CallerHeard(text=text, final=final):
                self.pii_interim = "" if final else text
            case OnHold(begun=begun):
                self.on_hold = begun
            case HandedOver(agent=agent):
                self.agent = agent
            case TurnAdded():
                self.turns += 1
            case ToolCalled():
                self.tools += 1
            case GateDecided(decision=decision):
                self.stopped += decision == "interrupt"
                self.talked_on += decision in ("drop", "deliver")
        if (entry := entry_of(number, line)) is None:
            return
        self.errors += entry.kind == "error"
        self.entries.append(entry)
        del self.entries[:-MOST_ENTRIES]

    def fact(self, name: str) -> str:
        """Return what the context of the call has by that name, as text."""
        return "" if self.head is None else str(self.head.context.get(name) or "")


class LiveCalls:
    """Follows the calls under way in a database. `read` blocks; one thread at a time.

    Attributes:
        calls: those under way by their id, the newest first, and those that ended since the last `read`.
        fleet: the workers that answer them.
    """

    def __init__(self, database: Database) -> None:
        self.calls: dict[str, LiveCall] = {}
        self.fleet = Fleet()
        self._database = database

    def read(self) -> None:
        """Take what is new. Raise StoreUnavailable."""
        known = {call.id: call for call in self.calls.values() if not call.outcome}
        found: dict[str, LiveCall] = {}
        with self._database.session() as session:
            for seq, id_, started, lines in session.execute(_under_way()):
                call = found[id_] = known.pop(id_) if id_ in known else LiveCall(seq, id_, started)
                if lines > call.next_line:
                    new = PacketRow.first >= call.next_line  # of a call that goes on nothing is packed anew
                    self._take(session, call, new)
            for call in known.values():
                found[call.id] = call
                self._end(session, call)
        self.calls = found
        self.fleet = fleet_of(self._database)

    def _end(self, session: Session, call: LiveCall) -> None:
        """Take the rest of a call that is not under way any more: its journal may be in one packet by now."""
        row = session.get(CallRow, call.seq)
        if row is None or row.id != call.id:
            call.outcome = GONE
        else:
            self._take(session, call, PacketRow.first + PacketRow.count > call.next_line)
            call.outcome = outcome_of(row)
        call.pii_interim = ""
        call.version += 1

    def _take(self, session: Session, call: LiveCall, new: ColumnElement[bool]) -> None:
        query = select(PacketRow.first, PacketRow.pii_lines).where(PacketRow.call == call.seq, new)
        for first, packet in session.execute(query.order_by(PacketRow.first)):
            lines = unpacked([packet])
            for number, line in numbered(lines[max(0, call.next_line - first) :], max(first, call.next_line)):
                call.take(number, line)
            call.next_line = max(call.next_line, first + len(lines))
        call.version += 1


def outcome_of(row: CallRow) -> str:
    """Return how a call has ended, in a word or two: of one that is not over, its state."""
    if row.state == LIVE and row.seen < lost_before():
        return CUT_OFF
    return row.state if row.state != ENDED else row.reason or row.ending or row.state


def _under_way() -> Select[int, str, datetime, int]:
    query = select(CallRow.seq, CallRow.id, CallRow.started, CallRow.lines).where(*conditions(Wanted(state=LIVE)))
    return query.order_by(CallRow.seq.desc()).limit(MOST_CALLS)

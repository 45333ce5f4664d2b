"""How the lines of a journal become rows: what is here already is left out, the rest is written in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import callagent.records.facts as facts
from callagent.journal.codec import Head, Line, NotALine, parsed
from callagent.journal.events import Answered, ToolReturned
from callagent.records.journal_lines import Packet, packed, readable, unpacked
from callagent.records.search import seq_of
from callagent.records.tables import CallRow, PacketRow, TextRow, ToolRow
from callagent.records.webhooks.settings import Event

MOST_AT_A_MOMENT: Final = 1000
"""Calls that may begin in one millisecond: they are numbered in microseconds."""

LONGEST_TEXT: Final = 200_000
"""Characters of what was said in a call in which words are found: PostgreSQL takes a megabyte."""


def append(session: Session, packet: Packet, host: str) -> tuple[CallRow, list[Event]]:
    """Write what is new in a packet; return its call, and what of it others may want to be told.

    Raises:
        ValueError: lines before it are missing, or the first is no head.
    """
    query = select(CallRow).where(CallRow.id == packet.call).with_for_update()
    row = session.scalar(query)
    if row is None:
        row = _new_row(session, packet, host)
    if packet.first > row.lines:
        raise ValueError(f"lines {row.lines} to {packet.first - 1} of the call are missing")
    new = packet.pii_lines[row.lines - packet.first :]
    row.seen = datetime.now(UTC)
    if not new:
        return row, []
    facts.reopen(row)
    events: list[Event] = []
    for number, raw in enumerate(new, row.lines):
        try:
            line = parsed(raw)
        except NotALine:
            continue  # of a newer version, or half a line: the journal has it
        _take(session, row, number, line)
        events += _told_by(line)
    session.add(PacketRow(call=row.seq, first=row.lines, count=len(new), pii_lines=packed(new)))
    row.lines += len(new)
    session.flush()
    return row, events


def _told_by(line: Line) -> list[Event]:
    """Return what others are told when a line comes: the end of a call waits for its figures."""
    match line:
        case Head(profile=str(profile)) if profile:
            return ["started"]
        case Answered():
            return ["answered"]
    return []


def _new_row(session: Session, packet: Packet, host: str) -> CallRow:
    head = next(iter(readable(packet.pii_lines[:1])), None) if packet.first == 0 else None
    if not isinstance(head, Head):
        raise ValueError("a call begins with its head")
    started = facts.instant(head.started) or datetime.now(UTC)
    values = {"id": packet.call, "started": started, "seen": started, "host": host, **facts.of_head(head)}
    for _ in range(MOST_AT_A_MOMENT):
        row = CallRow(seq=_free(session, seq_of(started)), **values)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another process was faster, with this call or with one of the same moment
            if (known := session.scalar(select(CallRow).where(CallRow.id == packet.call))) is not None:
                return known
            continue
        return row
    raise ValueError("too many calls have begun at that moment")


def _free(session: Session, moment: int) -> int:
    """Return the first number from a moment on that no call has, as far as can be seen."""
    taken = session.scalar(
        select(func.max(CallRow.seq)).where(CallRow.seq >= moment, CallRow.seq < moment + MOST_AT_A_MOMENT)
    )
    return moment if taken is None else taken + 1


def _take(session: Session, row: CallRow, number: int, line: Line) -> None:
    facts.take(row, line)
    if (part := facts.part_of(row.seq, number, line)) is not None:
        session.add(part)
    if isinstance(line, ToolReturned):
        query = select(ToolRow).where(ToolRow.call == row.seq, ToolRow.tool_call == line.call)
        if (tool := session.scalar(query.order_by(ToolRow.line.desc()).limit(1))) is not None:
            facts.return_tool(tool, line)


def lines_of(session: Session, seq: int) -> list[bytes]:
    """Return the lines of a call's journal, as far as they are here."""
    query = select(PacketRow.pii_lines).where(PacketRow.call == seq).order_by(PacketRow.first)
    return unpacked(session.scalars(query))


def keep_as_one(session: Session, seq: int, lines: Sequence[bytes]) -> None:
    """Keep the journal of a call that is over in one packet, which is several times as small as many."""
    session.execute(delete(PacketRow).where(PacketRow.call == seq))
    session.add(PacketRow(call=seq, first=0, count=len(lines), pii_lines=packed(lines)))


def keep_text(session: Session, seq: int, said: str) -> None:
    """Keep what was said in a call that is over, for those who look for words."""
    said = said[:LONGEST_TEXT]
    text = session.get(TextRow, seq)
    if text is None:
        session.add(TextRow(seq=seq, pii_text=said))
    else:
        text.pii_text = said

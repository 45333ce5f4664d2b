"""The lines of a call's journal on their way into the database and out of it, as JSON and compressed."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from callagent.journal.call_record import CallRecord, caller_of
from callagent.journal.codec import Head, Line, NotALine, parsed
from callagent.journal.events import Answered, CallEnded, Observation
from callagent.journal.journal_file import CallJournal
from callagent.records.facts import instant
from callagent.turns.gate.events import Event


@dataclass(frozen=True)
class Packet:
    """Lines of a call's journal, as JSON lines without their ends, from the number `first` on; the head is number 0.

    A call may have several heads: what is known of it only later. The last one counts.
    """

    call: str
    first: int
    pii_lines: Sequence[bytes] = field(repr=False)


def packed(lines: Sequence[bytes]) -> bytes:
    """Return lines as they are kept."""
    return zlib.compress(b"".join(line + b"\n" for line in lines))


def unpacked(packets: Iterable[bytes]) -> list[bytes]:
    """Return the lines that were packed."""
    return [line for packet in packets for line in zlib.decompress(packet).splitlines()]


def readable(lines: Iterable[bytes]) -> list[Line]:
    """Return what the lines say, without those that are none: half a line, or a kind that only a newer version has."""
    found = []
    for raw in lines:
        try:
            found.append(parsed(raw))
        except NotALine:
            continue
    return found


def call_of(line: bytes) -> str:
    """Return the id of the call whose journal begins with that line. Raise ValueError where it is no head."""
    head = parsed(line)
    if not isinstance(head, Head):
        raise ValueError("a call begins with its head")
    return head.call


def journal_of(lines: Iterable[bytes]) -> CallJournal:
    """Return the journal of a call, as far as it can be read.

    Raises:
        ValueError: it has no head.
    """
    known = readable(lines)
    heads = [line for line in known if isinstance(line, Head)]
    if not heads:
        raise ValueError("a call begins with its head")
    rest = [line for line in known if not isinstance(line, Head)]
    return CallJournal(heads[-1], rest, cut_off=not any(isinstance(line, CallEnded) for line in rest))


def last_moment(journal: CallJournal) -> float:
    """Return when the last thing was that a journal tells, in seconds of the call."""
    return max((line.at for line in journal.lines if isinstance(line, Observation | Event)), default=0.0)


def record_of(journal: CallJournal) -> CallRecord:
    """Return the record of a call that is over, or was cut off, as far as its journal tells."""
    head, log = journal.head, journal.log
    answered, ended = next(iter(log.of(Answered)), None), log.ended
    record = CallRecord(
        head.call,
        head.room,
        profile=head.profile,
        profile_source=head.profile_source or "default",
        caller=caller_of(head.context),
        context=dict(head.context),
        started=_stamp(head.started) or 0.0,
        profile_hash=head.profile_hash,
        agent=head.agent,
        offered=_stamp(head.offered),
        attempt=head.attempt,
    )
    record.answered = None if answered is None else record.clock.wall(answered.at)
    if ended is not None:
        record.ended, record.state = record.clock.wall(ended.at), ended.reason
        record.error, record.because = ended.error, ended.because
    record.log = log
    return record


def _stamp(text: str) -> float | None:
    moment = instant(text)
    return None if moment is None else moment.timestamp()

"""The record of a call, as its JSON file has it, from the journal of a call that is over."""

from datetime import datetime

from callagent.journal import Answered, CallJournal
from callagent.journal.call_record import CallRecord, caller_of


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
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None

"""What is found out about calls when they are over, in the database: what waits for a model, and what came of it.

Every method blocks. Several processes may work at once: what one has in hand the others leave alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import callagent.records.webhooks.outbox as outbox
from callagent.journal.journal_file import CallJournal
from callagent.profile.after_call_settings import HIGHEST_SCORE
from callagent.records.journal_lines import journal_of
from callagent.records.leased_queue import GIVE_UP_AFTER, LeasedQueue, free, pause_after
from callagent.records.tables import FAILED, FOUND, WAITING, AnalysisRow, CallRow
from callagent.records.writing import lines_of
from callagent.sanitise import json_text

IN_HAND: Final = timedelta(minutes=15)
"""How long a process may have a call in hand: a model may take ten minutes, and mends its answer once."""


@dataclass(frozen=True)
class ToAnalyse:
    """A call that is to be looked at; `reason` is how it ended, `tries` how often it was tried before."""

    seq: int
    call: str
    journal: CallJournal = field(repr=False)
    reason: str = ""
    tries: int = 0


def put(session: Session, row: CallRow, now: datetime | None = None) -> None:
    """Have a call looked at, once: it is over, and its profile asks something about it."""
    if session.get(AnalysisRow, row.seq) is None:
        moment = now or datetime.now(UTC)
        session.add(AnalysisRow(call=row.seq, created=moment, due=moment))
        row.analysis = WAITING


class AnalysisQueue(LeasedQueue):
    """What waits for a model, of a records database."""

    def take(self, most: int) -> list[ToAnalyse]:
        """Return calls that are to be looked at now, and keep others from them meanwhile."""
        now = self._now()
        query = (
            select(AnalysisRow, CallRow)
            .join(CallRow, CallRow.seq == AnalysisRow.call)
            .where(AnalysisRow.state == WAITING, AnalysisRow.due <= now, free(AnalysisRow.taken, now))
            .order_by(AnalysisRow.due)
            .limit(most)
            .with_for_update(of=AnalysisRow, skip_locked=True)
        )
        with self.writing() as session:
            found = []
            for row, call in session.execute(query):
                row.taken = now + IN_HAND
                journal = journal_of(lines_of(session, call.seq))
                found.append(ToAnalyse(call.seq, call.id, journal, call.reason, row.tries))
            return found

    def found(
        self,
        seq: int,
        *,
        summary: str,
        fields: Mapping[str, Any],
        scores: Mapping[str, Any],
        score: float | None,
        model: str,
        usage: Mapping[str, float],
    ) -> bool:
        """Record what was found out; False where the call was deleted meanwhile. Whoever is told of calls is told."""
        with self.writing() as session:
            call, row = _rows(session, seq)
            if call is None:
                return False
            row.state, row.error, row.pii_summary = FOUND, "", summary
            row.pii_fields, row.pii_score, row.score = dict(fields), dict(scores), score
            row.model, row.usage = model, dict(usage)
            self._done(session, call, row)
            return True

    def failed(self, seq: int, error: str, *, again: bool) -> bool:
        """Record that nothing was found out; tell whether it is tried again, which it is for a day.

        Args:
            error: why, in words that hold nothing of the call.
            again: whether it may be otherwise later.
        """
        with self.writing() as session:
            call, row = _rows(session, seq)
            if call is None or row.state == FOUND:
                return False  # what was found out before is worth more
            now = self._now()
            row.tries, row.error, row.taken = row.tries + 1, error, None
            row.due = now + timedelta(seconds=pause_after(row.tries))
            if again and row.due < row.created + GIVE_UP_AFTER:
                return True
            row.state = FAILED
            self._done(session, call, row)
            return False

    def _done(self, session: Session, call: CallRow, row: AnalysisRow) -> None:
        row.done, row.taken, row.edition = self._now(), None, row.edition + 1
        call.analysis, call.pii_summary, call.score = row.state, row.pii_summary, row.score
        journal = journal_of(lines_of(session, call.seq))
        outbox.put(session, call, journal, ["analysed"], analysis=as_dict(row), edition=str(row.edition))


def as_dict(row: AnalysisRow) -> dict[str, Any]:
    """Return what was found out about a call as JSON types."""
    return {
        "state": row.state,
        "summary": row.pii_summary,
        "fields": row.pii_fields,
        "score": row.pii_score,
        "overall": row.score,
        "model": row.model,
        "usage": row.usage,
        "error": row.error,
        "at": None if row.done is None else row.done.isoformat(timespec="milliseconds"),
    }


def _rows(session: Session, seq: int) -> tuple[CallRow | None, AnalysisRow]:
    """Return the rows of a call, whose findings have a row now in any case; (None, …) where it was deleted."""
    call = session.scalar(select(CallRow).where(CallRow.seq == seq).with_for_update())
    row = session.get(AnalysisRow, seq)
    if row is None:
        now = datetime.now(UTC)
        row = AnalysisRow(call=seq, state=WAITING, created=now, due=now, tries=0, edition=0)
        if call is not None:
            session.add(row)
            session.flush()  # which gives it what it has from the start
    return call, row


def findings(analysis: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Yield what a model found out about a call when it was over, by name, or why it has not."""
    if analysis is None:
        return
    if analysis["state"] != "found":
        yield "analysis", named(analysis["state"], analysis["error"])
    if analysis["summary"]:
        yield "summary", analysis["summary"]
    for name, value in analysis["fields"].items():
        yield name, value if isinstance(value, str) else json_text(value)
    for name, answer in analysis["score"].items():
        yield name, named(f"{answer['score']} of {HIGHEST_SCORE}", answer["why"])
    if len(analysis["score"]) > 1:
        yield "score", f"{analysis['overall']:g} of {HIGHEST_SCORE}"
    if "cost" in analysis["usage"]:
        yield "cost", f"{analysis['usage']['cost']:.4f}"


def named(name: str, more: str) -> str:
    """Return a name with what is to be said of it in brackets, or what there is of the two."""
    return f"{name} ({more})" if name and more else name or more

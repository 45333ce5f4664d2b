"""Which calls are looked for, and how the database finds them without reading all of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from callagent.journal.endings import WORDS
from callagent.records.tables import CUT_OFF, ENDED, LIVE, CallRow, TextRow, TurnRow

LOST_AFTER_S: Final = 120.0
"""A call that goes on and of which nothing was heard for so long is taken for cut off, in seconds: its worker tells
every half minute that it lives (`callagent.records.delivery.HEARTBEAT_S`)."""

MANY: Final = 1000
"""Calls from which on it is quicker to go through all of them from the newest on."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORD = re.compile(r"\w+\*?")
_words = table("call_words", column("rowid"))


@dataclass(frozen=True)
class Wanted:
    """What the calls have in common that are looked for; what is left out does not matter.

    Args:
        number: of the other side, in E.164.
        since, until: when the call began; `until` is the first moment that is too late.
        endings: how it ended: endings of a journal, or reasons of a record.
        state: `live`, `ended` or `cut off`.
        text: words that were said, by either side, in any order; `appoint*` is a begin of one.
        response_over_s, yield_over_s: the longest answer, the latest yield; longer_than_s: the whole call.
        lost_turns_over: turns of the caller that nothing came of.
        errors: whether there were any.
        score_under: the mean of what a model gave it afterwards, from 0 to 10.
    """

    number: str = field(default="", repr=False)
    since: datetime | None = None
    until: datetime | None = None
    endings: tuple[str, ...] = ()
    direction: str = ""
    profile: str = ""
    state: str = ""
    text: str = field(default="", repr=False)
    response_over_s: float | None = None
    yield_over_s: float | None = None
    longer_than_s: float | None = None
    lost_turns_over: int | None = None
    errors: bool | None = None
    score_under: float | None = None


def seq_of(moment: datetime) -> int:
    """Return the moment in microseconds since 1970."""
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def lost_before() -> datetime:
    """Return the moment before which a live call must have been heard of to be taken for cut off."""
    return datetime.now(UTC) - timedelta(seconds=LOST_AFTER_S)


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what a row of `calls` must be; words are looked for apart."""
    found = _indexed(wanted)
    if wanted.direction:
        found.append(CallRow.direction == wanted.direction)
    if wanted.since is not None:
        found.append(CallRow.seq >= seq_of(wanted.since))
    if wanted.until is not None:
        found.append(CallRow.seq < seq_of(wanted.until))
    if wanted.errors is False:
        found.append(CallRow.errors == 0)
    if wanted.state:
        found += _state(wanted.state)
    return found


def _indexed(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return those conditions of which each has an index of its own."""
    row, found = CallRow, list[ColumnElement[bool]]()
    if wanted.number:
        found.append(row.pii_number == wanted.number)
    if wanted.profile:
        found.append(row.profile == wanted.profile)
    if wanted.endings:
        found.append(row.ending.in_(_endings(wanted.endings)))
    over: tuple[tuple[Any, float | None], ...] = (
        (row.response_max_s, wanted.response_over_s),
        (row.yield_max_s, wanted.yield_over_s),
        (row.seconds, wanted.longer_than_s),
        (row.lost_turns, wanted.lost_turns_over),
        (row.errors, 0 if wanted.errors else None),
    )
    found += [attribute > limit for attribute, limit in over if limit is not None]
    if wanted.score_under is not None:
        found.append(row.score < wanted.score_under)
    return found


def newest(session: Session, wanted: Wanted, limit: int) -> list[int]:
    """Return the `seq` of the newest calls that are looked for, newest first.

    Where one of the conditions leaves few calls, those are looked at. Otherwise calls are gone through from the newest
    on, in an index that has all the columns or in that of the words, until there are enough: that is soon.
    """
    few = _few(session, wanted)
    these = [] if few is None else [CallRow.seq.in_(few)]
    if not wanted.text:
        query = select(CallRow.seq).where(*these, *conditions(wanted)).order_by(CallRow.seq.desc()).limit(limit)
        return list(session.scalars(query))
    words = words_in(wanted.text)
    if not words or few == []:
        return []
    over = _over(session, wanted, words, limit, these)
    return sorted({*over, *_under_way(session, wanted, words, limit)}, reverse=True)[:limit]


def _few(session: Session, wanted: Wanted) -> list[int] | None:
    """Return the calls that one of the conditions leaves, in any order; None where each leaves many."""
    for condition in _indexed(wanted):
        found = list(session.scalars(select(CallRow.seq).where(condition).limit(MANY)))
        if len(found) < MANY:
            return found
    return None


def words_in(asked: str) -> list[str]:
    """Return the words of a search, each with its `*` if it has one."""
    return _WORD.findall(asked.lower())


def _over(
    session: Session, wanted: Wanted, words: Sequence[str], limit: int, these: Sequence[ColumnElement[bool]]
) -> list[int]:
    """Return calls that are over, by the index of the words that were said in them."""
    said: ColumnElement[bool]
    match session.get_bind().dialect.name:
        case "sqlite":
            return list(session.scalars(_by_fts5(wanted, limit, these), {"words": _fts5(words)}))
        case "postgresql":
            vector = func.to_tsvector(text("'simple'::regconfig"), TextRow.pii_text)
            asked = func.to_tsquery(text("'simple'::regconfig"), " & ".join(_tsquery(word) for word in words))
            said = vector.bool_op("@@")(asked)
        case _:
            said = and_(*(_contains(TextRow.pii_text, word) for word in words))
    query = select(CallRow.seq).join(TextRow, TextRow.seq == CallRow.seq).where(said, *these, *conditions(wanted))
    return list(session.scalars(query.order_by(CallRow.seq.desc()).limit(limit)))


def _by_fts5(wanted: Wanted, limit: int, these: Sequence[ColumnElement[bool]]) -> Any:
    """Return the query for SQLite: FTS5 gives the newest first, unless there are few calls to look at."""
    said = text("call_words MATCH :words").bindparams(bindparam("words"))
    if these:
        has = exists(select(literal_column("1")).select_from(_words).where(said, _words.c.rowid == CallRow.seq))
        query = select(CallRow.seq).where(has, *these, *conditions(wanted))
        return query.order_by(CallRow.seq.desc()).limit(limit)
    query = select(_words.c.rowid).where(said)
    if wanted.since is not None:
        query = query.where(_words.c.rowid >= seq_of(wanted.since))
    if wanted.until is not None:
        query = query.where(_words.c.rowid < seq_of(wanted.until))
    if rest := conditions(wanted):
        query = query.where(exists(select(literal_column("1")).where(CallRow.seq == _words.c.rowid, *rest)))
    return query.order_by(_words.c.rowid.desc()).limit(limit)


def _under_way(session: Session, wanted: Wanted, words: Sequence[str], limit: int) -> list[int]:
    """Return calls whose texts are in no index yet: few, and looked at one by one."""
    said = (
        exists(select(TurnRow.line).where(TurnRow.call == CallRow.seq, _contains(TurnRow.pii_text, word)))
        for word in words
    )
    without_text = ~exists(select(TextRow.seq).where(TextRow.seq == CallRow.seq))
    query = select(CallRow.seq).where(*_state(LIVE), without_text, *said, *conditions(wanted))
    return list(session.scalars(query.order_by(CallRow.seq.desc()).limit(limit)))


def _contains(attribute: Any, word: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = attribute.icontains(word.removesuffix("*"), autoescape=True)
    return found


def _fts5(words: Sequence[str]) -> str:
    return " ".join(f'"{word.removesuffix("*")}"{"*" if word.endswith("*") else ""}' for word in words)


def _tsquery(word: str) -> str:
    return f"'{word[:-1]}':*" if word.endswith("*") else f"'{word}'"


def _endings(asked: Sequence[str]) -> list[str]:
    return sorted({ending for ending, words in WORDS.items() if ending in asked or words.record in asked} | {*asked})


def _state(asked: str) -> list[ColumnElement[bool]]:
    """Return what a row must be for a call in that state; few have not ended, and an index of their own."""
    if asked == ENDED:
        return [CallRow.state == ENDED]
    few = CallRow.state != literal_column(f"'{ENDED}'")  # no parameter: the index is chosen by it
    lost = CallRow.seen < lost_before()
    if asked == LIVE:
        return [few, CallRow.state == LIVE, ~lost]
    return [few, or_(CallRow.state == asked, and_(CallRow.state == LIVE, lost, literal(asked == CUT_OFF)))]

"""The panel of production: how many calls there were, how they ended, how soon they were answered, what was lost."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from sqlalchemy import func, select

from callagent.database import Database
from callagent.records import CallRow
from callagent.records.search import lost_before, seq_of
from callagent.records.tables import ENDED, LIVE

PERIODS: Final[Mapping[str, tuple[timedelta, timedelta]]] = {
    "3 hours": (timedelta(hours=3), timedelta(minutes=10)),
    "24 hours": (timedelta(hours=24), timedelta(hours=1)),
    "7 days": (timedelta(days=7), timedelta(hours=6)),
    "30 days": (timedelta(days=30), timedelta(days=1)),
}
"""Name of a period -> how long it is, and how long each part of it."""

MOST_CALLS: Final = 20_000
"""Calls that are looked at one by one; of more, every second one is, or every third, and so on."""

ENDINGS: Final[Mapping[str, str]] = {
    "caller hung up": "caller hung up",
    "agent hung up": "agent hung up",
    "agent left": "transferred",
    "transferred": "transferred",
    "busy": "not reached",
    "no answer": "not reached",
    "declined": "not reached",
    "unavailable": "not reached",
    "not in service": "not reached",
    "machine answered": "not reached",
    "no caller came": "not reached",
    "cancelled": "not reached",
    "timeout": "agent hung up",
}
"""Ending of a journal -> how it is counted; all others are `failed`."""

GROUPS: Final = ("caller hung up", "agent hung up", "transferred", "not reached", "failed", "under way")

_SPREAD, _PRIME = 7919, 10_007
"""By which calls that are looked at are chosen: neither by the hour nor by the minute."""

Values = Sequence[float | None]
"""A figure for each part of a period; None where there was no call of which it is known."""


@dataclass(frozen=True)
class Panel:
    """The figures of a period, for each part of it. Times are in seconds.

    Attributes:
        starts: when each part begins.
        step: how long a part is.
        calls: how many calls there were.
        every: of how many calls one was looked at; counts are multiplied by it.
        endings: how many calls ended in which way, by `GROUPS`.
        in_progress: calls at the same time, on average.
        figures: of each part, by the names of `FIGURES`.
        totals: the same over the whole period, by name.
    """

    starts: Sequence[datetime]
    step: timedelta
    calls: int = 0
    every: int = 1
    endings: Mapping[str, Sequence[int]] = field(default_factory=dict)
    in_progress: Values = ()
    figures: Mapping[str, Values] = field(default_factory=dict)
    totals: Mapping[str, float | None] = field(default_factory=dict)


def panel_of(database: Database, period: str, now: datetime | None = None) -> Panel:
    """Return the figures of a period that ends now. Blocks.

    Raises:
        StoreUnavailable: the database cannot be used.
        KeyError: there is no such period.
    """
    length, step = PERIODS[period]
    ends = _next(now or datetime.now(UTC), step)
    starts = [ends - length + step * number for number in range(length // step)]
    there = CallRow.seq >= seq_of(starts[0]), CallRow.seq < seq_of(ends)
    with database.session() as session:
        calls = session.scalar(select(func.count()).select_from(CallRow).where(*there)) or 0
        every = max(1, -(-calls // MOST_CALLS))
        query = select(*(getattr(CallRow, name) for name in _Call._fields)).where(*there)
        if every > 1:
            query = query.where(CallRow.seq // 1000 * _SPREAD % _PRIME % every == 0)
        found = [_Call(*values) for values in session.execute(query)]
    parts: list[list[_Call]] = [[] for _ in starts]
    for each in found:
        parts[min(len(parts) - 1, (each.started - starts[0]) // step)].append(each)
    return Panel(
        starts,
        step,
        calls,
        every,
        endings={group: [sum(_group(each) == group for each in part) * every for part in parts] for group in GROUPS},
        in_progress=[
            round(every * sum(each.length_s for each in part) / step.total_seconds(), 3) for part in parts
        ],
        figures={name: [figure(part) for part in parts] for name, figure in FIGURES.items()},
        totals={name: figure(found) for name, figure in FIGURES.items()},
    )  # fmt: skip


class _Call(NamedTuple):
    """What the figures of a call are made of, as `CallRow` has it."""

    started: datetime
    direction: str
    offered: datetime | None
    answered: datetime | None
    seconds: float | None
    seen: datetime
    state: str
    ending: str
    turns: int
    lost_turns: int
    interruptions: int
    talked_through: int
    response_p50_s: float | None
    response_p95_s: float | None
    yield_mean_s: float | None
    yield_max_s: float | None

    @property
    def length_s(self) -> float:
        """How long it took, or has taken so far, in seconds."""
        return (self.seen - self.started).total_seconds() if self.seconds is None else self.seconds

    @property
    def answer_s(self) -> float | None:
        """How long whoever called has waited for the answer, in seconds."""
        if self.direction == "outbound" or self.answered is None:
            return None
        return max(0.0, (self.answered - (self.offered or self.started)).total_seconds())


def _group(call: _Call) -> str:
    if call.state == LIVE and call.seen >= lost_before():
        return "under way"
    return ENDINGS.get(call.ending, "failed") if call.state == ENDED else "failed"


def _percentile(values: Iterable[float | None], percent: int) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(np.percentile(known, percent)), 3) if known else None


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _talk_through(calls: Sequence[_Call]) -> float | None:
    through = sum(call.talked_through for call in calls)
    return _share(through, through + sum(call.interruptions for call in calls))


FIGURES: Final[Mapping[str, Callable[[Sequence[_Call]], float | None]]] = {
    "answer_p50": lambda calls: _percentile((call.answer_s for call in calls), 50),
    "answer_p95": lambda calls: _percentile((call.answer_s for call in calls), 95),
    "response_p50": lambda calls: _percentile((call.response_p50_s for call in calls), 50),
    "response_p95": lambda calls: _percentile((call.response_p95_s for call in calls), 95),
    "yield_p50": lambda calls: _percentile((call.yield_mean_s for call in calls), 50),
    "yield_p95": lambda calls: _percentile((call.yield_max_s for call in calls), 95),
    "talk_through": _talk_through,
    "lost_turns": lambda calls: _share(sum(call.lost_turns for call in calls), sum(call.turns for call in calls)),
}
"""Figure -> how it is made of calls: seconds, or of a hundred. `answer`: from when an inbound call was offered to the
answer; `response`, `yield`: of the median or mean, and of the worst, of each call; `talk_through`: overlaps that the
agent talked through; `lost_turns`: turns that nothing came of."""


def _next(now: datetime, step: timedelta) -> datetime:
    """Return the next moment at which a part of a period ends, here: a full hour, or a midnight."""
    local = now.astimezone()
    day = datetime(local.year, local.month, local.day).astimezone()
    return day + step * ((local - day) // step + 1)

"""How people say which calls they look for: moments and days, and how calls ended."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from callagent.journal.endings import ENDINGS, Reason
from callagent.records.search import Wanted
from callagent.yaml_config import nearest
from callagent.yaml_config.units import DURATION

STATES: Final = ("live", "cut off")
"""Outcomes of calls that have none: they go on, or their end is not known."""

OUTCOMES: Final = tuple(dict.fromkeys((*get_args(Reason), *ENDINGS, *STATES)))
"""How calls end: the words of the record, the finer ones of the journal, and the states."""

DAYS: Final = {"today": 0, "yesterday": -1}

_DAYS_AGO = re.compile(r"(\d{1,6}) ?d(?:ays?)?")
_AGO = re.compile(r"[\d.]+ ?[a-z]+")


def moment_of(written: str) -> datetime:
    """Return a moment as people write one; a date is the begin of its day, and a duration so long ago.

    Raises:
        ValueError: it is none; the message says how to write one.
    """
    text, now = written.strip().casefold(), datetime.now(UTC).astimezone()
    if text in DAYS:
        return midnight(now + timedelta(days=DAYS[text]))
    try:
        if (days := _DAYS_AGO.fullmatch(text)) is not None:
            return now - timedelta(days=int(days[1]))
        if _AGO.fullmatch(text) is not None:
            return now - timedelta(seconds=DURATION.parse(text))
        return datetime.fromisoformat(written.strip()).astimezone()
    except (ValueError, OverflowError) as error:
        known = "2026-01-31, '2026-01-31 14:30', today, yesterday, '2 h' or '3 days' (ago)"
        raise ValueError(f"{written!r} is no moment: write {known}.") from error


def midnight(moment: datetime) -> datetime:
    """Return the first moment of a day, here."""
    return datetime(moment.year, moment.month, moment.day).astimezone()


def within(wanted: Wanted, day: datetime | None, since: datetime | None, until: datetime | None) -> Wanted:
    """Return what is looked for, with when it began: on a day, or between two moments.

    Raises:
        ValueError: they do not go together; the message says why.
    """
    if day is not None:
        if since is not None or until is not None:
            raise ValueError("a day says it all: leave since and until out")
        since, until = day, midnight(day + timedelta(hours=36))
    if since is not None and until is not None and since >= until:
        raise ValueError("since is not before until")
    return replace(wanted, since=since, until=until)


def check_outcome(name: str) -> None:
    """Look whether calls may end so.

    Raises:
        ValueError: none does; the message names the nearest.
    """
    if name not in OUTCOMES:
        close = nearest(name, OUTCOMES)
        hint = f" Did you mean '{close}'?" if close else f" There are {', '.join(OUTCOMES)}."
        raise ValueError(f"No call ends with '{name}'.{hint}")


def ended(wanted: Wanted, outcomes: tuple[str, ...]) -> Wanted:
    """Return what is looked for, with how it ended: in one of several ways, or in one of the `STATES`.

    Raises:
        ValueError: a state goes with nothing else.
    """
    states = [each for each in outcomes if each in STATES]
    if states and len(set(outcomes)) > 1:
        raise ValueError(f"'{states[0]}' goes with no other")
    return replace(wanted, state=states[0]) if states else replace(wanted, endings=outcomes)

"""Which calls of the database a command is about: the options, and the database itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from pathlib import Path
from typing import Any, get_args

import click

from callagent.cli.options import Length, database_option, region_option
from callagent.cli.output import ExitStatus, echo
from callagent.database import StoreUnavailable
from callagent.journal.endings import ENDINGS, Reason
from callagent.phone_numbers.number import InvalidNumber, parse_number
from callagent.records import RecordStore, UnknownCall, Wanted, open_records
from callagent.yaml_config import nearest
from callagent.yaml_config.units import DURATION

STATES = ("live", "cut off")
"""Outcomes of calls that have none: they go on, or their end is not known."""

OUTCOMES = tuple(dict.fromkeys((*get_args(Reason), *ENDINGS, *STATES)))
"""What `--outcome` takes: the words of the record, the finer ones of the journal, and the states."""

DAYS = {"today": 0, "yesterday": -1}

_DAYS_AGO = re.compile(r"(\d{1,6}) ?d(?:ays?)?")
_AGO = re.compile(r"[\d.]+ ?[a-z]+")


def _moment(context: click.Context, option: click.Parameter, written: str | None) -> datetime | None:
    """Return a moment as people write one; a date is the begin of its day, and a duration so long ago."""
    if written is None:
        return None
    text, now = written.strip().casefold(), datetime.now(UTC).astimezone()
    if text in DAYS:
        return _midnight(now + timedelta(days=DAYS[text]))
    try:
        if (days := _DAYS_AGO.fullmatch(text)) is not None:
            return now - timedelta(days=int(days[1]))
        if _AGO.fullmatch(text) is not None:
            return now - timedelta(seconds=DURATION.parse(text))
        return datetime.fromisoformat(written.strip()).astimezone()
    except (ValueError, OverflowError) as error:
        known = "2026-01-31, '2026-01-31 14:30', today, yesterday, '2 h' or '3 days' (ago)"
        raise click.BadParameter(f"{written!r} is no moment: write {known}.") from error


def _day(context: click.Context, option: click.Parameter, written: str | None) -> datetime | None:
    """Return the first moment of a day, here."""
    moment = _moment(context, option, written)
    return None if moment is None else _midnight(moment)


def _midnight(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day).astimezone()


def _outcome(context: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in OUTCOMES:
            close = nearest(name, OUTCOMES)
            hint = f" Did you mean '{close}'?" if close else f" There are {', '.join(OUTCOMES)}."
            raise click.BadParameter(f"No call ends with '{name}'.{hint}")
    return names


_OPTIONS = (
    click.option("--number", metavar="NUMBER", help="The other side's number, as people write it."),
    region_option,
    click.option(
        "--day", metavar="DAY", callback=_day, help="Calls that began on this day: 2026-01-31, today, yesterday."
    ),
    click.option(
        "--since", metavar="WHEN", callback=_moment, help="Calls that began then or later: a day, a time, or '2 h' ago."
    ),
    click.option("--until", metavar="WHEN", callback=_moment, help="Calls that began before then."),
    click.option(
        "--outcome",
        "outcomes",
        multiple=True,
        metavar="WORDS",
        callback=_outcome,
        help="How they ended: 'caller hung up', transferred, error, 'cut off', live, … May be repeated.",
    ),
    click.option("--profile", metavar="NAME", help="Calls with this profile."),
    click.option("--direction", type=click.Choice(["inbound", "outbound"]), help="Who called whom."),
    click.option("--text", metavar="WORDS", help="All these words were said, by whomever; a word may end in *."),
    click.option("--longer-than", type=Length(), help="Calls that took longer."),
    click.option("--response-over", type=Length(), help="The agent once took longer to answer."),
    click.option(
        "--yield-over",
        type=Length(),
        help="The agent once took longer to stop for the caller.",
    ),
    click.option("--lost-turns", is_flag=True, help="Something that the caller said did not reach the model."),
    click.option("--errors", is_flag=True, help="Something failed in them."),
)


def wanted_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which calls; the command gets `wanted` for them, and `database`."""

    def run(
        *arguments: Any,
        number: str | None,
        region: str | None,
        day: datetime | None,
        since: datetime | None,
        until: datetime | None,
        outcomes: tuple[str, ...],
        profile: str | None,
        direction: str | None,
        text: str | None,
        longer_than: float | None,
        response_over: float | None,
        yield_over: float | None,
        lost_turns: bool,
        errors: bool,
        **options: Any,
    ) -> Any:
        wanted = Wanted(
            number=wanted_number(number, region) if number else "",
            profile=profile or "",
            direction=direction or "",
            text=text or "",
            longer_than_s=longer_than,
            response_over_s=response_over,
            yield_over_s=yield_over,
            lost_turns_over=0 if lost_turns else None,
            errors=errors or None,
        )
        wanted = _ended(_within(wanted, day, since, until), outcomes)
        return command(*arguments, wanted=wanted, **options)

    update_wrapper(run, command)
    decorated: Callable[..., Any] = database_option(run)
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def wanted_number(written: str, region: str | None) -> str:
    """Return a number that `--number` names, in E.164. Raise click.BadParameter."""
    try:
        return parse_number(written, region).e164
    except InvalidNumber as error:
        hint = "" if region or written.lstrip().startswith("+") else "; name its country with --region"
        raise click.BadParameter(f"{error}{hint}", param_hint="--number") from error


def _within(wanted: Wanted, day: datetime | None, since: datetime | None, until: datetime | None) -> Wanted:
    if day is not None:
        if since is not None or until is not None:
            raise click.UsageError("--day says it all: leave --since and --until out")
        since, until = day, _midnight(day + timedelta(hours=36))
    if since is not None and until is not None and since >= until:
        raise click.UsageError("--since is not before --until")
    return replace(wanted, since=since, until=until)


def _ended(wanted: Wanted, outcomes: tuple[str, ...]) -> Wanted:
    states = [each for each in outcomes if each in STATES]
    if states and len(set(outcomes)) > 1:
        raise click.UsageError(f"--outcome '{states[0]}' goes with no other")
    return replace(wanted, state=states[0]) if states else replace(wanted, endings=outcomes)


@contextmanager
def database_of_calls(location: str | None) -> Iterator[RecordStore]:
    """Open the database; what it cannot do is one line and an exit status.

    Raises:
        click.exceptions.Exit: it is not there (3), or has no such call (2).
    """
    try:
        store = open_records(location)
        try:
            yield store
        finally:
            store.close()
    except StoreUnavailable as error:
        echo(error, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from error
    except UnknownCall as error:
        echo(error, err=True)
        raise click.exceptions.Exit(ExitStatus.INVALID) from error


def is_file(call: str) -> bool:
    """Tell whether what names a call is meant as a file or a directory, rather than as the id of a call."""
    return "/" in call or call.endswith((".json", ".jsonl")) or Path(call).exists()

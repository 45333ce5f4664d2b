"""Which calls of the database a command is about: the options, and the database itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from callagent.cli.options import FiniteRange, Length, database_option, region_option
from callagent.cli.output import ExitStatus, echo
from callagent.database import StoreUnavailable
from callagent.phone_numbers.number import InvalidNumber, parse_number
from callagent.records import RecordStore, UnknownCall, Wanted, open_records
from callagent.records.search_words import check_outcome, ended, midnight, moment_of, within


def _moment(context: click.Context, option: click.Parameter, written: str | None) -> datetime | None:
    """Return a moment as people write one."""
    try:
        return None if written is None else moment_of(written)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _day(context: click.Context, option: click.Parameter, written: str | None) -> datetime | None:
    """Return the first moment of a day, here."""
    moment = _moment(context, option, written)
    return None if moment is None else midnight(moment)


def _outcome(context: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for name in names:
            check_outcome(name)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
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
    click.option(
        "--score-under",
        type=FiniteRange(0, 10),
        help="A model that looked at them afterwards (`after_call`) gave them less than this, 0 to 10, in the mean.",
    ),
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
        score_under: float | None,
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
            score_under=score_under,
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
    if day is not None and (since is not None or until is not None):
        raise click.UsageError("--day says it all: leave --since and --until out")
    if since is not None and until is not None and since >= until:
        raise click.UsageError("--since is not before --until")
    return within(wanted, day, since, until)


def _ended(wanted: Wanted, outcomes: tuple[str, ...]) -> Wanted:
    try:
        return ended(wanted, outcomes)
    except ValueError as error:
        raise click.UsageError(f"--outcome {error}") from error


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

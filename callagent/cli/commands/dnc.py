"""`callagent dnc`: the do-not-call list of the records database."""

from pathlib import Path

import click

from callagent.cli.options import database_option, json_option, region_option
from callagent.cli.output import ExitStatus, echo, print_json
from callagent.database import DoNotCall, Store, StoreUnavailable
from callagent.phone_numbers.number import InvalidNumber, Number, parse_number
from callagent.telephony.number_lists.cells import lacks_region
from callagent.telephony.number_lists.do_not_call_file import read_number_file
from callagent.yaml_config import ConfigError, Problem


@click.group()
def dnc() -> None:
    """Keep the list of numbers that are never called."""


@dnc.command()
@click.argument("numbers", nargs=-1)
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False),
    help="Take the numbers from a file: one a line, a table, or the US registry (with --region US).",
)
@click.option("--reason", default="", help="Why, for whoever reads the list.")
@region_option
@database_option
def add(numbers: tuple[str, ...], path: str | None, reason: str, region: str | None, database: str | None) -> None:
    """Put numbers on the list."""
    wanted = [_subscriber(number, region) for number in numbers]
    wanted += _subscribers(Path(path), region) if path else []
    if not wanted:
        raise click.UsageError("give a number, or --file")
    store = open_store(database)
    try:
        added = store.add_all_do_not_call(wanted, reason)
    except StoreUnavailable as error:
        echo(error, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from error
    echo(f"{added} added, {len(wanted) - added} on the list before")


@dnc.command()
@click.argument("numbers", nargs=-1, required=True)
@region_option
@database_option
def remove(numbers: tuple[str, ...], region: str | None, database: str | None) -> None:
    """Take numbers off the list. Exit status 1 when one of them was not on it."""
    wanted = [_parse(number, region).e164 for number in numbers]
    store = open_store(database)
    missing = [number for number in wanted if not store.remove_do_not_call(number)]
    for number in missing:
        echo(f"{number} is not on the list", err=True)
    if missing:
        raise click.exceptions.Exit(ExitStatus.FAILED)


@dnc.command("list")
@json_option
@database_option
def list_(as_json: bool, database: str | None) -> None:
    """Print the list."""
    entries = open_store(database).do_not_call_list()
    if as_json:
        print_json([_entry(entry) for entry in entries])
        return
    for entry in entries:
        echo(f"{entry.number}  {entry.at:%Y-%m-%d}  {entry.reason}{_origin(entry)}".rstrip())


def open_store(location: str | None) -> Store:
    """Return the records database, or exit status 3 with one line."""
    try:
        return Store(location)
    except StoreUnavailable as error:
        echo(error, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from error


def _parse(text: str, region: str | None) -> Number:
    try:
        return parse_number(text, region)
    except InvalidNumber as error:
        hint = "; name its country with --region" if lacks_region(text, region) else ""
        echo(f"{error}{hint}", err=True)
        raise click.exceptions.Exit(ExitStatus.INVALID) from error


def _subscriber(text: str, region: str | None) -> str:
    """Return the number in E.164; whoever lists another one has mistyped it."""
    number = _parse(text, region)
    if problem := _unlisted(number.e164):
        echo(problem, err=True)
        raise click.exceptions.Exit(ExitStatus.INVALID)
    return number.e164


def _subscribers(path: Path, region: str | None) -> list[str]:
    """Return the numbers of a file in E.164. Raise ConfigError."""
    numbers = read_number_file(path, region)
    told = ((line, _unlisted(number)) for number, line in numbers.items())
    if problems := [Problem(str(path), line, "", problem) for line, problem in told if problem]:
        raise ConfigError(*problems)
    return list(numbers)


def _unlisted(number: str) -> str | None:
    """Tell why a number does not belong on the list. Only those of subscribers have a form with +."""
    return (
        None if number.startswith("+") else f"'{number}' is an emergency or short number, which is never called anyway"
    )


def _origin(entry: DoNotCall) -> str:
    """Tell which call a number was listed in, and how sure the number was there."""
    return f" ({entry.direction} call {entry.job}, number {entry.attestation})" if entry.job else ""


def _entry(entry: DoNotCall) -> dict[str, str]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="seconds"),
        "reason": entry.reason,
        "job": entry.job,
        "direction": entry.direction,
        "attestation": entry.attestation,
    }

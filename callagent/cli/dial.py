"""`callagent dial`: call a number, or a list of numbers."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import NoReturn

import click

from callagent.cli.dial_calls import Calls, call_list, call_number
from callagent.cli.dial_view import view_of
from callagent.cli.dnc import database_option, open_store
from callagent.cli.exits import ExitStatus
from callagent.cli.options import json_option, sets_option
from callagent.connection import AGENT_NAME, resolve_connection
from callagent.profile import DEFAULT_PROFILE, Profile, load_profile
from callagent.records.store import StoreUnavailable
from callagent.telephony import InvalidNumber, Number, parse_number
from callagent.telephony.dialling import Connection, ListTaken, Pace, UnknownTrunk, read_list
from callagent.telephony.numberfile import read_number_file

MOST_META = 32
"""Pairs of `--meta` that are taken."""


@click.command()
@click.argument("number", required=False)
@click.option("--profile", default=DEFAULT_PROFILE, show_default=True, help="Profile of the agent.")
@click.option("--from", "caller", metavar="NUMBER", help="Caller-ID. [default: the first number of the trunk]")
@click.option("--trunk", metavar="NAME|ID", help="Outbound trunk. [default: the only one]")
@click.option("--meta", "pairs", multiple=True, metavar="KEY=VALUE", help="What the agent is told. May be repeated.")
@click.option("--wait", is_flag=True, help="Follow the call to its end; the exit status tells how it came out.")
@json_option
@click.option("--list", "path", type=click.Path(dir_okay=False, path_type=Path), help="CSV with a column `number`.")
@click.option("--max-calls", type=click.IntRange(1, 1000), default=1, show_default=True, help="List: calls at a time.")
@click.option(
    "--per-second", type=click.FloatRange(0.01, 100), default=1.0, show_default=True, help="List: calls begun a second."
)
@click.option("--restart", is_flag=True, help="List: forget how far it has come, and call everybody again.")
@click.option("--max-call", metavar="SECONDS", type=click.FloatRange(1), help="Shorter limit for this call.")
@click.option("--url", help="LiveKit server, or LIVEKIT_URL; for example wss://voice.example.com.")
@click.option("--api-key", help="API key, or LIVEKIT_API_KEY.")
@click.option("--api-secret", help="API secret; better in LIVEKIT_API_SECRET, out of the process list.")
@click.option("--dev", is_flag=True, help="Development: `livekit-server --dev` on this machine.")
@click.option("--agent-name", default=AGENT_NAME, show_default=True, help="Name under which the workers serve.")
@database_option
@sets_option
def dial(
    number: str | None,
    profile: str,
    caller: str | None,
    trunk: str | None,
    pairs: tuple[str, ...],
    wait: bool,
    as_json: bool,
    path: Path | None,
    max_calls: int,
    per_second: float,
    restart: bool,
    max_call: float | None,
    url: str | None,
    api_key: str | None,
    api_secret: str | None,
    dev: bool,
    agent_name: str,
    database: str | None,
    sets: tuple[str, ...],
) -> None:
    """Call NUMBER, or the numbers of a list, and let an agent talk.

    The guards of the profile (section `dialling`) are asked before anything else happens. Exit status of a call with
    --wait: 0 answered, 10 busy, 11 no answer, 12 declined, 13 not in service, 14 a machine, 20 trunk or server failed,
    30 refused by a guard, 2 a number, a profile or an option is not valid.
    """
    if (number is None) == (path is None):
        raise click.UsageError("give either a number or --list")
    loaded = load_profile(profile, sets=sets)
    shown = _number("--from", caller, None) if caller else None
    region = shown.region if shown else None
    calls = Calls(
        connection=_connection(url, api_key, api_secret, agent_name, dev=dev),
        profile=loaded.name,
        settings=loaded.dialling,
        caller=shown,
        trunk=trunk,
        meta=_meta(pairs),
        max_call=max_call,
        listed=_listed(loaded, region),
        store=open_store(database),
    )
    view = view_of(as_json=as_json)
    if path is not None:
        rows, name = read_list(path, region), str(path.resolve())
        _run(lambda: call_list(calls, name, rows, Pace(max_calls, per_second), view, restart=restart))
    else:
        called = _number("", number or "", region)
        _run(lambda: call_number(calls, called, view, wait=wait))


def _run(work: Callable[[], Awaitable[ExitStatus]]) -> None:
    async def run() -> ExitStatus:
        return await work()

    try:
        status = asyncio.run(run())
    except UnknownTrunk as error:
        _fail(str(error), ExitStatus.TRUNK_FAILURE)
    except (StoreUnavailable, ListTaken) as error:
        _fail(str(error), ExitStatus.UNAVAILABLE)
    else:
        raise click.exceptions.Exit(status)


def _connection(url: str | None, key: str | None, secret: str | None, agent: str, *, dev: bool) -> Connection:
    try:
        found = resolve_connection(url, key, secret, dev=dev, env=os.environ)
        return Connection(found.url, found.api_key, found.api_secret, agent)
    except ValueError as error:
        _fail(str(error), ExitStatus.INVALID)


def _number(option: str, text: str, region: str | None) -> Number:
    try:
        return parse_number(text, region)
    except InvalidNumber as error:
        _fail(f"{option}: {error}" if option else str(error), ExitStatus.INVALID)


def _meta(pairs: tuple[str, ...]) -> Mapping[str, str]:
    meta: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--meta needs KEY=VALUE, not {pair!r}")
        meta[name.strip()] = value
    if len(meta) > MOST_META:
        raise click.UsageError(f"--meta can be given {MOST_META} times at most")
    return meta


def _listed(profile: Profile, region: str | None) -> Mapping[str, str]:
    """The numbers of the profile's do-not-call file, each with its place there."""
    if not (file := profile.dialling.do_not_call):
        return {}
    return {number: f"{file}:{line}" for number, line in read_number_file(Path(file), region).items()}


def _fail(message: str, status: ExitStatus) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(status)

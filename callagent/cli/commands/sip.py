"""``callagent sip``: plan, apply, show and check the trunks and dispatch rules of a LiveKit server."""

import asyncio
import os
import sys
import warnings
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from jwt.warnings import InsecureKeyLengthWarning

from callagent.cli.environment import left_out_of_env_file
from callagent.cli.options import json_option, server_options
from callagent.cli.output import ExitStatus, echo, echo_lines, harmless, print_json
from callagent.cli.views.sip_view import print_existing, print_outcome, print_plan, print_step
from callagent.livekit_api import ServerError
from callagent.livekit_api.connection import Connection, InvalidConnection, check_url, resolve_connection
from callagent.provisioning import (
    Existing,
    Fingerprints,
    Kind,
    Outcome,
    Plan,
    SipFile,
    SipServer,
    carry_out,
    load_sip,
    make_plan,
    sip_schema,
)
from callagent.provisioning.render import existing_data, outcome_data, plan_data
from callagent.yaml_config import ConfigError

T = TypeVar("T")

CHANGES = 2
"""Exit status of a plan that has something to do."""

file_argument = click.argument("file", type=click.Path(path_type=Path))
adopt_option = click.option(
    "--adopt", is_flag=True, help="Take over objects of the same names that this file's stack did not create."
)


class PlanCommand(click.Command):
    """A command whose status 2 says something else: what users do wrong is status 1 here, not 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            harmless(error).show()
            raise click.exceptions.Exit(ExitStatus.FAILED) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            _fail(str(error), ExitStatus.FAILED)


@click.group()
def sip() -> None:
    """Make the trunks and dispatch rules of a LiveKit server what a file says.

    Objects are matched by name. What callagent did not create is left alone.
    """


@sip.command("plan", cls=PlanCommand)
@file_argument
@adopt_option
@server_options
@json_option
def plan_command(file: Path, adopt: bool, as_json: bool, **server: str | None) -> None:
    """Show what would be created, changed and deleted; change nothing.

    Exit status: 0 nothing to do, 2 changes, 1 no plan: the file, a variable or an option is not valid, or something on
    the server is in the way, 3 the server cannot be asked.
    """
    wanted = load_sip(file)
    plan = _run(_plan(wanted, _connection(server), adopt))
    if as_json:
        print_json(plan_data(plan))
    elif not plan.conflicts:
        print_plan(plan)
    _stop_at_conflicts(wanted, plan)
    sys.exit(CHANGES if plan.changes else ExitStatus.OK)


@sip.command("apply")
@file_argument
@adopt_option
@click.option("--yes", is_flag=True, help="Delete without asking.")
@server_options
@json_option
def apply_command(file: Path, adopt: bool, yes: bool, as_json: bool, **server: str | None) -> None:
    """Create, change and delete what is needed, and nothing else. Ask before deleting.

    Exit status: 0 everything is as the file says, 1 not everything could be done; apply again to complete it.
    """
    wanted = load_sip(file)
    connection = _connection(server)
    plan = _run(_plan(wanted, connection, adopt))
    _stop_at_conflicts(wanted, plan)
    if not as_json:
        print_plan(plan)
    _agree_to_deletions(plan, yes=yes, may_ask=not as_json)
    outcome = _run(_apply(plan, wanted, connection, quiet=as_json)) if plan.changes else Outcome()
    if as_json:
        print_json(outcome_data(outcome))
    print_outcome(outcome)
    if not outcome.complete:
        sys.exit(ExitStatus.UNAVAILABLE if outcome.unreachable else ExitStatus.FAILED)


@sip.command("show")
@server_options
@json_option
def show_command(as_json: bool, **server: str | None) -> None:
    """Show the trunks and rules of a server, and which of them callagent manages."""
    existing = _run(_existing(_connection(server)))
    if not as_json:
        print_existing(existing)
        return
    print_json({kind.section: [existing_data(e) for e in existing if e.item.kind is kind] for kind in Kind})


@sip.command("check")
@file_argument
def check_command(file: Path) -> None:
    """Check a file without a server. The environment variables that it refers to must be set."""
    wanted = load_sip(file)
    echo(f"{wanted.document.file}: ok")


@sip.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a SIP file."""
    print_json(sip_schema())


def _connection(server: dict[str, str | None]) -> Connection:
    try:
        connection = resolve_connection(
            server["url"], server["api_key"], server["api_secret"], env=os.environ, left_out=left_out_of_env_file()
        )
        check_url(connection.url)
    except InvalidConnection as error:
        raise ConfigError.single("", str(error)) from error
    return connection


async def _plan(wanted: SipFile, connection: Connection, adopt: bool) -> Plan:
    fingerprints = await asyncio.to_thread(Fingerprints, connection.api_secret)
    async with SipServer.open(connection, fingerprints) as server:
        existing = await server.existing(wanted.stack)
    return make_plan(wanted.items, existing, wanted.stack, adopt=adopt, matches=fingerprints.match)


async def _apply(plan: Plan, wanted: SipFile, connection: Connection, *, quiet: bool) -> Outcome:
    fingerprints = await asyncio.to_thread(Fingerprints, connection.api_secret)
    async with SipServer.open(connection, fingerprints) as server:
        return await carry_out(plan, server, wanted.stack, on_done=(lambda step: None) if quiet else print_step)


async def _existing(connection: Connection) -> tuple[Existing, ...]:
    fingerprints = await asyncio.to_thread(Fingerprints, connection.api_secret)
    async with SipServer.open(connection, fingerprints) as server:
        return await server.existing()


def _run(work: Coroutine[Any, Any, T]) -> T:
    # The secret of `livekit-server --dev` is short; that is no news to whoever started it.
    warnings.simplefilter("ignore", InsecureKeyLengthWarning)
    try:
        return asyncio.run(work)
    except ServerError as error:
        _fail(str(error), ExitStatus.UNAVAILABLE)


def _stop_at_conflicts(wanted: SipFile, plan: Plan) -> None:
    if plan.conflicts:
        named = (
            (each, next(i for i in wanted.items if (i.kind, i.name) == (each.kind, each.name)))
            for each in plan.conflicts
        )
        error = ConfigError(*(wanted.problem(item, each.field, each.message) for each, item in named))
        _fail(str(error), ExitStatus.FAILED)


def _agree_to_deletions(plan: Plan, *, yes: bool, may_ask: bool) -> None:
    if not plan.deletions or yes:
        return
    count = len(plan.deletions)
    what = f"{count} object{'s' if count > 1 else ''}"
    if not (may_ask and sys.stdin.isatty()):
        names = ", ".join(f"{each.item.kind.words} '{each.item.name}'" for each in plan.deletions[:5])
        more = "" if count <= 5 else f" and {count - 5} more"
        _fail(f"nothing was changed: this would delete {names}{more}; --yes agrees to it", ExitStatus.INVALID)
    if not click.confirm(f"Delete {what}?"):
        _fail("nothing was changed", ExitStatus.FAILED)


def _fail(message: str, status: ExitStatus) -> NoReturn:
    echo_lines(message, err=True)
    raise click.exceptions.Exit(status)

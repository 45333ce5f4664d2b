"""`callagent records list` and `show`: calls that are over, and those under way; what happened in one."""

import click

from callagent.cli.commands.records.finding import database_of_calls, wanted_options
from callagent.cli.options import database_option, json_option
from callagent.cli.output import echo, print_json, print_table
from callagent.cli.views.records_view import (
    COLUMNS,
    StoredCall,
    call_json,
    call_row,
    facts,
    story,
    whole_json,
)
from callagent.records import Wanted
from callagent.records.analyses import findings


@click.command("list")
@wanted_options
@click.option(
    "--limit", type=click.IntRange(min=0), default=50, show_default=True, help="How many at most; 0: all of them."
)
@json_option
def list_calls(wanted: Wanted, limit: int, as_json: bool, database: str | None) -> None:
    """List calls, the newest first.

    What is said with several options is true of each call that is listed.

    Exit status: 0 also where there is none, 2 an option is not valid, 3 the database is not there.
    """
    with database_of_calls(database) as store:
        calls = store.find(wanted, limit=limit or None)
        total = store.count(wanted) if limit and len(calls) == limit else len(calls)
    if as_json:
        print_json({"calls": [call_json(call) for call in calls], "total": total})
        return
    if calls:
        print_table(COLUMNS, [call_row(call) for call in calls])
    if total > len(calls):
        echo(f"{len(calls)} of {total} calls; --limit shows more", err=True)
    elif not calls:
        echo("no such call", err=True)


@click.command("show")
@click.argument("call", metavar="ID")
@json_option
@database_option
def show_call(call: str, as_json: bool, database: str | None) -> None:
    """Show a call: who, when, how it ended, and what happened in it, in order of time.

    ID is that of `records list`, or as much of its begin as no other has.

    Exit status: 0 it is shown, 2 there is no such call, 3 the database is not there.
    """
    with database_of_calls(database) as store:
        stored = StoredCall.read(store, store.get(call))
    if as_json:
        print_json(whole_json(stored))
        return
    for name, value in (*facts(stored.row), *findings(stored.analysis)):
        echo(f"{name:<12}{value}")
    for at, kind, text in story(stored):
        echo(f"{at:9.2f} s  {kind:<10}{text}")

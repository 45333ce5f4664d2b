"""`callagent records list`: calls that are over, and those under way, the newest first."""

import click

from callagent.cli.commands.records.finding import database_of_calls, wanted_options
from callagent.cli.options import json_option
from callagent.cli.output import echo, print_json, print_table
from callagent.cli.views.records_view import COLUMNS, call_json, call_row
from callagent.records import Wanted


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

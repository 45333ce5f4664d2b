"""`callagent records show`: what happened in one call."""

import click

from callagent.cli.commands.records.finding import database_of_calls
from callagent.cli.options import database_option, json_option
from callagent.cli.output import echo, print_json
from callagent.cli.views.records_view import StoredCall, facts, story, whole_json


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
        stored = StoredCall.read(store, call)
    if as_json:
        print_json(whole_json(stored))
        return
    for name, value in facts(stored.row):
        echo(f"{name:<12}{value}")
    for at, kind, text in story(stored):
        echo(f"{at:9.2f} s  {kind:<10}{text}")

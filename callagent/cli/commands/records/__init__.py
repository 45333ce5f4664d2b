"""`callagent records`: look at calls, those of the database, and those that files have."""

import click

from callagent.cli.lazy_group import LazyGroup

COMMANDS = {
    "analyse": (
        "callagent.cli.commands.records.analyse:analyse_calls",
        "Ask a model about calls that are over.",
    ),
    "erase": ("callagent.cli.commands.records.erase:erase_person", "Erase what is kept of somebody's number."),
    "export": ("callagent.cli.commands.records.export:export_calls", "Write calls for other programs."),
    "list": ("callagent.cli.commands.records.look_up:list_calls", "List calls, the newest first."),
    "prune": (
        "callagent.cli.commands.records.retention:prune_calls",
        "Delete calls that have been kept long enough.",
    ),
    "report": ("callagent.cli.commands.records.report:report", "Draw the page of each call."),
    "script": (
        "callagent.cli.commands.records.script:script",
        "Write a scripted call that goes like a call that is over.",
    ),
    "show": ("callagent.cli.commands.records.look_up:show_call", "Show what happened in a call."),
    "tune": (
        "callagent.cli.commands.records.tune_calls:tune_calls",
        "Try the interruption settings of a profile on real calls.",
    ),
    "webhooks": (
        "callagent.cli.commands.records.webhooks:webhooks",
        "Show what other programs were told of calls, and tell them again.",
    ),
}
"""Name of a command -> where it is, and its line in the help; a page of a file needs no database."""


@click.group(cls=LazyGroup, table=COMMANDS)
def records() -> None:
    """Look at calls: those that `serve` keeps in the database, and what `serve --records` leaves in files."""

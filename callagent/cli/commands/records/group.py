"""The group of the commands that look at calls: those of the database, and those that files have."""

import importlib

import click

COMMANDS = {
    "export": ("retention:export_calls", "Write calls for other programs."),
    "list": ("look_up:list_calls", "List calls, the newest first."),
    "prune": ("retention:prune_calls", "Delete calls that have been kept long enough."),
    "report": ("report:report", "Draw the page of each call."),
    "script": ("script:script", "Write a scripted call that goes like a call that is over."),
    "show": ("look_up:show_call", "Show what happened in a call."),
    "tune": ("tune_calls:tune_calls", "Try the interruption settings of a profile on real calls."),
}
"""Name of a command -> its module here and the command in it, and its line in the help."""


class RecordsGroup(click.Group):
    """Imports the command that runs and no other: a page of a file needs no database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(f"callagent.cli.commands.records.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=RecordsGroup)
def records() -> None:
    """Look at calls: those that `serve` keeps in the database, and what `serve --records` leaves in files."""

"""A group of commands that imports the command that runs, and no other."""

import importlib
from collections.abc import Mapping
from typing import Any

import click

CommandTable = Mapping[str, tuple[str, str]]
"""Name of a command -> where it is (`module:attribute`), and its line in the help."""


class LazyGroup(click.Group):
    """A group whose help and completion need no import of its commands.

    Args:
        table: the commands; it is looked at anew each time.
        heading: what the help calls them.
    """

    def __init__(self, *args: Any, table: CommandTable, heading: str = "Commands", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.table = table
        self._heading = heading

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return names of all commands."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, imported now."""
        if cmd_name not in self.table:
            return None
        module, attribute = self.table[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section(self._heading):
            formatter.write_dl([(name, self.table[name][1]) for name in self.list_commands(ctx)])

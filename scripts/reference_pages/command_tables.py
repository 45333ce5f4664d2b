"""What `callagent COMMAND --help` says, as a table."""

import inspect
from collections.abc import Sequence

import click

from callagent.cli.main import main
from scripts.reference_pages.markdown import code, table

HELP = "Show this message and exit."


def command_help(name: str) -> str:
    """Return the help of `callagent NAME`: what it does, and its options. Raise
    LookupError when there is no such command.
    """
    words = name.split()
    command, context = find_command(words)
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None and record[1] != HELP:
            rows.append((code(record[0]), record[1]))
    arguments = " ".join(command.collect_usage_pieces(context))
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    return f"`callagent {name} {arguments}`\n\n{text}\n\n{table(('option', 'meaning'), rows)}"


def find_command(words: Sequence[str]) -> tuple[click.Command, click.Context]:
    """Return the command that `callagent WORDS…` runs, with its context. Raise LookupError when there is none."""
    command: click.Command = main
    context = click.Context(main, info_name="callagent", max_content_width=10_000, terminal_width=10_000)
    for word in words:
        found = command.get_command(context, word) if isinstance(command, click.Group) else None
        if found is None:
            raise LookupError(f"callagent {' '.join(words)}")
        command = found
        context = click.Context(command, info_name=word, parent=context)
    return command, context

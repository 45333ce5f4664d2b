"""What commands print: lines and tables in which nothing acts on the terminal, and JSON.

Every command prints by this module, or with `callagent.sanitise.console` in colour: texts of callers, models, profiles,
carriers and lists pass `callagent.sanitise` here, wherever they come from.
"""

import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import click

from callagent.sanitise import json_text, printable, printable_lines


class ExitStatus(IntEnum):
    """What the process that started a command learns from it. Numbers are part of the public interface."""

    OK = 0
    FAILED = 1
    """An expectation was not met."""
    INVALID = 2
    """A file, an option or a number is not valid; nothing was started."""
    UNAVAILABLE = 3
    """A server, a model or a program that is needed is not there."""

    BUSY = 10
    NO_ANSWER = 11
    DECLINED = 12
    NOT_IN_SERVICE = 13
    MACHINE = 14
    """A machine answered, and the profile ends such calls."""
    TRUNK_FAILURE = 20
    REFUSED = 30
    """A guard refused the call before anything left the house."""

    SOFTWARE = 70
    """A part of the program has failed; the log has its traceback. EX_SOFTWARE of sysexits.h."""

    INTERRUPTED = 130
    """Ctrl-C, as shells report it: 128 + SIGINT."""


def echo(text: object, *, err: bool = False, colour: str | None = None, bold: bool = False, nl: bool = True) -> None:
    """Print one line on stdout or stderr, in colour on a terminal; line ends in the text are escaped."""
    click.secho(printable(str(text)), err=err, fg=colour, bold=bold or None, nl=nl)


def echo_lines(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Print a text of several lines, each of which is known to be one."""
    click.echo(printable_lines(str(text)), err=err, nl=nl)


def print_json(data: Any, *, indent: int | None = 2) -> None:
    """Print an object that any reader of JSON takes."""
    click.echo(json_text(data, indent=indent))


def print_file(content: bytes) -> None:
    """Print what is to become a file: as it is into a pipe or a file, and on a terminal so that nothing acts on it."""
    click.echo(printable_lines(content.decode(errors="replace")) if sys.stdout.isatty() else content, nl=False)


def harmless(error: click.ClickException) -> click.ClickException:
    """Return the error, whose message click prints as it is, with nothing in it that acts on the terminal."""
    told = error.format_message()
    shown = printable_lines(told)
    if shown == told:
        return error
    return click.UsageError(shown, error.ctx) if isinstance(error, click.UsageError) else click.ClickException(shown)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the rows under their heads; what a terminal would act on is made visible."""
    if sys.stdout.isatty():
        # Pipes need not wait for rich to load.
        from rich.console import Console

        from callagent.sanitise.console import table

        Console().print(table(columns, rows))
        return
    shown = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(len(row[i]) for row in (tuple(columns), *shown)) for i in range(len(columns))]
    for row in (tuple(columns), *shown):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

"""Tables: for people in a terminal, in plain columns for pipes."""

import sys
from collections.abc import Sequence

import click


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints the rows under their heads; what a terminal would act on is made visible."""
    shown = [tuple(printable(cell) for cell in row) for row in rows]
    if sys.stdout.isatty():
        # Pipes need not wait for rich to load.
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in shown:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    widths = [max(len(row[i]) for row in (tuple(columns), *shown)) for i in range(len(columns))]
    for row in (tuple(columns), *shown):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def printable(text: str) -> str:
    """The text on one line, control characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

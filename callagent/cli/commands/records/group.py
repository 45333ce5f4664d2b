"""The group of the commands that look at calls that are over."""

import click

from callagent.cli.commands.records.report import report
from callagent.cli.commands.records.script import script


@click.group()
def records() -> None:
    """Look at calls that are over, by what `serve --records` has kept of them."""


for command in (report, script):
    records.add_command(command)

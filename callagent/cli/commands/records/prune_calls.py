"""`callagent records prune`: calls that have been kept long enough are deleted."""

from datetime import UTC, datetime, timedelta

import click

from callagent.cli.commands.records.finding import database_of_calls
from callagent.cli.options import database_option
from callagent.cli.output import echo


@click.command("prune")
@click.option(
    "--days",
    type=click.IntRange(min=1, max=36500),
    required=True,
    help="Calls that ended longer ago are deleted, journals included.",
)
@click.option("--dry-run", is_flag=True, help="Only tell how many.")
@database_option
def prune_calls(days: int, dry_run: bool, database: str | None) -> None:
    """Delete calls from the database that have been kept long enough; files beside it stay.

    Exit status: 0 they are deleted, also where there was none, 3 the database is not there.
    """
    with database_of_calls(database) as store:
        count = store.prune(datetime.now(UTC) - timedelta(days=days), dry_run=dry_run)
    calls = "1 call" if count == 1 else f"{count} calls"
    echo(f"{calls} would be deleted" if dry_run else f"{calls} deleted")

"""`callagent records prune`: calls and their recordings are deleted when they have been kept long enough."""

from datetime import UTC, datetime, timedelta

import click

from callagent.cli.commands.records.finding import database_of_calls
from callagent.cli.options import database_option
from callagent.cli.output import ExitStatus, echo
from callagent.recording import RecordingUnavailable, remove_recording
from callagent.records import RecordStore

MOST_DAYS = 36500

MOST_ERRORS = 3
"""Recordings that may refuse to go before the others are not tried: a server that is away takes a while for each."""


@click.command("prune")
@click.option(
    "--days",
    type=click.IntRange(min=1, max=MOST_DAYS),
    help="Calls that ended longer ago are deleted, journals and recordings included.",
)
@click.option(
    "--recordings-days",
    type=click.IntRange(min=1, max=MOST_DAYS),
    help="Recordings of calls that ended longer ago are deleted; the calls stay.",
)
@click.option("--dry-run", is_flag=True, help="Only tell how many.")
@database_option
def prune_calls(days: int | None, recordings_days: int | None, dry_run: bool, database: str | None) -> None:
    """Delete calls from the database, and recordings, that have been kept long enough.

    Recordings are removed from where they are kept, a directory or a bucket of S3. A call whose recording cannot be
    removed stays until it can be. Files of `serve --records` stay.

    Exit status: 0 they are deleted, also where there was none, 2 nothing says what, 3 the database is not there, or a
    recording could not be removed.
    """
    if days is None and recordings_days is None:
        raise click.UsageError("Say what to delete: --days, --recordings-days, or both.")
    now = datetime.now(UTC)
    shortest = min(each for each in (days, recordings_days) if each is not None)
    with database_of_calls(database) as store:
        removed, failed = _recordings(store, now - timedelta(days=shortest), dry_run=dry_run)
        calls = 0
        if days is not None:
            calls = store.prune(now - timedelta(days=days), dry_run=dry_run, recorded=dry_run)
    verb = "would be deleted" if dry_run else "deleted"
    if days is not None:
        echo(f"{_counted(calls, 'call')} {verb}")
    if recordings_days is not None or removed:
        echo(f"{_counted(removed, 'recording')} {verb}")
    if failed:
        echo(f"{_counted(failed, 'recording')} could not be deleted; the calls stay", err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE)


def _recordings(store: RecordStore, before: datetime, *, dry_run: bool) -> tuple[int, int]:
    """Delete the recordings of calls that began before a moment; tell how many were, and how many could not be."""
    found = store.recordings(before)
    if dry_run:
        return len(found), 0
    removed, why = 0, list[str]()
    for call, location in found:
        if len(why) == MOST_ERRORS:
            break
        try:
            remove_recording(location)
        except (RecordingUnavailable, ValueError) as error:
            why.append(str(error))
            continue
        store.recording_removed(call)
        removed += 1
    for reason in dict.fromkeys(why):
        echo(reason, err=True)
    return removed, len(found) - removed


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"

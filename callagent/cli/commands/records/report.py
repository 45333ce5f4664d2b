"""`callagent records report`: the pages of calls that are over."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callagent import __version__
from callagent.cli.options import database_option
from callagent.cli.output import ExitStatus, echo
from callagent.extras import lacking
from callagent.yaml_config import ConfigError, Problem

_NO_NAME = re.compile(r"[^\w.-]")
"""What the name of a directory had better not have."""

if TYPE_CHECKING:
    from callagent.records import CallRow
    from callagent.scripted_calls.report.journal_pages import Pages, Written


@click.command()
@click.argument("calls", nargs=-1, required=True, metavar="ID|FILE...")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/records"),
    show_default=True,
    help="Where the pages go: a directory for each call with report.html, and index.html over all.",
)
@database_option
def report(calls: tuple[str, ...], out: Path, database: str | None) -> None:
    """Draw the page of each call, as `call --report` does.

    ID is that of a call in the database, or as much of its begin as no other has. FILE is the journal of a call
    (*.events.jsonl), the record beside it (*.json), or a directory with journals. The journal of a call that was cut
    off, or still goes on, is reported up to its last line. A recording is in the page, or beside it where it is long.
    Of a call in the database the page has what `after_call` found out, too.

    Exit status: 0 every call has its page, 2 a FILE or ID is no such thing (the others have theirs), 3 the database, or
    a package that pages are made with, is not there.
    """
    if missing := lacking("records report", "jinja2"):
        echo(missing, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE)
    from callagent.cli.commands.records.finding import is_file
    from callagent.scripted_calls.report.journal_pages import Pages

    pages = Pages(out, f"Made by callagent {__version__} on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC")
    problems: list[Problem] = []
    try:
        written = _of_files(pages, [Path(call) for call in calls if is_file(call)], problems)
        if ids := [call for call in calls if not is_file(call)]:
            written += _of_database(pages, ids, database, problems)
    except OSError as error:
        raise ConfigError.single("--out", f"cannot be written: {error}") from error
    for each in written:
        if each.journal.cut_off:
            echo(f"{each.path}: ends in the middle of the call: reported up to {each.journal.seconds:.1f} s", err=True)
        echo(each.page)
    if len(written) > 1:
        echo(f"all calls: {pages.index}")
    if problems:
        raise ConfigError(*problems)


def _of_files(pages: "Pages", paths: Sequence[Path], problems: list[Problem]) -> "list[Written]":
    from callagent.journal.sources import find

    found = find(paths)
    problems += found.problems
    written: list[Written] = []
    for path in found.journals:
        try:
            written.append(pages.write(path))
        except ConfigError as error:
            problems += error.problems
    return written


def _of_database(pages: "Pages", ids: Sequence[str], database: str | None, problems: list[Problem]) -> "list[Written]":
    from callagent.cli.commands.records.finding import database_of_calls
    from callagent.records import UnknownCall
    from callagent.records.analyses import findings

    written: list[Written] = []
    with database_of_calls(database) as store:
        for each in ids:
            try:
                row = store.get(each)
            except UnknownCall as error:
                problems.append(Problem("", None, "", str(error)))
                continue
            own = _NO_NAME.sub("_", row.id)
            found = [*findings(store.analysis(row.id))]
            written.append(pages.draw(store.journal(row.id), own, row.id, partial(_recording, row), found))
    return written


def _recording(call: "CallRow", directory: Path) -> Path | None:
    """Return a copy of the recording of a call; None where there is none, which a line tells if there should be."""
    from callagent.recording import RecordingUnavailable, fetch_recording

    if not call.recording_location:
        return None
    try:
        found, why = fetch_recording(call.recording_location, directory), "it is not there"
    except (RecordingUnavailable, ValueError, OSError) as error:
        found, why = None, str(error)
    if found is None:
        echo(f"{call.id}: without its recording {call.recording_location}: {why}", err=True)
    return found

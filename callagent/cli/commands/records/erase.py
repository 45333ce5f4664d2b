"""`callagent records erase`: nothing of somebody's telephone number stays, which is shown."""

from pathlib import Path

import click

from callagent.cli.commands.records.finding import database_of_calls, wanted_number
from callagent.cli.options import database_option, json_option, region_option
from callagent.cli.output import ExitStatus, echo, print_json
from callagent.recording import RecordingUnavailable, remove_recording
from callagent.records import RecordStore, places
from callagent.records.erasure.database_erasure import Erasure, Kept
from callagent.records.erasure.file_erasure import FoundFiles, erase_in, find_in
from callagent.sanitise.redaction.known_number import KnownNumber


@click.command("erase")
@click.option("--number", required=True, metavar="NUMBER", help="Whose, as people write it.")
@region_option
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Directories and files to look through as well: of `serve --records`, exports, reports. May be repeated.",
)
@click.option(
    "--off-the-list", is_flag=True, help="Off the do-not-call list too; it may be called again. [default: it stays]"
)
@click.option("--dry-run", is_flag=True, help="Only tell what there is.")
@json_option
@database_option
def erase_person(
    number: str,
    region: str | None,
    files: tuple[Path, ...],
    off_the_list: bool,
    dry_run: bool,
    as_json: bool,
    database: str | None,
) -> None:
    """Erase what is kept of a telephone number, and show that nothing is left.

    Calls with that number go with all that was said in them and their recordings, and so do attempts and refusals.
    Where another call only names it, written or said digit by digit, the number alone goes. Everything is read once
    more afterwards. Backups, logs of other programs and what has been sent elsewhere are not reached.

    Exit status: 0 nothing is left, 1 something is (a call under way, a page, a file that cannot be written, a recording
    to be listened to), 2 the number is none, 3 the database is not there.
    """
    known = KnownNumber(wanted_number(number, region))
    with database_of_calls(database) as store:
        erasure = Erasure(store, known)
        spools = [path for place in places(store.location) if place.is_dir() for path in place.glob("*.refused")]
        kept, found = erasure.find(), find_in([*files, *spools], known)
        if dry_run:
            _tell(kept, found, as_json, erased=False)
            return
        problems = [*_remove_recordings(store, kept), *_heard_in(store, kept)]
        erasure.erase(kept, listed=off_the_list)
        problems += erase_in(found, known)
        left, left_files = erasure.find(), find_in([path for path in (*files, *spools) if path.exists()], known)
    _tell(kept, found, as_json, erased=True)
    remains = [*_remaining(left, off_the_list), *problems, *_named(left_files), *found.unread]
    for line in remains:
        echo(line, err=True)
    if remains:
        raise click.exceptions.Exit(ExitStatus.FAILED)
    if not as_json:
        listed = "; it stays on the do-not-call list" if left.do_not_call else ""
        echo(f"nothing is left in {left.looked_at} calls and {left_files.looked_at} files{listed}")


def _heard_in(store: RecordStore, kept: Kept) -> list[str]:
    """Return a line for each recording of a call that only names the number: nobody listens to what is said there."""
    recorded = ((call, store.get(call).recording_location) for call in kept.named_in)
    return [
        f"call {call} names it, and was recorded: listen to {location}, and delete it where the number is said"
        for call, location in recorded
        if location
    ]


def _tell(kept: Kept, found: FoundFiles, as_json: bool, *, erased: bool) -> None:
    """Tell what there is, or was."""
    figures = {
        "calls": len(kept.calls),
        "other calls that name it": len(kept.named_in),
        **kept.rows,
        "files": len(found.own),
        "files that name it": len(found.named_in),
    }
    if as_json:
        names = {"calls": kept.calls, "named_in": kept.named_in, "under_way": kept.under_way, "rows": kept.rows}
        paths = {"files": found.own, "files_named_in": found.named_in, "files_not_rewritten": found.others}
        told = {key: [str(path) for path in value] for key, value in paths.items()}
        print_json({"erased": erased, **names, **told, "do_not_call": kept.do_not_call})
        return
    for name, count in figures.items():
        if count:
            echo(f"{name}: {count}{'' if not erased else ' erased'}")
    if not any(figures.values()):
        echo("nothing is kept of it")


def _remove_recordings(store: RecordStore, kept: Kept) -> list[str]:
    """Remove the recordings of the calls that go; return a line for each that could not be: its call stays."""
    problems: list[str] = []
    for call in [*kept.calls]:
        location = store.get(call).recording_location
        try:
            if location:
                remove_recording(location)
        except (RecordingUnavailable, ValueError) as error:
            kept.calls.remove(call)
            problems.append(f"recording {location} could not be removed: {error}")
    return problems


def _remaining(left: Kept, off_the_list: bool) -> list[str]:
    """Return what is still there: a line each."""
    lines = [f"call {call} is under way: erase again when it is over" for call in left.under_way]
    lines += [f"still there: {place}" for place in left.places()]
    return [*lines, "still on the do-not-call list"] if off_the_list and left.do_not_call else lines


def _named(found: FoundFiles) -> list[str]:
    lines = [f"{path}: names it, and is not rewritten: delete it, or draw it again" for path in found.others]
    return lines + [f"{path}: still there" for path in (*found.own, *found.named_in)]

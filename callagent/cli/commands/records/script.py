"""`callagent records script`: a call that is over becomes a scripted call that goes like it."""

import os
from pathlib import Path

import click

from callagent.cli.options import database_option
from callagent.cli.output import echo, echo_lines
from callagent.journal import CallJournal, read_journal
from callagent.private_files import write_text
from callagent.profile import Profile, preview_profile
from callagent.profile.paths import is_path
from callagent.yaml_config import ConfigError


@click.command()
@click.argument("call", metavar="ID|FILE")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the script to, readable by you alone. [default: stdout]",
)
@click.option("--profile", help="Profile that the script names: a name or a path. [default: that of the call]")
@database_option
def script(call: str, out: Path | None, profile: str | None, database: str | None) -> None:
    """Write a scripted call that goes like a call that is over: pin what went wrong.

    ID is that of a call in the database, or as much of its begin as no other has; FILE is the journal of a call
    (*.events.jsonl), or the record beside it (*.json). Turns, timing and keys are those of the call; what the model
    said is scripted, and tools give what they gave. Numbers, digits, e-mail addresses and the names in the context of
    the call are replaced by stand-ins; names that were only said stay. What cannot be made again stands in comments.
    `callagent call --level text` on it comes to the same decisions.

    Exit status: 0 the script is written, 2 there is no such call, the profile is not valid or --out cannot be written,
    3 the database is not there.
    """
    from callagent.cli.commands.records.finding import database_of_calls, is_file
    from callagent.scripted_calls.reproduction import script_of

    if is_file(call):
        journal = journal_of(Path(call))
    else:
        with database_of_calls(database) as store:
            journal = store.journal(call)
    made = script_of(journal, _profile_of(journal, profile), named=_named(profile, out))
    if out is None:
        echo_lines(made.text, nl=False)
        return
    try:
        write_text(out, made.text)
    except OSError as error:
        raise ConfigError.single("--out", f"cannot be written: {error}") from error
    echo(out)


def journal_of(path: Path) -> CallJournal:
    """Return the journal that a file is, or that lies beside it. Raise ConfigError."""
    from callagent.journal.sources import find

    if path.is_dir():
        raise ConfigError.single(str(path), "is a directory; a script is made of one call")
    found = find([path])
    if found.problems:
        raise ConfigError(*found.problems)
    return read_journal(found.journals[0])


def _profile_of(journal: CallJournal, named: str | None) -> Profile | None:
    """Return the profile, and None where that of the call is not here, which is said on stderr."""
    if named is not None:
        return preview_profile(named)
    try:
        return preview_profile(journal.head.profile)
    except ConfigError:
        name = journal.head.profile
        echo(f"note: the profile of the call, '{name}', cannot be read here; --profile names another", err=True)
        return None


def _named(profile: str | None, out: Path | None) -> str:
    """Return what the script calls the profile: a path is relative to the script."""
    if profile is None or not is_path(profile):
        return profile or ""
    return os.path.relpath(profile, out.parent if out is not None else Path())

"""`callagent records report`: the pages of calls that are over."""

from datetime import UTC, datetime
from pathlib import Path

import click

from callagent import __version__
from callagent.cli.output import ExitStatus, echo
from callagent.extras import lacking
from callagent.yaml_config import ConfigError, Problem


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/records"),
    show_default=True,
    help="Where the pages go: a directory for each call with report.html, and index.html over all.",
)
def report(paths: tuple[Path, ...], out: Path) -> None:
    """Draw the page of each call, as `call --report` does.

    FILE is the journal of a call (*.events.jsonl), the record beside it (*.json), or a directory with journals. The
    journal of a call that was cut off, or still goes on, is reported up to its last line.

    Exit status: 0 every call has its page, 2 a FILE is no such thing (the others have theirs), 3 a package that pages
    are made with is not installed.
    """
    if missing := lacking("records report", "jinja2"):
        echo(missing, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE)
    from callagent.journal.sources import find
    from callagent.scripted_calls.report.journal_pages import Pages, Written

    found = find(paths)
    problems: list[Problem] = list(found.problems)
    pages = Pages(out, f"Made by callagent {__version__} on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC")
    written: list[Written] = []
    for path in found.journals:
        try:
            written.append(pages.write(path))
        except ConfigError as error:
            problems += error.problems
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

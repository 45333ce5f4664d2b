"""`callagent dev`: answer calls while the agent is being written."""

from pathlib import Path
from typing import Any

import click

from callagent.cli.commands.serve import Serving, answer_calls, serving_options, set_up_log
from callagent.cli.endpoints import LOOPBACK, Endpoints
from callagent.cli.output import echo
from callagent.worker import METRICS_HOST, Reloaded

KEPT = "not taken: calls go on with what was there before"


@click.command()
@serving_options(
    click.option("--max-calls", type=click.IntRange(1), default=1, show_default=True, help="Calls at the same time."),
    level="warning",
)
@click.pass_context
def dev(context: click.Context, /, log_level: str | None, **asked: Any) -> None:
    """Answer calls as `callagent serve --dev` does, from the livekit-server on this machine, and watch the files.

    A change of the profile, of what it extends or of the Python modules beside it holds for the next call; a call in
    progress goes on as it began. A change that cannot be used is told, with file and line, and is not taken.

    Exit status: as of `callagent serve`.
    """
    set_up_log(context, log_level, "warning")
    endpoints = Endpoints(LOOPBACK, 0, METRICS_HOST, None)
    answer_calls(Serving(**asked, dev=True, endpoints=endpoints, reload=True), _tell)


def _tell(change: Reloaded) -> None:
    """Print what became of a change; a problem is one line, with file and line of the author's code."""
    for problem in change.problems:
        echo(problem, err=True)
    if change.problems:
        echo(KEPT, err=True)
    elif change.files:
        echo(f"for the next call: {', '.join(_shown(file) for file in change.files)}")
    else:
        echo("the files are again those that calls are answered with")


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)

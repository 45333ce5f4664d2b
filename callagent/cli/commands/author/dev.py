"""`callagent dev`: answer calls while the agent is being written."""

from pathlib import Path

import click

from callagent.cli.commands.serve import Serving, answer_calls, duration, set_up_log
from callagent.cli.endpoints import LOOPBACK, Endpoints
from callagent.cli.logs import LEVELS
from callagent.cli.options import database_option, server_options, sets_option
from callagent.cli.output import echo
from callagent.worker import AGENT_NAME, DEFAULT_PROFILE, METRICS_HOST, Reloaded

KEPT = "not taken: calls go on with what was there before"


@click.command()
@click.option("--profile", default=DEFAULT_PROFILE, show_default=True, help="Profile of a call that names none.")
@click.option(
    "--profile-file",
    "profile_files",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    multiple=True,
    help="Another profile that calls may name, by its path. May be repeated.",
)
@server_options
@click.option("--max-calls", type=click.IntRange(1), default=1, show_default=True, help="Calls at the same time.")
@click.option("--agent-name", default=AGENT_NAME, show_default=True, help="Name that a dispatch rule asks for.")
@click.option(
    "--records",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the records and journals of calls.",
)
@database_option
@click.option(
    "--routes", "routes_file", type=click.Path(dir_okay=False, path_type=Path), help="Profiles by number and country."
)
@click.option(
    "--drain", default="1 h", show_default=True, callback=duration, help="Time for the calls after the first signal."
)
@click.option("--log-level", type=click.Choice(LEVELS), help="What to log. [default: LIVEKIT_LOG_LEVEL, else warning]")
@sets_option
@click.pass_context
def dev(
    context: click.Context,
    profile: str,
    profile_files: tuple[str, ...],
    url: str | None,
    api_key: str | None,
    api_secret: str | None,
    max_calls: int,
    agent_name: str,
    records: Path | None,
    database: str | None,
    routes_file: Path | None,
    drain: float,
    log_level: str | None,
    sets: tuple[str, ...],
) -> None:
    """Answer calls as `callagent serve --dev` does, from the livekit-server on this machine, and watch the files.

    A change of the profile, of what it extends or of the Python modules beside it holds for the next call; a call in
    progress goes on as it began. A change that cannot be used is told, with file and line, and is not taken.

    Exit status: as of `callagent serve`.
    """
    set_up_log(context, log_level, "warning")
    answer_calls(
        Serving(
            profile=profile,
            profile_files=profile_files,
            url=url,
            api_key=api_key,
            api_secret=api_secret,
            dev=True,
            max_calls=max_calls,
            endpoints=Endpoints(LOOPBACK, 0, METRICS_HOST, None),
            agent_name=agent_name,
            records=records,
            database=database,
            routes_file=routes_file,
            drain=drain,
            sets=sets,
            reload=True,
        ),
        _tell,
    )


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

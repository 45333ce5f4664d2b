"""`callagent records tune`: the gate's settings tried on real calls of the database."""

from pathlib import Path

import click

from callagent.cli.commands.profile_tune import tuned_on
from callagent.cli.commands.records.finding import database_of_calls, wanted_options
from callagent.cli.options import json_option, sets_option
from callagent.profile import preview_profile
from callagent.records import Wanted
from callagent.yaml_config import ConfigError

MOST_CALLS = 500
"""Calls of which no more are taken than that, unless `--limit` says so: each is replayed with every setting."""


@click.command("tune")
@click.argument("name", metavar="PROFILE")
@wanted_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=MOST_CALLS,
    show_default=True,
    help="How many calls at most, the newest.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/tune"),
    show_default=True,
    help="Where the picture goes.",
)
@sets_option
@json_option
def tune_calls(
    name: str, wanted: Wanted, limit: int, out: Path, sets: tuple[str, ...], as_json: bool, database: str | None
) -> None:
    """Try the interruption settings of a profile on real calls, and recommend values, as `profile tune` does.

    Exit status: 0 a setting is recommended, 1 none fits, 2 the profile or an option is invalid, 3 the database is not
    there.
    """
    profile = preview_profile(name, sets=sets)
    with database_of_calls(database) as store:
        journals = [store.journal(call.id) for call in store.find(wanted, limit=limit)]
    if not journals:
        raise ConfigError.single("records tune", "no such call")
    tuned_on(profile, journals, "records tune", out, as_json=as_json)

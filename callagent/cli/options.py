"""Options that several commands share."""

from typing import Any

import click


def sets_option(command: Any) -> Any:
    """``--set KEY=VALUE``, any number of times; the command gets the tuple ``sets`` for ``load_profile``."""
    return click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY=VALUE",
        help="Override a setting of the profile, for example interruption.grace='500 ms'. May be repeated.",
    )(command)


def json_option(command: Any) -> Any:
    """``--json``; the command gets the flag ``as_json`` and prints JSON alone on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")(command)

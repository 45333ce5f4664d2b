"""Options that several commands share."""

import math
import os
import string
from typing import Any

import click

from callagent.cli.output import ExitStatus, echo
from callagent.extras import lacking
from callagent.plaintext import INSECURE_VARIABLE, insecure_allowed
from callagent.private_files import PRIVATE_FILE
from callagent.profile.overrides import PROVIDERS_VARIABLE
from callagent.profile.paths import VARIABLE
from callagent.yaml_config.units import DURATION

ALL_MAY_WRITE = 0o666


class FiniteRange(click.FloatRange):
    """A number in a range; unlike click's own, `nan` and `inf` are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or click's error."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


class Length(click.ParamType[float]):
    """A duration with its unit, as in a script; the value is in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a duration."""
        try:
            return value if isinstance(value, float) else DURATION.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def file_mode(context: click.Context, parameter: click.Parameter, text: str) -> int:
    """Return the mode of a file that an option gives in octal, as chmod has it; its
    owner may read and write it at least.
    """
    digits = text.strip().lower().removeprefix("0o")
    mode = int(digits, 8) if digits and set(digits) <= set(string.octdigits) else 0
    if mode & ~ALL_MAY_WRITE or mode & PRIVATE_FILE != PRIVATE_FILE:
        raise click.BadParameter(f"{text} is not the mode of a file: 0600, 0640 or 0644, for example.")
    return mode


def check_report_packages() -> None:
    """Look whether what `--report` needs is installed; end the command where a page cannot be made.

    Raises:
        click.exceptions.Exit: with status 3, after one line on stderr.
    """
    if missing := lacking("--report", "jinja2"):
        echo(missing, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE)
    if missing := lacking("the picture of a call", "matplotlib"):
        echo(missing, err=True)


def sets_option(command: Any) -> Any:
    """Add ``--set KEY=VALUE``, any number of times; the command gets the tuple ``sets`` for ``load_profile``."""
    return click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY=VALUE",
        help="Override a setting of the profile, for example interruption.grace='500 ms'. May be repeated.",
    )(command)


def providers_option(command: Any) -> Any:
    """Add ``--providers``: the command gets the mapping ``env`` for ``load_profile``, the environment with it."""
    return click.option(
        "--providers",
        "env",
        metavar="NAMES",
        callback=lambda context, option, value: {**os.environ, PROVIDERS_VARIABLE: value} if value else os.environ,
        help=f"Providers instead of the profile's: cloud, or stt=deepgram,llm=openai. Also {PROVIDERS_VARIABLE}.",
    )(command)


def json_option(command: Any) -> Any:
    """Add ``--json``; the command gets the flag ``as_json`` and prints JSON alone on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")(command)


def database_option(command: Any) -> Any:
    """Add ``--database``, which the command gets as it was given, or None."""
    return click.option(
        "--database", metavar="FILE|URL", help=f"Records database. [default: {VARIABLE}, or a file of the user]"
    )(command)


def region_option(command: Any) -> Any:
    """Add ``--region``: the command gets the ISO code of a country, in capitals, or None."""

    def country(context: click.Context, option: click.Parameter, code: str | None) -> str | None:
        if code is None:
            return None
        from callagent.phone_numbers.number import is_region  # the plans take a while to load

        if not is_region(code.upper()):
            raise click.BadParameter(f"{code!r} is not an ISO 3166 country code, such as DE or US")
        return code.upper()

    return click.option(
        "--region", metavar="CODE", callback=country, help="Country (ISO code) of numbers without + and code."
    )(command)


def insecure_option(command: Any) -> Any:
    """Add ``--insecure``: allow unencrypted connections to other machines, in the processes of the command too."""

    def allow(context: click.Context, option: click.Parameter, value: bool) -> None:
        if value and not insecure_allowed(os.environ):
            os.environ[INSECURE_VARIABLE] = "1"
            context.find_root().call_on_close(lambda: os.environ.pop(INSECURE_VARIABLE, None))

    return click.option(
        "--insecure",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=allow,
        help=f"Allow http: and ws: to other machines, in a network of your own. Also {INSECURE_VARIABLE}=1.",
    )(command)


def server_options(command: Any) -> Any:
    """Add ``--url``, ``--api-key``, ``--api-secret``, which the command gets, each or None, and ``--insecure``."""
    options = (
        click.option("--url", help="LiveKit server, or LIVEKIT_URL; for example wss://voice.example.com."),
        click.option("--api-key", help="API key, or LIVEKIT_API_KEY."),
        click.option("--api-secret", help="API secret; better in LIVEKIT_API_SECRET, out of the process list."),
        insecure_option,
    )
    for option in reversed(options):
        command = option(command)
    return command

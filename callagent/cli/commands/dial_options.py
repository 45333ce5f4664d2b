"""What the options of `callagent dial` mean. What cannot be meant raises an error whose message is one line."""

import codecs
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from callagent.cli.environment import left_out_of_env_file
from callagent.cli.options import FiniteRange
from callagent.livekit_api.connection import resolve_connection
from callagent.phone_numbers.number import InvalidNumber, Number, parse_number
from callagent.telephony.number_lists.cells import NEEDS_REGION, lacks_region
from callagent.telephony.number_lists.columns import NUMBER
from callagent.telephony.outbound import Connection, NumberList, Pace, Reading, check_meta, is_text, read_list
from callagent.telephony.trunk_numbers import caller_id
from callagent.yaml_config import ConfigError

MOST_META = 32
"""Pairs of `--meta` that are taken."""


@dataclass(frozen=True)
class ListOptions:
    """The options of a list.

    Args:
        path: the file; None: a single number is called.
        column: heading of the numbers.
    """

    path: Path | None
    column: str | None
    encoding: str | None
    skip_invalid: bool
    allow_duplicates: bool
    max_calls: int
    per_second: float
    restart: bool

    @property
    def pace(self) -> Pace:
        """How fast it is dialled."""
        return Pace(self.max_calls, self.per_second)

    def read(self, region: str | None, common: Mapping[str, str]) -> NumberList:
        """Return the rows of the file. Raise ConfigError."""
        assert self.path is not None
        how = Reading(region, self.column, self.encoding, self.skip_invalid, self.allow_duplicates, common)
        return read_list(self.path, how)


def list_options(command: Any) -> Any:
    """Return the options of a list; the command gets them as ``listed``."""

    @functools.wraps(command)
    def collected(**values: Any) -> Any:
        options = ListOptions(**{field.name: values.pop(field.name) for field in fields(ListOptions)})
        return command(listed=options, **values)

    for option in reversed(_LIST_OPTIONS):
        collected = option(collected)
    return collected


def _column(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    if text is None:
        return None
    name, equals, heading = text.partition("=")
    if name.strip().casefold() != NUMBER or not equals or not heading.strip():
        raise click.BadParameter(f'it says where the number is, as in number="Mobile Phone", not {text!r}')
    return heading.strip()


def _encoding(context: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    try:
        return name and codecs.lookup(name).name
    except LookupError:
        raise click.BadParameter(f"{name!r} is not an encoding, such as utf-8, windows-1252 or shift-jis") from None


_LIST_OPTIONS = (
    click.option(
        "--list", "path", type=click.Path(dir_okay=False, path_type=Path), help="Table (CSV) with a column of numbers."
    ),
    click.option(
        "--column",
        metavar="number=HEADING",
        callback=_column,
        help="List: which column holds the number, where several could. [default: by its heading]",
    ),
    click.option("--encoding", metavar="NAME", callback=_encoding, help="List: its encoding. [default: found out]"),
    click.option("--skip-invalid", is_flag=True, help="List: leave out rows without a valid number."),
    click.option("--allow-duplicates", is_flag=True, help="List: call a number for each different row that has it."),
    click.option(
        "--max-calls", type=click.IntRange(1, 1000), default=1, show_default=True, help="List: calls at a time."
    ),
    click.option(
        "--per-second", type=FiniteRange(0.01, 100), default=1.0, show_default=True, help="List: calls begun a second."
    ),
    click.option("--restart", is_flag=True, help="List: forget how far it has come, and call everybody again."),
)


def number_of(text: str, region: str | None) -> Number:
    """Return the number to call. Raise InvalidNumber, or ConfigError where only its country is missing."""
    try:
        return parse_number(text, region)
    except InvalidNumber as error:
        if lacks_region(text, region):
            raise ConfigError.single("", f"{error}; {NEEDS_REGION}") from None
        raise


def connection_of(url: str | None, key: str | None, secret: str | None, agent: str, *, dev: bool) -> Connection:
    """Return the server and the agent's name there. Raise InvalidConnection."""
    found = resolve_connection(url, key, secret, dev=dev, env=os.environ, left_out=left_out_of_env_file())
    return Connection(found.url, found.api_key, found.api_secret, agent)


def caller_of(text: str | None, region: str | None = None) -> Number | None:
    """Return the number of `--from`: one that can be called back, or an extension of the trunk. Raise ConfigError."""
    if not text:
        return None
    try:
        return caller_id(text, region)
    except ValueError as error:
        hint = "; or name its country with --region" if lacks_region(text, region) else ""
        raise ConfigError.single("--from", f"{error}{hint}") from None


def meta_of(pairs: tuple[str, ...]) -> Mapping[str, str]:
    """Return what the agent is told. Raise UsageError, and InvalidOrder when it is too much."""
    meta: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--meta needs KEY=VALUE, not {pair!r}")
        if not is_text(pair):
            raise click.UsageError(f"--meta needs UTF-8 text, not {pair!r}")
        meta[name.strip()] = value
    if len(meta) > MOST_META:
        raise click.UsageError(f"--meta can be given {MOST_META} times at most")
    check_meta(meta)
    return meta

"""What the options of `callagent dial` mean. What cannot be meant raises an error whose message is one line."""

import os
from collections.abc import Mapping

import click

from callagent.connection import resolve_connection
from callagent.profile import ConfigError, Profile
from callagent.telephony import InvalidNumber, Number, parse_number
from callagent.telephony.dialling import Connection, check_meta, is_text
from callagent.telephony.numberfile import read_number_file

MOST_META = 32
"""Pairs of `--meta` that are taken."""


def connection_of(url: str | None, key: str | None, secret: str | None, agent: str, *, dev: bool) -> Connection:
    """The server and the agent's name there. Raises InvalidConnection."""
    found = resolve_connection(url, key, secret, dev=dev, env=os.environ)
    return Connection(found.url, found.api_key, found.api_secret, agent)


def caller_of(text: str | None) -> Number | None:
    """The number of `--from`: one that can be called back. Raises ConfigError."""
    if not text:
        return None
    try:
        number = parse_number(text)
    except InvalidNumber as error:
        raise ConfigError.single("--from", str(error)) from None
    if number.kind in ("emergency", "short"):
        raise ConfigError.single("--from", f"{number} is an emergency or short number, which nobody calls from")
    if number.extension:
        raise ConfigError.single("--from", f"a caller-ID has no extension ({number.extension})")
    return number


def meta_of(pairs: tuple[str, ...]) -> Mapping[str, str]:
    """What the agent is told. Raises UsageError, and InvalidOrder when it is too much."""
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


def listed_by(profile: Profile, region: str | None) -> Mapping[str, str]:
    """The numbers of the profile's do-not-call file, each with its place there. Raises ConfigError."""
    if not profile.dialling.do_not_call:
        return {}
    file = profile.places.beside("dialling.do_not_call", profile.dialling.do_not_call)
    return {number: f"{file}:{line}" for number, line in read_number_file(file, region).items()}

"""`callagent console`: calls in a browser, those under way and those that are over."""

import os
from pathlib import Path

import click

from callagent.cli.endpoints import LOOPBACK, listening_host
from callagent.cli.environment import left_out_of_env_file
from callagent.cli.options import database_option, server_options
from callagent.cli.output import ExitStatus, echo
from callagent.database import StoreUnavailable
from callagent.extras import lacking
from callagent.livekit_api.connection import Connection, InvalidConnection, resolve_connection
from callagent.yaml_config import ConfigError

DEFAULT_PORT = 8084
"""The same as `callagent.console.PORT`, whose import needs the extra."""

TOKEN_VARIABLE = "CALLAGENT_CONSOLE_TOKEN"
"""The same as `callagent.console.TOKEN_VARIABLE`."""


@click.command()
@click.option(
    "--host",
    metavar="ADDRESS",
    default=LOOPBACK,
    show_default=True,
    callback=listening_host,
    help="Interface to listen at. One that other machines reach needs a token.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="Port; 0: any that is free."
)
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"File with the token that browsers are asked for, or {TOKEN_VARIABLE}.",
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="Name by which a proxy asks for a console on loopback. May be repeated.",
)
@click.option(
    "--operator",
    is_flag=True,
    help="Take orders for calls under way: say, whisper, transfer, hang up. Needs the LiveKit server of the workers.",
)
@click.option(
    "--listen",
    is_flag=True,
    help="Let calls under way be listened to, which --operator does too. Needs the same.",
)
@database_option
@server_options
def console(
    host: str,
    port: int,
    token_file: Path | None,
    allowed_hosts: tuple[str, ...],
    operator: bool,
    listen: bool,
    database: str | None,
    **server: str | None,
) -> None:
    """Show calls in a browser: those under way as they go, those that are over, and the panel of production.

    It changes nothing, and asks no LiveKit server, but with --operator or --listen.

    On loopback no token is asked for unless there is one. Elsewhere it is, and a proxy with TLS in front keeps it and
    what was said from being read on the way. `Authorization: Bearer TOKEN` is taken as well.

    Exit status: 2 an option is not valid, or the token is missing, 3 the database, the address or a package that pages
    are made with is not there, 130 Ctrl-C.
    """
    for module in ("starlette", "uvicorn", "jinja2"):
        if missing := lacking("console", module):
            echo(missing, err=True)
            raise click.exceptions.Exit(ExitStatus.UNAVAILABLE)
    from callagent.console import CannotListen, ConsoleConfig, serve_console, token_of

    connection = _connection(**server) if operator or listen else None
    token = token_of(token_file, os.environ)
    config = ConsoleConfig(
        host, port, token, database, allowed_hosts, operator=operator, listen=listen, server=connection
    )
    if connection is not None and token is None:
        what = "give orders to calls" if operator else "listen to calls"
        echo(f"every program on this machine can {what}: --token-file asks for a token", err=True)
    try:
        serve_console(config, ready=lambda address: echo(f"console at {address}"))
    except (StoreUnavailable, CannotListen) as error:
        echo(error, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from error


def _connection(url: str | None, api_key: str | None, api_secret: str | None) -> Connection:
    """Return where the workers' LiveKit server is. Raise ConfigError."""
    try:
        return resolve_connection(url, api_key, api_secret, env=os.environ, left_out=left_out_of_env_file())
    except InvalidConnection as error:
        raise ConfigError.single("--operator, --listen", str(error)) from error

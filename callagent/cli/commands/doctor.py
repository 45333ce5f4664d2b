"""`callagent doctor`: is everything there that a call needs?"""

import asyncio
import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from callagent.cli.commands.serve import quieten_media_engine
from callagent.cli.endpoints import Endpoints, endpoint_options
from callagent.cli.environment import left_out_of_env_file
from callagent.cli.options import database_option, json_option, server_options, sets_option
from callagent.cli.output import ExitStatus, echo, print_json
from callagent.doctor import CHECKS, Check, Examined, State, Subject, examine
from callagent.doctor.check import SIP_PORT, Address
from callagent.livekit_api.connection import InvalidConnection, check_encrypted
from callagent.profile.paths import named_location
from callagent.worker import AGENT_NAME, DEFAULT_PROFILE, Connection, InvalidWorker, resolve_connection
from callagent.yaml_config import ConfigError

COLOURS: dict[State, str] = {"ok": "green", "warning": "yellow", "failed": "red", "skipped": "bright_black"}
_GATEWAY = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[^:\s\[\]]+)(?::(?P<port>\d{1,5}))?")


class Gateway(click.ParamType[Address]):
    """HOST or HOST:PORT."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        """Read an address."""
        if isinstance(value, Address):
            return value
        match = _GATEWAY.fullmatch(value)
        port = int((match and match["port"]) or SIP_PORT)
        if match is None or not 0 < port < 65536:
            self.fail(f"{value!r} is not HOST or HOST:PORT", param, ctx)
        return Address(match["host"].strip("[]"), port)


@click.command()
@click.option("--profile", default=DEFAULT_PROFILE, show_default=True, help="Profile of a call that names none.")
@server_options
@click.option("--dev", is_flag=True, help="Development: `livekit-server --dev` on this machine.")
@click.option("--gateway", type=Gateway(), metavar="HOST[:PORT]", help="Ask this SIP gateway over UDP, too.")
@endpoint_options
@click.option("--agent-name", default=AGENT_NAME, show_default=True, help="Name that a dispatch rule asks for.")
@click.option("--records", type=click.Path(path_type=Path), help="Directory of the call records.")
@database_option
@sets_option
@json_option
def doctor(
    profile: str,
    url: str | None,
    api_key: str | None,
    api_secret: str | None,
    dev: bool,
    gateway: Address | None,
    endpoints: Endpoints,
    agent_name: str,
    records: Path | None,
    database: str | None,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Look whether everything is there that a call needs, and say what to do where it is not.

    Takes the options of `callagent serve`. Exit status: 0 nothing failed, 1 something did.
    """
    quieten_media_engine("warning")
    warnings.filterwarnings("ignore", message="The HMAC key is")  # the check of the keys tells
    subject = Subject(
        connection=_connection(url, api_key, api_secret, dev=dev),
        profile=profile,
        sets=sets,
        agent_name=agent_name,
        host=endpoints.host,
        health_port=endpoints.port,
        metrics_host=endpoints.metrics_host,
        metrics_port=endpoints.metrics_port,
        records=records,
        database=named_location(database),
        gateway=gateway,
    )
    failed = asyncio.run(_examine(subject, CHECKS, as_json=as_json))
    raise click.exceptions.Exit(ExitStatus.FAILED if failed else ExitStatus.OK)


def _connection(url: str | None, api_key: str | None, api_secret: str | None, *, dev: bool) -> Connection:
    """As `callagent serve` finds it, but what is nowhere is left empty, for the doctor to tell.

    Raises:
        ConfigError: it comes from two places, or is not encrypted; nothing is asked then.
    """
    try:
        if dev:
            return resolve_connection(url, api_key, api_secret, dev=True, env=os.environ)
        names = {"LIVEKIT_URL": url, "LIVEKIT_API_KEY": api_key, "LIVEKIT_API_SECRET": api_secret}
        found = Connection(*(given or os.environ.get(name, "") for name, given in names.items()))
        if (left_out := left_out_of_env_file()) and not (found.url and found.api_key and found.api_secret):
            raise InvalidConnection(left_out)
        check_encrypted(found.url, os.environ)
    except (InvalidConnection, InvalidWorker) as error:
        raise ConfigError.single("", str(error)) from error
    return found


async def _examine(subject: Subject, checks: Sequence[Check], *, as_json: bool) -> bool:
    """Examine and tell; whether something failed. The telling does not wait for a resolver that hangs."""
    width = max(len(check.name) for check in checks)
    everything = []
    async for examined in examine(subject, checks):
        everything.append(examined)
        if not as_json:
            _tell(examined, width)
    failed = any(examined.finding.state == "failed" for examined in everything)
    if as_json:
        print_json({"ok": not failed, "checks": [_object(each) for each in everything]})
    return failed


def _tell(examined: Examined, width: int) -> None:
    finding = examined.finding
    echo(f"{examined.check:<{width}}  ", nl=False)
    echo(f"{finding.state:<7}", colour=COLOURS[finding.state], nl=False)
    echo(f"  {finding.found}")
    if finding.remedy:
        echo(f"{'':<{width}}  {'':<7}  -> {finding.remedy}")


def _object(examined: Examined) -> dict[str, Any]:
    finding = examined.finding
    seconds = round(examined.seconds, 3)
    told = {"check": examined.check, "state": finding.state, "found": finding.found, "remedy": finding.remedy}
    return {**told, "seconds": seconds}

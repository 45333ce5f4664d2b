"""`callagent dial`: call a number, or a list of numbers."""

import asyncio
import warnings
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import click
from jwt.warnings import InsecureKeyLengthWarning

from callagent.cli.commands.dial_calls import Calls, call_list, call_number
from callagent.cli.commands.dial_options import ListOptions, caller_of, connection_of, list_options, meta_of, number_of
from callagent.cli.options import FiniteRange, database_option, json_option, region_option, server_options, sets_option
from callagent.cli.output import ExitStatus
from callagent.cli.views.dial_view import View, view_of
from callagent.database import Store, StoreUnavailable
from callagent.livekit_api.connection import AGENT_NAME, InvalidConnection
from callagent.phone_numbers.number import InvalidNumber
from callagent.profile import DEFAULT_PROFILE, load_profile
from callagent.telephony.number_lists.do_not_call_file import listed_by
from callagent.telephony.outbound import InvalidOrder, ListTaken, UnknownTrunk
from callagent.yaml_config import ConfigError


@click.command()
@click.argument("number", required=False)
@click.option("--profile", default=DEFAULT_PROFILE, show_default=True, help="Profile of the agent.")
@click.option("--from", "caller", metavar="NUMBER", help="Caller-ID. [default: the first number of the trunk]")
@region_option
@click.option("--trunk", metavar="NAME|ID", help="Outbound trunk. [default: the only one]")
@click.option("--meta", "pairs", multiple=True, metavar="KEY=VALUE", help="What the agent is told. May be repeated.")
@click.option("--wait", is_flag=True, help="Follow the call to its end; the exit status tells how it came out.")
@json_option
@list_options
@click.option("--max-call", metavar="SECONDS", type=FiniteRange(1), help="Shorter limit for this call.")
@server_options
@click.option("--dev", is_flag=True, help="Development: `livekit-server --dev` on this machine.")
@click.option("--agent-name", default=AGENT_NAME, show_default=True, help="Name under which the workers serve.")
@database_option
@sets_option
def dial(
    number: str | None,
    profile: str,
    caller: str | None,
    region: str | None,
    trunk: str | None,
    pairs: tuple[str, ...],
    wait: bool,
    as_json: bool,
    listed: ListOptions,
    max_call: float | None,
    url: str | None,
    api_key: str | None,
    api_secret: str | None,
    dev: bool,
    agent_name: str,
    database: str | None,
    sets: tuple[str, ...],
) -> None:
    """Call NUMBER, or the numbers of a list, and let an agent talk.

    The guards of the profile (section `dialling`) are asked before anything else happens. Exit status of a call with
    --wait: 0 answered, 10 busy, 11 no answer, 12 declined, 13 not in service, 14 a machine, 20 trunk or server failed,
    30 refused by a guard, 2 a number, a profile or an option is not valid.
    """
    view = view_of(as_json=as_json)
    with _told(view, usage=not as_json):
        if (number is None) == (listed.path is None):
            raise click.UsageError("give either a number or --list")
        loaded = load_profile(profile, sets=sets)
        shown = caller_of(caller, region)
        home = region or (shown.region if shown else None) or None
        calls = Calls(
            connection=connection_of(url, api_key, api_secret, agent_name, dev=dev),
            profile=loaded.name,
            settings=loaded.dialling,
            caller=shown,
            trunk=trunk,
            meta=meta_of(pairs),
            max_call=max_call,
            listed=listed_by(loaded, home),
            store=Store(database),
            region=region,
        )
        if listed.path is not None:
            numbers = listed.read(home, calls.meta)
            name = str(listed.path.resolve())
            status = _run(call_list(calls, name, numbers, listed.pace, view, restart=listed.restart))
        else:
            status = _run(call_number(calls, number_of(number or "", home), view, wait=wait))
    raise click.exceptions.Exit(status)


def _run(work: Coroutine[Any, Any, ExitStatus]) -> ExitStatus:
    # The secret of `livekit-server --dev` is short; that is no news to whoever started it.
    warnings.simplefilter("ignore", InsecureKeyLengthWarning)
    return asyncio.run(work)


@contextmanager
def _told(view: View, *, usage: bool) -> Iterator[None]:
    """Show what keeps the command from calling anybody (any more), and end it.

    Args:
        usage: leave mistakes in the use of options to click.
    """
    try:
        yield
    except click.UsageError as error:
        if usage:
            raise
        outcome, detail, status = "invalid", error.format_message(), ExitStatus.INVALID
    except (ConfigError, InvalidConnection, InvalidNumber, InvalidOrder) as error:
        outcome, detail, status = "invalid", str(error), ExitStatus.INVALID
    except UnknownTrunk as error:
        outcome, detail, status = "trunk failure", str(error), ExitStatus.TRUNK_FAILURE
    except (StoreUnavailable, ListTaken) as error:
        outcome, detail, status = "not possible", str(error), ExitStatus.UNAVAILABLE
    else:
        return
    view.stopped(outcome, detail, status)
    raise click.exceptions.Exit(status)

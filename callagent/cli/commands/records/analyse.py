"""`callagent records analyse`: have a model look at calls that are over, again or for the first time."""

import asyncio
from contextlib import closing
from typing import Any

import click

from callagent.cli.commands.records.finding import database_of_calls
from callagent.cli.options import database_option, json_option, sets_option
from callagent.cli.output import ExitStatus, echo, print_json
from callagent.profile import Profile, load_profile
from callagent.records import RecordStore
from callagent.records.analyses import AnalysisQueue, ToAnalyse, findings
from callagent.records.tables import LIVE
from callagent.yaml_config import ConfigError


@click.command("analyse")
@click.argument("calls", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--profile", help="Profile whose `after_call` says what is asked: a name or a path. [default: the call's]"
)
@sets_option
@json_option
@database_option
def analyse_calls(
    calls: tuple[str, ...], profile: str | None, sets: tuple[str, ...], as_json: bool, database: str | None
) -> None:
    """Ask a model about calls that are over, what `after_call` of their profile wants to know.

    ID is that of `records list`, or as much of its begin as no other has. What was found out before is replaced, and
    endpoints of webhooks that want it are told.

    Exit status: 0 all of it was found out, 1 the model did not answer, or not what was asked, 2 there is no such call,
    it still goes on, or a profile is not valid, 3 the database is not there.
    """
    with database_of_calls(database) as store:
        chosen = [_over(store, call) for call in dict.fromkeys(calls)]
        names = {each.journal.head.profile for each in chosen}
        profiles = {name: load_profile(profile or name, sets=sets) for name in names}
        errors = asyncio.run(_look_at(store.location, chosen, profiles))
        told = [(each.call, store.analysis(each.call)) for each in chosen]
    if as_json:
        print_json({"calls": [{"call": call, "analysis": analysis} for call, analysis in told]})
    else:
        for call, analysis in told:
            _show(call, analysis)
    for call, error in errors:
        echo(f"{call}: {error}", err=True)
    if errors:
        raise click.exceptions.Exit(ExitStatus.FAILED)


def _over(store: RecordStore, call: str) -> ToAnalyse:
    row = store.get(call)
    if row.state == LIVE:
        raise ConfigError.single(row.id, "still goes on; what is said in it is not all known yet")
    return ToAnalyse(row.seq, row.id, store.journal(row.id), row.reason)


async def _look_at(location: str, chosen: list[ToAnalyse], profiles: dict[str, Profile]) -> list[tuple[str, str]]:
    """Look at the calls one after the other; return those that came to nothing, each with the reason."""
    # It takes a while to load the providers: `--help` need not wait.
    from callagent.after_call import Analyst
    from callagent.records import load_prices

    errors = []
    prices = await asyncio.to_thread(load_prices)
    with closing(await asyncio.to_thread(AnalysisQueue, location)) as queue:
        analyst = Analyst(queue, profiles.__getitem__, is_patient=False, prices=prices)
        for each in chosen:
            if error := await analyst.look_at(each):
                errors.append((each.call, error))
    return errors


def _show(call: str, analysis: dict[str, Any] | None) -> None:
    echo(call)
    for name, value in findings(analysis):
        echo(f"  {name:<12}{value}")

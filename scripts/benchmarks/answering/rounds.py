"""`scripts/bench answering`: how soon calls are answered and what they take, on this machine.

Over SIP a call is a real one: an INVITE to a livekit-sip, answered with its 200 OK, greeted with the first packet that
is audible. Without livekit-sip, callers of kind SIP join rooms of a real livekit-server: they take more of this machine
themselves, and what the gateway takes is missing.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import click

from callagent.cli.output import ExitStatus
from callagent.concurrency import all_of
from callagent.scripted_calls.servers.local_stack import missing
from scripts.benchmarks.answering.callers import Caller, Reached
from scripts.benchmarks.answering.percentiles import ABOVE, ALONE, AT_ONCE, Round, measured
from scripts.benchmarks.answering.process_usage import stolen_seconds
from scripts.benchmarks.answering.report import table, write
from scripts.benchmarks.answering.system import System, running


async def together(system: System, callers: Sequence[Caller]) -> Round:
    """Return all of them call at the same moment; they do not hang up."""
    began, cpu, stolen = time.monotonic(), system.cpu(), stolen_seconds()
    reached = await all_of(*(caller.call() for caller in callers))
    seconds = time.monotonic() - began
    return Round(AT_ONCE, reached, seconds, system.cpu() - cpu, stolen_seconds() - stolen)


async def above(system: System) -> Round:
    """Return one more, when as many calls as may be are in progress."""
    caller = system.caller()
    began, cpu, stolen = time.monotonic(), system.cpu(), stolen_seconds()
    try:
        busy = Reached(answered=await caller.refused())
    finally:
        await caller.hang_up()
    return Round(ABOVE, (busy,), time.monotonic() - began, system.cpu() - cpu, stolen_seconds() - stolen)


async def alone(system: System, calls: int) -> Round:
    """Return one after the other, each when the worker has nothing else to do."""
    rounds = []
    for _ in range(calls):
        await system.calm()
        caller = system.caller()
        try:
            rounds.append(await together(system, [caller]))
        finally:
            await caller.hang_up()
    reached = tuple(call for each in rounds for call in each.reached)
    cpu, stolen = sum(each.cpu for each in rounds), sum(each.stolen for each in rounds)
    return Round(ALONE, reached, sum(each.seconds for each in rounds), cpu, stolen)


async def measure(
    single: int, at_once: int, rounds: int, *, over_sip: bool, cloud: bool
) -> tuple[list[Round], dict[str, float]]:
    """Call all at once with one more that is refused, so many rounds of it, then single ones; and megabytes."""
    async with running(at_once, over_sip=over_sip, cloud=cloud) as system:
        idle = system.megabytes()
        busy = idle
        done: list[Round] = []
        for _ in range(rounds):
            await system.calm()
            callers = [system.caller() for _ in range(at_once)]
            try:
                done.append(await together(system, callers))
                busy = system.megabytes()
                done.append(await above(system))
            finally:
                await asyncio.gather(*(caller.hang_up() for caller in callers))
        if single:
            done.append(await alone(system, single))
    return done, {
        "worker without calls": sum(idle),
        "process ready for a call": fmean(idle[:at_once]),
        "process in a call": fmean(busy[:at_once]),
    }


@click.command()
@click.option("--single", default=8, show_default=True, type=click.IntRange(0, 50), help="Calls one after the other.")
@click.option("--at-once", default=8, show_default=True, type=click.IntRange(1, 50), help="Calls at the same time.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(0, 20), help="How often so many call.")
@click.option(
    "--over",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "sip", "room"]),
    help="How calls come: through livekit-sip, or without; auto: through it where there is one.",
)
@click.option(
    "--providers",
    default="local",
    show_default=True,
    type=click.Choice(["local", "cloud"]),
    help="Whose: this machine's models, or the cloud's, with stand-ins for them on this machine.",
)
@click.option("--out", default="out/answering", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def answering(single: int, at_once: int, rounds: int, over: str, providers: str, out: Path) -> None:
    """Time to the answer and to the greeting, and memory; status 1 when a limit is missed."""
    over_sip = over == "sip" or (over == "auto" and not missing())
    done, megabytes = asyncio.run(measure(single, at_once, rounds, over_sip=over_sip, cloud=providers == "cloud"))
    way = "calls over SIP" if over_sip else "callers in rooms"
    title = f"Answering: {way}, {providers} providers, {os.cpu_count()} cores"
    write(done, megabytes, title, out)
    click.echo(table(done, megabytes, title) + f"\nwritten: {out}/report.md, report.json, calls.png")
    if any(each.met is False for each in measured(done)):
        sys.exit(ExitStatus.FAILED)

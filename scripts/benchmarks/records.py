"""`scripts/bench records`: calls that are kept, found again, and killed."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import click

from callagent.cli.output import ExitStatus
from callagent.records import RecordStore
from scripts.benchmarks.kept_calls.cost import Cost, measure
from scripts.benchmarks.kept_calls.generated import fill, questions
from scripts.benchmarks.kept_calls.kills import Killed, kill

RUNS = 5
FOUND_LIMIT_S = 0.2
"""How long a search may take, in seconds."""

MISSING_LIMIT_S = 1.0
"""How much of the end of a call may be missing whose process was killed, in seconds."""

SHARE_LIMIT = 0.01
CALLS_AN_HOUR_LIMIT = 1000


@dataclass(frozen=True)
class Found:
    """How long it took to find calls, in seconds, run by run, and how many were shown."""

    what: str
    calls: int
    seconds: Sequence[float]

    @property
    def met(self) -> bool:
        """Whether half of the runs were within the limit."""
        return statistics.median(self.seconds) <= FOUND_LIMIT_S


def search(store: RecordStore, count: int) -> list[Found]:
    """Ask everything some times."""
    found = []
    for what, wanted in questions(count).items():
        spent = []
        calls = 0
        for _ in range(RUNS):
            began = time.perf_counter()
            calls = len(store.find(wanted))
            spent.append(time.perf_counter() - began)
        found.append(Found(what, calls, spent))
    return found


@click.command()
@click.option("--calls", default=1_000_000, show_default=True, help="Calls in the database that is searched.")
@click.option("--kills", default=100, show_default=True, help="Processes of calls that are killed.")
@click.option("--kept", default=100, show_default=True, help="Calls of a minute that are kept for the cost.")
@click.option("--short", is_flag=True, help="20,000 calls, 10 kills, 10 kept: a minute.")
@click.option("--database", metavar="FILE|URL", help="An empty database instead of an SQLite file; it is filled.")
def records(calls: int, kills: int, kept: int, short: bool, database: str | None) -> None:
    """Measure what keeping calls costs, how fast they are found, and what is left of one that is killed.

    Exit status: 0 all limits are met, 1 one of them is not.
    """
    if short:
        calls, kills, kept = 20_000, 10, 10
    met = [_show_cost(measure(kept, 60.0)), _show_kills(list(kill(kills))), _search(calls, database)]
    if not all(met):
        raise click.exceptions.Exit(ExitStatus.FAILED)


def _show_cost(cost: Cost) -> bool:
    click.echo(f"{cost.calls} calls of {cost.seconds:g} s, one after the other")
    click.echo(f"  in the process of a call  {100 * cost.writing_s / cost.calls / cost.seconds:.2f} % of a processor")
    click.echo(
        f"  in the worker, for a call {100 * cost.delivering_s / cost.calls / cost.seconds:.2f} % of a processor"
    )
    click.echo(f"  together {100 * cost.share:.2f} % (limit {100 * SHARE_LIMIT:g} %)")
    click.echo(f"  {cost.calls_an_hour:,.0f} calls an hour (at least {CALLS_AN_HOUR_LIMIT:,})")
    return cost.share <= SHARE_LIMIT and cost.calls_an_hour >= CALLS_AN_HOUR_LIMIT


def _show_kills(killed: Sequence[Killed]) -> bool:
    recorded = sum(each.recorded for each in killed)
    marked = sum(each.cut_off for each in killed)
    missing = max((each.missing_s for each in killed), default=0.0)
    click.echo(f"{len(killed)} calls killed: {recorded} records, {marked} marked as cut off")
    click.echo(f"  at most {missing:.3f} s of an end are missing (limit {MISSING_LIMIT_S:g} s)")
    return recorded == marked == len(killed) and missing <= MISSING_LIMIT_S


def _search(count: int, database: str | None) -> bool:
    with ExitStack() as closing_down:
        if database is None:
            directory = closing_down.enter_context(tempfile.TemporaryDirectory(prefix="callagent-records-"))
            database = str(Path(directory) / "records.db")
        store = closing_down.enter_context(closing(RecordStore(database)))
        began = time.perf_counter()
        fill(store, count)
        click.echo(f"{count:,} calls made in {time.perf_counter() - began:.0f} s")
        found = search(store, count)
    for each in found:
        first, median = each.seconds[0] * 1000, statistics.median(each.seconds) * 1000
        mark = "" if each.met else "   MISSED"
        click.echo(f"  {each.what:45} {each.calls:3} calls  {median:7.1f} ms  (first {first:.1f} ms){mark}")
    return all(each.met for each in found)

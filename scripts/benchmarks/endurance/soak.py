"""`scripts/bench soak`: calls for hours at a part of what the worker takes, with faults, and what grows meanwhile."""

import asyncio
import json
import os
import random
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Final, TextIO

import click
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from callagent.records import RecordStore
from scripts.benchmarks.answering.process_usage import all_cpu_seconds, family
from scripts.benchmarks.endurance.talking_caller import Conversation
from scripts.benchmarks.endurance.troubled import PARTS, TROUBLES, Troubled, troubled
from scripts.benchmarks.endurance.worker_samples import Slope, WorkerSample, look, slope
from scripts.benchmarks.pass_line import PassLine, Verdict, announce, finish, verdict_table

LOAD: Final = 0.6
"""Part of the calls that the worker takes."""

SHORTEST_S, LONGEST_S = 15.0, 60.0
"""Seconds that a call lasts."""

WARM_S: Final = 120.0
"""Seconds at the beginning that count for no slope, of runs that are at least ten times as long."""

FIGURES: Final = ("megabytes", "main_megabytes", "descriptors", "threads", "tasks", "processes")
SILENT = PassLine("calls in silence for more than 3 s, no fault near, %", 0.1)
NEVER = PassLine("calls that were not greeted or were cut off, %", 0.1)
LOST = PassLine("calls without a record", 0)
CPU = PassLine("processor of the machine that worker and server took, %", 80)
GROWTH = tuple(PassLine(f"{what} an hour, lower end of the interval of the slope", 0) for what in FIGURES)
LINES = (SILENT, NEVER, LOST, CPU, *GROWTH)

SILENCE_S: Final = 3.0
NEAR_S: Final = 12.0
"""Seconds after a fault in which a wait may still be of it."""


@dataclass
class Soaked:
    """What a run has shown.

    Args:
        kept: gets every call and every sample as a line of JSON, for runs that do not come to their end.
        faults: when each began and ended, in `time.monotonic()`, and what it was.
    """

    kept: TextIO
    seconds: float = 0.0
    cpu: float = 0.0
    calls: list[Conversation] = field(default_factory=list)
    faults: list[tuple[float, float, str]] = field(default_factory=list)
    samples: list[WorkerSample] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)

    def add(self, what: Conversation | WorkerSample) -> None:
        """Keep a call that is over, or a sample."""
        (self.calls if isinstance(what, Conversation) else self.samples).append(what)  # type: ignore[arg-type]
        self.kept.write(json.dumps(asdict(what)) + "\n")

    def faulty(self, start: float, end: float) -> bool:
        """Return whether a provider failed between two instants, or shortly before."""
        return any(begin <= end and start <= over + NEAR_S for begin, over, _ in self.faults)

    def unexplained(self) -> list[tuple[str, float]]:
        """Return rooms and seconds of waits that no fault explains."""
        waits = [(call.room, start, wait) for call in self.calls for start, wait in call.waits() if wait > SILENCE_S]
        return [(room, wait) for room, start, wait in waits if not self.faulty(start, start + wait)]

    def slopes(self) -> list[Slope]:
        """Return how much each figure grows."""
        warm = WARM_S if self.seconds > 10 * WARM_S else 0.0
        kept = [each for each in self.samples if each.at >= warm]
        return [slope(what, [each.at for each in kept], [getattr(each, what) for each in kept]) for what in FIGURES]


@click.command()
@click.option("--hours", default=1.0, show_default=True, type=click.FloatRange(0.001, 100), help="How long.")
@click.option("--max-calls", default=5, show_default=True, type=click.IntRange(1, 50), help="What the worker takes.")
@click.option("--every", default=15.0, show_default=True, type=click.FloatRange(0.5), help="Seconds between samples.")
@click.option("--faults/--no-faults", default=True, show_default=True, help="Whether providers fail meanwhile.")
@click.option("--seed", default=1, show_default=True, help="Of lengths of calls, and of what fails.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")
@click.option("--out", default="out/soak", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def soak(hours: float, max_calls: int, every: float, faults: bool, seed: int, as_json: bool, out: Path) -> None:
    """Keep 60 % of a worker's calls in progress, with faults of its providers; status 1 when a pass line is missed."""
    announce("soak", LINES)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "as-it-goes.jsonl").open("w", encoding="utf-8", buffering=1) as kept:
        done = asyncio.run(run(3600 * hours, max_calls, every, Soaked(kept), faults=faults, rng=random.Random(seed)))
    verdicts = judged(done)
    title = f"Soak: {hours:g} h, {round(LOAD * max_calls)} of {max_calls} calls in rooms, {os.cpu_count()} cores"
    draw(done, title, out / "soak.png")
    data = {
        "title": title,
        "calls": len(done.calls),
        "unexplained": done.unexplained(),
        "faults": [(begin - done.calls[0].began, what) for begin, _, what in done.faults] if done.calls else [],
        "slopes": [asdict(each) for each in done.slopes()],
        "samples": [asdict(each) for each in done.samples],
    }
    finish(out, table(done, title, verdicts), data, verdicts, as_json=as_json)


async def run(
    seconds: float, max_calls: int, every: float, done: Soaked, *, faults: bool, rng: random.Random
) -> Soaked:
    """Keep calls in progress for so long, and look at the worker meanwhile."""
    async with troubled(max_calls) as system:
        began = time.monotonic()
        until = began + seconds
        before = _cpu(system)
        async with asyncio.TaskGroup() as group:
            for number in range(max(1, round(LOAD * max_calls))):
                group.create_task(_line(system, done, until, random.Random(rng.random())), name=f"line {number}")
            group.create_task(_sample(system, done, began, until, every), name="samples")
            if faults:
                group.create_task(_fail(system, done, until, rng), name="faults")
        done.seconds = time.monotonic() - began
        done.cpu = _cpu(system) - before
        await asyncio.sleep(min(15.0, seconds))  # the last records
        done.recorded = await asyncio.to_thread(recorded, system.database)
    return done


async def _line(system: Troubled, done: Soaked, until: float, rng: random.Random) -> None:
    """Make one call after the other."""
    while (left := until - time.monotonic()) > 0:
        done.add(await system.caller().converse(min(rng.uniform(SHORTEST_S, LONGEST_S), max(5.0, left))))
        await asyncio.sleep(1.0)


async def _sample(system: Troubled, done: Soaked, began: float, until: float, every: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(every)
        at = time.monotonic() - began
        done.add(await look(at, system.worker.pid, system.metrics_port))


async def _fail(system: Troubled, done: Soaked, until: float, rng: random.Random) -> None:
    """Have a provider fail for 20 s in every minute, now and then its spare with it."""
    while time.monotonic() + 60 < until:
        await asyncio.sleep(40.0)
        part, trouble, spare = rng.choice(PARTS), rng.choice(TROUBLES), rng.random() < 0.1
        began = time.monotonic()
        system.trouble(part, trouble, spare=spare)
        await asyncio.sleep(20.0)
        system.trouble(part, None)
        done.faults.append((began, time.monotonic(), f"{part} {trouble.kind}{' with its spare' if spare else ''}"))


def _cpu(system: Troubled) -> float:
    return sum(all_cpu_seconds(pid) for each in (system.worker, system.server.process) for pid in family(each.pid))


def recorded(database: Path) -> set[str]:
    """Return the rooms of the calls that are in the records."""
    with closing(RecordStore(str(database))) as store:
        return {call.room for call in store.find(limit=None)}


def judged(done: Soaked) -> list[Verdict]:
    """Return what was reached."""
    calls = max(1, len(done.calls))
    silent = {room for room, _ in done.unexplained()}
    never = [each for each in done.calls if each.greeted is None or each.cut]
    never = [each for each in never if not done.faulty(each.began, each.ended)]
    lost = {each.room for each in done.calls if each.greeted is not None} - done.recorded
    cores = os.cpu_count() or 1
    return [
        SILENT.judged(100 * len(silent) / calls),
        NEVER.judged(100 * len(never) / calls),
        LOST.judged(len(lost)),
        CPU.judged(100 * done.cpu / done.seconds / cores),
        *(line.judged(each.low) for line, each in zip(GROWTH, done.slopes(), strict=True)),
    ]


def table(done: Soaked, title: str, verdicts: list[Verdict]) -> str:
    """Return the report in Markdown."""
    answers, said = sum(each.answers for each in done.calls), sum(len(each.said) for each in done.calls)
    waits = sorted(wait for each in done.calls for _, wait in each.waits())
    lines = [f"# {title}", "", verdict_table(verdicts)]
    lines.append(f"{len(done.calls)} calls, {said} turns of callers, {answers} answered, {len(done.faults)} faults.")
    if waits:
        late = waits[int(0.95 * (len(waits) - 1))]
        lines.append(f"Waits: mean {fmean(waits):.2f} s, p95 {late:.2f} s, longest {waits[-1]:.2f} s.")
    lines += ["", "| figure | mean | an hour | interval (95 %) | |", "|---|---|---|---|---|"]
    for each in done.slopes():
        word = "GROWS" if each.grows else "flat or falls"
        between = f"{each.low:+.2f} to {each.high:+.2f}"
        lines.append(f"| {each.what} | {each.mean:.1f} | {each.an_hour:+.2f} | {between} | {word} |")
    return "\n".join(lines) + "\n"


def draw(done: Soaked, title: str, path: Path) -> None:
    """Draw each figure over time, faults behind it."""
    figure = Figure(figsize=(9.0, 9.0), layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(FIGURES), 1, sharex=True)
    began = min((each.began for each in done.calls), default=0.0)
    for axes, what in zip(rows, FIGURES, strict=True):
        for begin, end, _ in done.faults:
            axes.axvspan((begin - began) / 60, (end - began) / 60, color="firebrick", alpha=0.15, lw=0)
        axes.plot([each.at / 60 for each in done.samples], [getattr(each, what) for each in done.samples], lw=1)
        axes.set_ylabel(what.replace("_", " "), fontsize="small")
        axes.set_ylim(bottom=0)
    rows[-1].set_xlabel("minutes; red: a provider fails")
    figure.suptitle(title)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)

"""`scripts/bench capacity`: what running calls and bursts of them take, beside plain livekit-agents."""

import asyncio
import os
from dataclasses import asdict
from pathlib import Path
from statistics import median

import click

from scripts.benchmarks.answering.percentiles import ABOVE, AT_ONCE, Measured, Round, measured
from scripts.benchmarks.answering.rounds import above, together
from scripts.benchmarks.answering.system import System
from scripts.benchmarks.capacity.report import costs, draw, table
from scripts.benchmarks.capacity.silent_calls import Sample, in_pairs, ratios
from scripts.benchmarks.capacity.workers import OURS, PLAIN, both_running
from scripts.benchmarks.pass_line import PassLine, Verdict, announce, finish

CORES = PassLine("processor time of a silent call, of plain", 0.6)
CALL_MB = PassLine("memory of a call (PSS), MB", 60)
IDLE_MB = PassLine("worker without calls (PSS in all), MB", 350)
ANSWERED = PassLine("answered in a burst, p95, of plain", 0.5)
GREETED = PassLine("greeted in a burst, p95, of plain", 0.3)
MISSING = PassLine("calls of bursts that were never greeted", 0)
BUSY = PassLine("busy of the one above the limit, longest, s", 2.0)
LINES = (CORES, CALL_MB, IDLE_MB, ANSWERED, GREETED, MISSING, BUSY)


@click.command()
@click.option("--calls", "numbers", default=(1, 4), show_default=True, multiple=True, type=click.IntRange(1, 50))
@click.option("--pairs", default=3, show_default=True, type=click.IntRange(1, 20), help="How often each is measured.")
@click.option("--seconds", default=15.0, show_default=True, type=click.FloatRange(1), help="Length of a measurement.")
@click.option("--burst", default=8, show_default=True, type=click.IntRange(1, 50), help="Calls at the same time.")
@click.option(
    "--bursts", default=2, show_default=True, type=click.IntRange(0, 200), help="How often, with each worker."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")
@click.option("--short", is_flag=True, help="One pair of one call and no burst: whether it runs at all.")
@click.option("--out", default="out/capacity", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def capacity(
    numbers: tuple[int, ...], pairs: int, seconds: float, burst: int, bursts: int, as_json: bool, short: bool, out: Path
) -> None:
    """Measure silent calls by thread and memory, then bursts of calls; status 1 when a pass line is missed.

    Callers are participants of a real livekit-server without a gateway, who send silence as a telephone does; the
    providers are stand-ins for the cloud's. Pairs alternate, processor time is the process's own: another program that
    is busy on this machine delays answers, and changes processor time little.
    """
    if short:
        numbers, pairs, seconds, bursts = (1,), 1, 3.0, 0
    announce("capacity", LINES if bursts else LINES[:3])
    samples, rounds = asyncio.run(_measure(numbers, pairs, seconds, burst, bursts))
    figures = {worker: measured(done) for worker, done in rounds.items() if done}
    verdicts = judged(samples, numbers, figures)
    title = f"Capacity: callers in rooms, cloud providers by stand-ins, {os.cpu_count()} cores"
    draw(samples, title, out / "threads.png")
    data = {"title": title, "samples": [asdict(each) for each in samples], "bursts": figures}
    finish(out, table(title, samples, figures, verdicts), data, verdicts, as_json=as_json)


async def _measure(
    numbers: tuple[int, ...], pairs: int, seconds: float, burst: int, bursts: int
) -> tuple[list[Sample], dict[str, list[Round]]]:
    async with both_running(max(burst, *numbers)) as systems:
        samples = await in_pairs(systems, numbers, pairs, seconds)
        rounds: dict[str, list[Round]] = {worker: [] for worker in systems}
        for number in range(bursts):
            for worker in (OURS, PLAIN) if number % 2 == 0 else (PLAIN, OURS):
                rounds[worker] += await _burst(systems[worker], burst, one_more=worker == OURS)
    return samples, rounds


async def _burst(system: System, calls: int, *, one_more: bool) -> list[Round]:
    """Have so many call at once; then one more, of whom a worker without a limit would take no notice."""
    await system.calm()
    callers = [system.caller() for _ in range(calls)]
    try:
        done = [await together(system, callers)]
        if one_more:
            done.append(await above(system))
    finally:
        await asyncio.gather(*(caller.hang_up() for caller in callers))
    return done


def judged(
    samples: list[Sample], numbers: tuple[int, ...], bursts: dict[str, list[Measured]]
) -> list[Verdict]:  # fmt: skip
    """Return what was reached; the figures of most calls at once count."""
    most = max(numbers)
    ours = costs(samples)[OURS, most]
    verdicts = [
        CORES.judged(median(ratios(samples, OURS, PLAIN, most))),
        CALL_MB.judged(ours.memory.shared_out),
        IDLE_MB.judged(median(each.idle for each in samples if each.worker == OURS)),
    ]
    if bursts:
        found = {(worker, each.what): each for worker, figures in bursts.items() for each in figures}
        for line, what in ((ANSWERED, f"{AT_ONCE}, to the answer"), (GREETED, f"{AT_ONCE}, to the greeting")):
            verdicts.append(line.judged(found[OURS, what].p95 / found[PLAIN, what].p95))
        verdicts.append(MISSING.judged(found[OURS, f"{AT_ONCE}, to the greeting"].missing))
        busy = found[OURS, f"{ABOVE}, to the busy"]
        verdicts.append(BUSY.judged(float("nan") if busy.missing else busy.longest))
    return verdicts

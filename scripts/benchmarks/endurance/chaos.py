"""`scripts/bench chaos`: calls with random faults; who is left in silence, which record is lost."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scripts.benchmarks.endurance import chaos_in_rooms, chaos_in_text
from scripts.benchmarks.endurance.chaos_in_rooms import Rounds
from scripts.benchmarks.endurance.chaos_in_text import ChaoticCall
from scripts.benchmarks.endurance.talking_caller import longest_waits
from scripts.benchmarks.pass_line import PassLine, Verdict, announce, finish, verdict_table

SILENCE_S: Final = 3.0
"""Seconds of silence that a caller who waits for the agent may get."""

SILENT = PassLine("calls with more than 3 s of silence while the agent is due", 0)
TROUBLE = PassLine("calls that ended in an error nobody expected", 0)
ROOM_SILENT = PassLine("calls in rooms with more than 3 s of silence, nothing killed", 0)
LOST = PassLine("calls in rooms that were answered and have no record", 0)
LINES = (SILENT, TROUBLE, ROOM_SILENT, LOST)
SHOWN: Final = 20


@click.command()
@click.option("--calls", default=1000, show_default=True, type=click.IntRange(0), help="Calls in virtual time.")
@click.option("--rooms", default=12, show_default=True, type=click.IntRange(0), help="Calls in rooms; 0: none.")
@click.option("--at-once", default=3, show_default=True, type=click.IntRange(1, 50), help="Calls in rooms at a time.")
@click.option("--seed", default=1, show_default=True, help="Of the first call; the next one has the next.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")
@click.option("--out", default="out/chaos", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def chaos(calls: int, rooms: int, at_once: int, seed: int, as_json: bool, out: Path) -> None:
    """Have providers fail at random in calls at the level text, then in rooms; there a worker and a server are killed.

    Status 1 when a pass line is missed. `--calls 1 --seed N` makes call N again.
    """
    lines = LINES if rooms else LINES[:2]
    announce("chaos", lines)
    logging.getLogger("livekit.agents").setLevel(logging.CRITICAL)
    logging.getLogger("callagent").setLevel(logging.CRITICAL)
    began = time.monotonic()
    found = list(chaos_in_text.chaos(calls, seed))
    done = asyncio.run(chaos_in_rooms.chaos(rooms, at_once, seed)) if rooms else Rounds()
    verdicts = judged(found, done, in_rooms=bool(rooms))
    title = f"Chaos: {calls} calls in virtual time, {len(done.faulty) + len(done.killed)} in rooms"
    draw(found, title, out / "waits.png")
    data = {
        "title": title,
        "seconds": time.monotonic() - began,
        "silent": [(each.seed, each.faults, each.conversation.waits()) for each in silent(found)],
        "trouble": [(each.seed, each.trouble) for each in found if each.trouble],
        "rooms": [(each.room, each.waits(), each.cut) for each in (*done.faulty, *done.killed)],
        "lost": sorted(done.lost),
    }
    finish(out, table(found, done, title, verdicts), data, verdicts, as_json=as_json)


def silent(calls: Sequence[ChaoticCall]) -> list[ChaoticCall]:
    """Return those in which the caller waited in silence for too long."""
    return [each for each in calls if max(longest_waits([each.conversation])) > SILENCE_S]


def judged(calls: Sequence[ChaoticCall], done: Rounds, *, in_rooms: bool) -> list[Verdict]:
    """Return what was reached."""
    verdicts = [SILENT.judged(len(silent(calls))), TROUBLE.judged(sum(bool(each.trouble) for each in calls))]
    if in_rooms:
        verdicts.append(ROOM_SILENT.judged(sum(wait > SILENCE_S for wait in longest_waits(done.faulty))))
        verdicts.append(LOST.judged(len(done.lost)))
    return verdicts


def table(calls: Sequence[ChaoticCall], done: Rounds, title: str, verdicts: Sequence[Verdict]) -> str:
    """Return the report in Markdown."""
    lines = [f"# {title}", "", verdict_table(verdicts)]
    struck = Counter(part for each in calls for part in each.faults)
    lines.append(", ".join(f"{part} failed in {count} calls" for part, count in sorted(struck.items())) + ".")
    lines += ["", "| call | longest silence | what failed | |", "|---|---|---|---|"]
    for each in [each for each in calls if each.trouble or each in silent(calls)][:SHOWN]:
        longest = max(longest_waits([each.conversation]))
        lines.append(f"| {each.seed} | {longest:.1f} s | {each.faults} | {each.trouble} |")
    for name, group in (("providers failed", done.faulty), ("worker or server killed", done.killed)):
        if group:
            waits = sorted(longest_waits(group))
            cut = sum(each.cut for each in group)
            lines.append(f"\n{len(group)} calls in rooms, {name}: longest silence {waits[-1]:.1f} s, {cut} cut off.")
    return "\n".join(lines) + "\n"


def draw(calls: Sequence[ChaoticCall], title: str, path: Path) -> None:
    """Draw how long callers waited at most, by what failed."""
    figure = Figure(figsize=(9.0, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for at, part in enumerate(("stt", "llm", "tts")):
        waits = longest_waits([each.conversation for each in calls if part in each.faults])
        axes.scatter([at + (n % 21 - 10) / 40 for n in range(len(waits))], waits, s=8, alpha=0.5)
    axes.axhline(SILENCE_S, color="firebrick", lw=1)
    axes.set_xticks(range(3), ["the recogniser fails", "the model fails", "the voice fails"])
    axes.set_ylabel("longest silence, seconds")
    axes.set_ylim(bottom=0)
    axes.set_title(title)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)

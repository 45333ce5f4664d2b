"""The command: ways to end a turn, side by side on the same sentences."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from callagent.profile import DEFAULT_PROFILE, load_profile
from callagent.providers import prewarm
from scripts.benchmarks.capture.metered_loop import MeteredLoop
from scripts.benchmarks.endpointing.pauses import PAUSES_S, Sentence, sentences, spoken
from scripts.benchmarks.endpointing.turn_call import Turn, turns
from scripts.benchmarks.report.tables import Cells, markdown, plain

SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "vad, 400 ms": (),
    "vad, 1 s": ("endpointing.min_delay=1 s",),
    "dynamic": ("endpointing.mode=dynamic",),
    "model": ("endpointing.by=model",),
}
"""What is compared: settings over those of the profile."""


@click.command()
@click.option("--seed", default=1, show_default=True, help="Sentences, pauses and their order follow from it.")
@click.option("--seeds", default=1, show_default=True, help="How many seeds, one call for each.")
@click.option("--short", is_flag=True, help="A quarter of the sentences.")
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True)
@click.option("--out", default="out/bench-endpointing", show_default=True, type=click.Path(path_type=Path))
def endpointing(*, seed: int, seeds: int, short: bool, profile_name: str, out: Path) -> None:
    """Measure how soon a turn is answered, and how often one is cut off at a pause inside it.

    Spoken by the local voice on an 8 kHz line, in metered time; about two minutes for each seed.
    """
    logging.getLogger("livekit.plugins.silero").setLevel(logging.ERROR)  # it measures by a clock that jumps here
    said = [[(each, spoken(each)) for each in sentences(one, short=short)] for one in range(seed, seed + seeds)]
    found: dict[str, list[Turn]] = {}
    took: list[float] = []
    for name, sets in SYSTEMS.items():
        profile = load_profile(profile_name, sets=sets)
        prewarm(profile)
        found[name] = []
        for call in said:
            click.echo(f"{name}: {len(call)} sentences", err=True)
            with asyncio.Runner(loop_factory=MeteredLoop) as runner:
                heard, inference = runner.run(turns(profile, call))
            found[name] += heard
            took += inference
    out.mkdir(parents=True, exist_ok=True)
    table = delay_table(found)
    report = {"seeds": [seed, seeds], "inference_ms": milliseconds(took), "turns": as_data(found)}
    (out / "endpointing.json").write_text(json.dumps(report, indent=2))
    (out / "endpointing.md").write_text(f"{markdown(table)}\n")
    draw(found, out / "endpointing.png")
    click.echo(plain(table))
    click.echo(f"\nend-of-turn model: {milliseconds(took)} ms an answer\n{out}/endpointing.json, .md, .png")


def delay_table(found: Mapping[str, Sequence[Turn]]) -> Cells:
    """Return a row for each system: turns cut off by the length of the pause, and how soon the others were answered."""
    head = ["", "cut off", *(f"pause {pause:g} s" for pause in PAUSES_S), "answered after p50 / p95", "never"]
    return [head, *(_row(name, made) for name, made in found.items())]


def _row(name: str, made: Sequence[Turn]) -> list[str]:
    broken = [turn for turn in made if turn.sentence.pause]
    by_pause = [[turn for turn in broken if turn.sentence.pause == pause] for pause in PAUSES_S]
    latencies = [turn.latency for turn in made if turn.latency is not None]
    never = sum(turn.latency is None and not turn.cut_off for turn in made)
    p50, p95 = np.percentile(latencies, [50, 95]) if latencies else (float("nan"), float("nan"))
    shares = [f"{sum(turn.cut_off for turn in group)} of {len(group)}" for group in (broken, *by_pause)]
    return [name, *shares, f"{p50:.2f} / {p95:.2f} s ({len(latencies)})", str(never)]


def milliseconds(took: Sequence[float]) -> dict[str, float]:
    """Return percentiles of durations that are given in seconds."""
    if not took:
        return {}
    p50, p95 = np.percentile(took, [50, 95]) * 1000
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "count": len(took)}


def as_data(found: Mapping[str, Sequence[Turn]]) -> dict[str, list[dict[str, object]]]:
    """Return every turn of every system."""
    return {
        name: [{**_told(turn.sentence), "cut_off": turn.cut_off, "latency": turn.latency} for turn in made]
        for name, made in found.items()
    }


def _told(sentence: Sentence) -> dict[str, object]:
    return {"parts": sentence.parts, "pause": sentence.pause, "pace": sentence.pace}


def draw(found: Mapping[str, Sequence[Turn]], path: Path) -> None:
    """Write the picture: each system by the median of its answers and its share of turns that were cut off."""
    figure = Figure(figsize=(8, 5), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, made in found.items():
        broken = [turn.cut_off for turn in made if turn.sentence.pause]
        latencies = [turn.latency for turn in made if turn.latency is not None]
        if broken and latencies:
            axes.plot(float(np.median(latencies)), sum(broken) / len(broken), "o", markersize=8, label=name)
    axes.set(xlim=(0, None), ylim=(-0.02, 1.02))
    axes.set_xlabel("caller's last sample to the agent's first, median, s")
    axes.set_ylabel("turns cut off at a pause of 0.2 to 1.2 s")
    axes.legend()
    figure.savefig(path)

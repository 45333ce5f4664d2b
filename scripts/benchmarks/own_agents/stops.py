"""The command: one command of the caller, said to agents of an author's own and to one of a profile's, in turn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from callagent.scripted_calls import Level, Run, load_call, make_level, plan_call, run_calls
from scripts.benchmarks.own_agents.loop_lag import LAGS
from scripts.benchmarks.report.tables import Cells, markdown, plain

CALLS = Path(__file__).with_name("calls")
PLAIN = "plain"
SITUATIONS = (PLAIN, "hand-over", "task", "tool", "sounds")
"""The calls, by their files; all others are compared with the first."""


@dataclass
class Found:
    """What was measured in one situation. Seconds.

    Attributes:
        stops: from the caller's first sample of "No, stop." to the agent's last.
        lags: how late the event loop was.
        not_passed: calls in which the agent did not stop within two seconds, or did not get that far.
    """

    stops: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    not_passed: int = 0


@click.command()
@click.option("--runs", default=12, show_default=True, help="Calls of each situation.")
@click.option("--out", default="out/bench-agents", show_default=True, type=click.Path(path_type=Path))
def agents(runs: int, out: Path) -> None:
    """Measure how soon agents of one's own stop, beside a profile's, and how late the event loop is meanwhile.

    Spoken, in real time, in turn: a minute for each run of all situations, on a machine with nothing else to do.
    """
    found = {name: Found() for name in SITUATIONS}
    level = make_level("audio")
    for _ in range(runs):
        for name, into in found.items():
            _call(name, level, into)
    out.mkdir(parents=True, exist_ok=True)
    table = stop_table(found)
    (out / "agents.json").write_text(json.dumps({name: vars(each) for name, each in found.items()}, indent=2))
    (out / "agents.md").write_text(f"{markdown(table)}\n")
    draw(found, out / "agents.png")
    click.echo(f"{plain(table)}\n{out}/agents.json, .md, .png")


def stop_table(found: Mapping[str, Found]) -> Cells:
    """Return a row for each situation, with its mean beside that of the profile's agent.

    Not medians: audio comes in frames of 20 ms, and those of few calls jump.
    """
    head = ["", "stops after p50 / mean / p95", "mean to plain", "loop late p99 / max", "not passed"]
    return [head, *(_row(name, each, found[PLAIN].stops) for name, each in found.items())]


def _row(name: str, found: Found, usual: Sequence[float]) -> list[str]:
    stops = ratio = lags = "-"
    if found.stops:
        p50, p95 = np.percentile(found.stops, [50, 95])
        stops = f"{p50:.2f} / {np.mean(found.stops):.3f} / {p95:.2f} s ({len(found.stops)})"
    if found.stops and usual:
        ratio = f"{np.mean(found.stops) / np.mean(usual):.2f}"
    if found.lags:
        lags = f"{np.percentile(found.lags, 99) * 1000:.1f} / {max(found.lags) * 1000:.0f} ms"
    return [name, stops, ratio, lags, str(found.not_passed)]


def draw(found: Mapping[str, Found], path: Path) -> None:
    """Write the picture: every stop of every situation, on one scale."""
    figure = Figure(figsize=(8, 3.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for row, each in enumerate(found.values()):
        axes.plot(each.stops, _beside(row, each.stops), "o", alpha=0.6)
    axes.set_yticks(range(len(found)), list(found))
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("caller's first sample of 'No, stop.' to the agent's last, s")
    figure.savefig(path)


def _call(name: str, level: Level, into: Found) -> None:
    call = load_call(CALLS / f"{name}.yaml")
    LAGS.clear()
    for finished in run_calls(level, [Run(call, plan_call(call))]):
        into.stops += finished.result.panel.yield_latency
        into.not_passed += not finished.result.passed
        click.echo(f"{name}: {'passed' if finished.result.passed else 'not passed'}", err=True)
    into.lags += LAGS


def _beside(row: int, stops: Sequence[float]) -> list[float]:
    return [row + 0.04 * (index % 7 - 3) for index in range(len(stops))]

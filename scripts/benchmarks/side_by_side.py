"""`scripts/bench calls`: the gate beside stock livekit-agents, the same spoken calls in one run, in real time."""

import json
import resource
from collections.abc import Sequence
from pathlib import Path

import click
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from callagent.profile import configs_dir
from callagent.scripted_calls import FinishedCall, Run, load_call, make_level, plan_call, run_calls
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.script.call_plan import GateName

ACKNOWLEDGEMENTS = "soft-acks.yaml"
COMMAND = "no-stop.yaml"
CONVERSATION = "booking.yaml"

GATES: tuple[GateName, ...] = ("callagent", "stock")


@click.command()
@click.option("--runs", default=20, show_default=True, help="Calls in which the caller says 'No, stop.', per system.")
@click.option("--out", default="out/bench", show_default=True, type=click.Path(path_type=Path), help="Where to write.")
def calls(runs: int, out: Path) -> None:
    """Measure yield latency, talk-through and response latency of the gate and of stock, in turn."""
    console = Console()
    finished: dict[GateName, list[FinishedCall]] = {gate: [] for gate in GATES}
    for gate, planned in _rounds(runs):
        for call in run_calls(make_level("audio"), planned):
            finished[gate].append(call)
            console.print(f"{gate:10} {call.result.call}: {'passed' if call.result.passed else 'not passed'}")
    panels = {gate: Panel.combined([call.result.panel for call in made]) for gate, made in finished.items()}
    out.mkdir(parents=True, exist_ok=True)
    (out / "calls.json").write_text(json.dumps({gate: panel.as_dict() for gate, panel in panels.items()}, indent=2))
    _table(panels, console)
    console.print(f"peak memory of this process, caller's voice included: {_peak_mb():.0f} MB")
    _picture(panels, out / "calls.png")
    console.print(f"written: {out / 'calls.json'}, {out / 'calls.png'}")


def _rounds(runs: int) -> list[tuple[GateName, list[Run]]]:
    """Short rounds in turn, so that a machine that changes its speed does so for both."""
    names = [COMMAND] * runs
    for extra in (ACKNOWLEDGEMENTS, CONVERSATION):
        names += [extra] * max(1, runs // 5)
    chunks = [names[at::4] for at in range(4)]
    return [(gate, [_run(name, gate) for name in chunk]) for chunk in chunks for gate in GATES if chunk]


def _run(name: str, gate: GateName) -> Run:
    call = load_call(configs_dir() / "calls" / name)
    return Run(call, plan_call(call, gate=gate))


def _table(panels: dict[GateName, Panel], console: Console) -> None:
    table = Table("figure", *panels)
    figures = {gate: panel.as_dict() for gate, panel in panels.items()}
    for name in next(iter(figures.values())):
        values = [_figure(figures[gate][name]) for gate in panels]
        if any(value != "-" for value in values):
            table.add_row(name, *values)
    console.print(table)


def _figure(value: object) -> str:
    match value:
        case {"rate": None} | {"mean": None} | None:
            return "-"
        case {"rate": rate, "count": count}:
            return f"{rate:.2f} ({count})"
        case {"p50": p50, "p95": p95, "count": count}:
            return f"p50 {p50:.2f} s, p95 {p95:.2f} s ({count})"
    return str(value)


def _picture(panels: dict[GateName, Panel], path: Path) -> None:
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.add_subplot()
    for row, (gate, panel) in enumerate(panels.items()):
        axes.plot(panel.yield_latency, _rows(row, panel.yield_latency), "o", alpha=0.6, label=gate)
    axes.set_yticks(range(len(panels)), list(panels))
    axes.set_ylim(-0.6, len(panels) - 0.4)
    axes.set_xlim(left=0)
    axes.set_xlabel("caller's first sample of 'No, stop.' to the agent's last, s")
    figure.savefig(path, dpi=120)


def _rows(row: int, events: Sequence[float]) -> list[float]:
    return [row + 0.04 * (index % 7 - 3) for index in range(len(events))]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

"""The report of a run: a table, the data, a picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scripts.benchmarks.answering.percentiles import ABOVE, Round, measured

SIZE_IN = (9.0, 0.32, 1.4)
"""Width of the picture, height of a call, height of what is around them, in inches."""

RINGING, WAITING = "#c9d6e4", "#2b6cb0"


def write(rounds: Sequence[Round], megabytes: Mapping[str, float], title: str, directory: Path) -> None:
    """Write `report.md`, `report.json` and `calls.png`."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.md").write_text(table(rounds, megabytes, title), encoding="utf-8")
    data = {
        "title": title,
        "figures": [{**asdict(each), "met": each.met} for each in measured(rounds)],
        "rounds": [asdict(each) for each in rounds],
        "megabytes": dict(megabytes),
    }
    (directory / "report.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    draw(rounds, title, directory / "calls.png")


def table(rounds: Sequence[Round], megabytes: Mapping[str, float], title: str) -> str:
    """Return the report in Markdown."""
    lines = [
        f"# {title}",
        "",
        "| calls | number | p50 | p95 | longest | missing | limit of p95 | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in measured(rounds):
        limit = f"{each.limit:g} s" if each.limit else "-"
        verdict = {True: "met", False: "MISSED", None: ""}[each.met]
        times = f"{each.p50:.2f} s | {each.p95:.2f} s | {each.longest:.2f} s"
        lines.append(f"| {each.what} | {each.calls} | {times} | {each.missing} | {limit} | {verdict} |")
    lines += ["", "| round | calls | lasted | processor, a call | taken by the host |", "|---|---|---|---|---|"]
    for each_round in rounds:
        calls = len(each_round.reached)
        row = f"{each_round.seconds:.2f} s | {each_round.cpu / calls:.2f} s | {each_round.stolen:.2f} s"
        lines.append(f"| {each_round.name} | {calls} | {row} |")
    lines += ["", "Memory (PSS): " + ", ".join(f"{name} {size:.0f} MB" for name, size in megabytes.items()) + "."]
    return "\n".join(lines) + "\n"


def draw(rounds: Sequence[Round], title: str, path: Path) -> None:
    """Draw a bar for every call: until it was answered, and until its greeting was heard."""
    shown = [(each.name, call) for each in rounds if each.name != ABOVE for call in each.reached]
    width, each_in, around = SIZE_IN
    figure = Figure(figsize=(width, around + each_in * len(shown)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for at, (_, call) in enumerate(shown):
        answered = call.answered or 0.0
        axes.barh(at, answered, color=RINGING, label="until the answer" if not at else None)
        greeting = max(0.0, (call.greeted or answered) - answered)
        axes.barh(at, greeting, left=answered, color=WAITING, label="until the greeting" if not at else None)
        if call.greeted is None:
            axes.annotate("no greeting", (answered, at), va="center", color="firebrick")
    axes.set_yticks(range(len(shown)), [f"{name} {at + 1}" for at, (name, _) in enumerate(shown)])
    axes.invert_yaxis()
    axes.set_xlabel("seconds from the call")
    axes.set_title(title)
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=110)

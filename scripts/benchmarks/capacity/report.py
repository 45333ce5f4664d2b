"""The report of `scripts/bench capacity`: tables and a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scripts.benchmarks.answering.percentiles import Measured
from scripts.benchmarks.capacity.process_cost import Cost
from scripts.benchmarks.capacity.silent_calls import Sample, mean_cost, ratios
from scripts.benchmarks.pass_line import Verdict, verdict_table

SIZE_IN = (9.0, 4.5)
SMALL_CORES = 0.001
"""Part of a core below which threads are put together as `others`."""

COLOURS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b7791f", "#319795", "#97266d", "#4a5568")
OTHERS = "others"


def costs(samples: Sequence[Sample]) -> dict[tuple[str, int], Cost]:
    """Return the mean cost of a call, by worker and by how many run at once."""
    cases = dict.fromkeys((each.worker, each.calls) for each in samples)
    return {case: mean_cost([each for each in samples if (each.worker, each.calls) == case]) for case in cases}


def table(
    title: str,
    samples: Sequence[Sample],
    bursts: Mapping[str, Sequence[Measured]],
    verdicts: Sequence[Verdict],
) -> str:  # fmt: skip
    """Return the report in Markdown."""
    lines = [f"# {title}", "", verdict_table(verdicts)]
    found = costs(samples)
    lines += ["| silent call | cores | of the first | PSS | private | worker idle (PSS) |", "|---|---|---|---|---|---|"]
    first = samples[0].worker if samples else ""
    for (worker, calls), cost in found.items():
        part = "" if worker == first else f"{median(ratios(samples, worker, first, calls)):.2f}"
        idle = median(each.idle for each in samples if each.worker == worker)
        sizes = f"{cost.memory.shared_out:.0f} MB | {cost.memory.private:.0f} MB | {idle:.0f} MB"
        lines.append(f"| {worker}, {calls} at once | {cost.cores:.3f} | {part} | {sizes} |")
    lines += ["", "| thread | " + " | ".join(f"{name}, {calls}" for name, calls in found) + " |"]
    lines += ["|---" * (1 + len(found)) + "|"]
    for name in _threads(found):
        parts = " | ".join(f"{_part(cost, name, found):.3f}" for cost in found.values())
        lines.append(f"| {name} | {parts} |")
    for worker, figures in bursts.items():
        lines += ["", f"| {worker} | calls | p50 | p95 | longest | missing |", "|---|---|---|---|---|---|"]
        for each in figures:
            times = f"{each.p50:.2f} s | {each.p95:.2f} s | {each.longest:.2f} s"
            lines.append(f"| {each.what} | {each.calls} | {times} | {each.missing} |")
    return "\n".join(lines) + "\n"


def draw(samples: Sequence[Sample], title: str, path: Path) -> None:
    """Draw what a call takes, a bar for each worker and number, in pieces for its threads."""
    found = costs(samples)
    figure = Figure(figsize=SIZE_IN, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    places = range(len(found))
    left = [0.0] * len(found)
    for at, name in enumerate(_threads(found)):
        parts = [_part(cost, name, found) for cost in found.values()]
        axes.barh(places, parts, left=left, label=name, color=COLOURS[at % len(COLOURS)], alpha=1 - at // 8 * 0.4)
        left = [before + part for before, part in zip(left, parts, strict=True)]
    axes.set_yticks(places, [f"{worker}\n{calls} at once" for worker, calls in found])
    axes.invert_yaxis()
    axes.set_xlabel("cores, a silent call")
    axes.set_title(title)
    figure.legend(loc="outside lower center", fontsize="small", ncols=5)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _threads(found: Mapping[tuple[str, int], Cost]) -> list[str]:
    """Return the threads worth naming, the busiest first, and the others."""
    most: dict[str, float] = {}
    for cost in found.values():
        for name, part in cost.threads.items():
            most[name] = max(part, most.get(name, 0.0))
    return [*sorted((name for name, part in most.items() if part >= SMALL_CORES), key=lambda n: -most[n]), OTHERS]


def _part(cost: Cost, name: str, found: Mapping[tuple[str, int], Cost]) -> float:
    if name != OTHERS:
        return cost.threads.get(name, 0.0)
    named = _threads_named(found)
    return sum(part for thread, part in cost.threads.items() if thread not in named)


def _threads_named(found: Mapping[tuple[str, int], Cost]) -> set[str]:
    return set(_threads(found)) - {OTHERS}

"""The picture of a trade-off: acknowledgements talked through, against how fast the agent stops."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from callagent.private_files import whole_file
from callagent.scripted_calls.tuning.grid import VAD_AXIS
from callagent.scripted_calls.tuning.tradeoff import ENOUGH, Point, Tradeoff


def draw(tradeoff: Tradeoff, path: Path, *, title: str) -> None:
    """Write a PNG of 1600 by 1000 pixels; points without a latency are left out.

    Where several thresholds of the VAD were tried, the colour of a point is that of its threshold.

    Raises:
        OSError: the file cannot be written.
    """
    figure = Figure(figsize=(10, 6.25), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    complete = [point for point in tradeoff.points if not point.figures.missed]
    missing = [point for point in tradeoff.points if point.figures.missed]
    _scatter(axes, missing, "misses interruptions", marker="x", color="tab:red", alpha=0.5)
    if len({setting.activation_threshold for point in tradeoff.points for setting in point.settings}) > 1:
        _scatter_by_threshold(axes, complete, "stops at every interruption")
    else:
        _scatter(axes, complete, "stops at every interruption", marker="o", color="tab:blue", alpha=0.5)
    _scatter(axes, tradeoff.front, "front", marker="o", facecolor="none", edgecolor="black", s=90)
    _scatter(axes, [tradeoff.current], "current", marker="s", color="tab:orange", s=120)
    if tradeoff.recommended is not None:
        _scatter(axes, [tradeoff.recommended], "recommended", marker="*", color="tab:green", s=260)
    axes.axhline(ENOUGH, color="0.5", linewidth=0.8, linestyle="--")
    axes.set_ylim(-0.03, 1.05)
    axes.set_xlabel("yield latency, s: caller's first sample to the decision (p95)")
    axes.set_ylabel("acknowledgements and tics talked through")
    axes.set_title(title, fontsize=10)
    axes.grid(visible=True, alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right")
    with whole_file(path) as file:
        figure.savefig(file, format="png")


def _scatter_by_threshold(axes: Axes, points: Sequence[Point], label: str) -> None:
    known = [(p.figures.p95, p.figures.talk_through, p.setting.activation_threshold) for p in points]
    shown = [(x, y, colour) for x, y, colour in known if x is not None and y is not None]
    if shown:
        x, y, colours = zip(*shown, strict=True)
        scatter = axes.scatter(x, y, c=colours, cmap="viridis", alpha=0.7, label=f"{label} ({len(shown)})")
        axes.figure.colorbar(scatter, ax=axes, label=f"vad.{VAD_AXIS}")


def _scatter(axes: Axes, points: Sequence[Point], label: str, **style: object) -> None:
    shown = [(p.figures.p95, p.figures.talk_through) for p in points]
    known = [(x, y) for x, y in shown if x is not None and y is not None]
    if known:
        axes.scatter([x for x, _ in known], [y for _, y in known], label=f"{label} ({len(known)})", **style)  # type: ignore[arg-type]  # matplotlib's own keywords

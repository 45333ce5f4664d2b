"""The picture: how often a system talks through acknowledgements, against how fast it stops."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Point:
    """A system: the p50 of its `yield_latency` in seconds, and its `selectivity_backchannel`."""

    latency: float
    selectivity: float


PUBLISHED: Mapping[str, Point] = {
    "gpt-realtime-1.5": Point(0.42, 0.02),
    "grok-voice-fast-1.0": Point(1.15, 0.93),
    "Pine Voice Preview": Point(1.19, 0.97),
    "livekit cascaded baseline": Point(0.87, 0.67),
}
"""The best rows of the tau-voice leaderboard (sierra-research/tau2-bench); another corpus, and means."""


def draw(points: Mapping[str, Point], path: Path) -> None:
    """Write the picture as a PNG of 1600 by 1000 pixels."""
    figure = Figure(figsize=(10, 6.25), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, point in PUBLISHED.items():
        axes.plot(point.latency, point.selectivity, "o", markerfacecolor="none", color="0.5")
        axes.annotate(name, (point.latency, point.selectivity), (6, 6), textcoords="offset points", color="0.5")
    taken: list[Point] = []
    for name, point in points.items():
        crowd = sum(_close(point, other) for other in taken)
        taken.append(point)
        axes.plot(point.latency, point.selectivity, "o", markersize=8)
        axes.annotate(name, (point.latency, point.selectivity), (8, 8 - 12 * crowd), textcoords="offset points")
    axes.set_xlim(0, 1.5)
    axes.set_ylim(-0.03, 1.05)
    axes.set_xlabel("yield_latency, s: caller's first sample of what means stop to the agent's last (p50)")
    axes.set_ylabel("selectivity_backchannel: acknowledgements talked through")
    axes.set_title("Filled: one corpus, one run. Hollow: published rows of tau-voice, on another corpus.", fontsize=10)
    axes.grid(visible=True, alpha=0.3)
    figure.savefig(path)


def _close(one: Point, other: Point) -> bool:
    return abs(one.latency - other.latency) < 0.1 and abs(one.selectivity - other.selectivity) < 0.05

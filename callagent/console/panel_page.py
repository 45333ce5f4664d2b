"""What the page with the panel of production shows: numbers of the whole period, and charts of its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from callagent.console.charts import Chart, columns, lines
from callagent.console.production_panel import Panel
from callagent.database.workers import Fleet


@dataclass(frozen=True)
class Tile:
    """One number: what it is, and in small print what that means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class _Drawn:
    """A chart of figures: which ones, by the name of their line."""

    title: str
    unit: str
    explanation: str
    figures: Mapping[str, str]


CHARTS: Final = (
    _Drawn(
        "Answer time",
        "s",
        "From when an inbound call is offered to the answer",
        {"median": "answer_p50", "95th percentile": "answer_p95"},
    ),
    _Drawn(
        "Response",
        "s",
        "From the end of the caller's turn to the agent's first sample",
        {"median": "response_p50", "95th percentile": "response_p95"},
    ),
    _Drawn(
        "Yield",
        "s",
        "From the caller's first sample of an interruption to the agent's silence",
        {"median": "yield_p50", "95th percentile": "yield_p95"},
    ),
    _Drawn("Talk-through", "%", "Overlaps in which the agent talked on", {"talked on": "talk_through"}),
    _Drawn("Lost turns", "%", "Turns that nothing came of", {"lost": "lost_turns"}),
)


def charts_of(panel: Panel) -> list[Chart]:
    """Return the charts of the page."""
    where = panel.starts, panel.step
    ended = columns("Calls", "", "By how they ended", *where, panel.endings)
    load = lines("Calls in progress", "", "At the same time, on average", *where, {"in progress": panel.in_progress})
    rest = (
        lines(
            each.title,
            each.unit,
            each.explanation,
            *where,
            {name: panel.figures[figure] for name, figure in each.figures.items()},
        )
        for each in CHARTS
    )
    return [ended, load, *rest]


def tiles_of(panel: Panel, live: int, fleet: Fleet) -> list[Tile]:
    """Return the numbers of the page.

    Args:
        live: calls under way.
        fleet: the workers that answer them.
    """
    totals = panel.totals
    failed = sum(panel.endings.get("failed", ()))
    share = f"{100 * failed / panel.calls:.1f} %" if panel.calls else "-"
    return [
        _in_progress(live, fleet),
        Tile("Calls", f"{panel.calls:,}", "in the whole period"),
        Tile("Failed", share, "errors, cut off, trunk failures"),
        Tile("Answer time", _written(totals["answer_p50"], "s"), f"p95 {_written(totals['answer_p95'], 's')}"),
        Tile("Response", _written(totals["response_p50"], "s"), f"p95 {_written(totals['response_p95'], 's')}"),
        Tile("Yield", _written(totals["yield_p50"], "s"), f"p95 {_written(totals['yield_p95'], 's')}"),
        Tile("Talk-through", _written(totals["talk_through"], "%"), "overlaps in which the agent talked on"),
        Tile("Lost turns", _written(totals["lost_turns"], "%"), "turns that nothing came of"),
    ]


def _in_progress(live: int, fleet: Fleet) -> Tile:
    if not fleet.workers:
        return Tile("In progress", f"{live:,}", "calls now; no worker tells of itself")
    workers = "1 worker" if len(fleet.workers) == 1 else f"{len(fleet.workers)} workers"
    return Tile("In progress", f"{live:,} of {fleet.max_calls:,}", f"calls now, of those that {workers} can have")


def _written(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.{1 if unit == '%' else 2}f} {unit}"

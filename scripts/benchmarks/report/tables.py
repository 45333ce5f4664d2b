"""The panel of every system side by side, as text, Markdown and data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from callagent.scripted_calls.measure.panel import FEW
from scripts.benchmarks.report.rates import panel_of
from scripts.benchmarks.report.scoring import Score

Cells = list[list[str]]
"""A table with a head row."""


def panel_table(scores: Mapping[str, Score]) -> Cells:
    """Return one column a system, one row a figure, with the number of events it comes from."""
    columns = [_column(score) for score in scores.values()]
    head = ["", *scores]
    return [head, *([name, *(column[name] for column in columns)] for name in (columns[0] if columns else {}))]


def figure_table(scores: Mapping[str, Mapping[str, Score]], figure: str) -> Cells:
    """Return one rate of the panel: one row for each group (a line, a voice), one
    column a system. `scores` by system.
    """
    groups = list(dict.fromkeys(group for by_group in scores.values() for group in by_group))
    rows = [
        [group, *(rate_cell(panel_of(by_group[group])[figure]) if group in by_group else "-" for by_group in rows_of)]
        for group in groups
        for rows_of in [list(scores.values())]
    ]
    return [[figure, *scores], *rows]


def as_data(score: Score) -> dict[str, Any]:
    """Return the interaction panel and what stands beside it."""
    return {
        **panel_of(score),
        "yield_latency_by_meaning": {meaning: _percentiles(seconds) for meaning, seconds in score.yields.items()},
        "mixed_stopped_early": {"count": score.mixed, "early": score.early},
        "late_stops": {"count": score.ignorable, "late": score.late},
        "disturbed": score.disturbed,
        "lost_turns": score.lost_turns,
    }


def plain(cells: Cells) -> str:
    """Return the table for a terminal."""
    widths = [max(len(row[index]) for row in cells) for index in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def markdown(cells: Cells) -> str:
    """Return the table in Markdown."""
    head, *rows = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join((head, "|---" * len(cells[0]) + "|", *rows))


def _column(score: Score) -> dict[str, str]:
    panel = panel_of(score)
    commands = [*score.yields.get("command", []), *score.yields.get("mixed", [])]
    return {
        "selectivity_backchannel": rate_cell(panel["selectivity_backchannel"]),
        "selectivity_vocal_tic": rate_cell(panel["selectivity_vocal_tic"]),
        "selectivity_non_directed": rate_cell(panel["selectivity_non_directed"]),
        "yield_rate": rate_cell(panel["yield_rate"]),
        "recall": rate_cell(panel["recall"]),
        "fpr": rate_cell(panel["fpr"]),
        "yield_latency": _seconds(score.panel.yield_latency),
        "… of commands": _seconds(commands),
        "… of content": _seconds(score.yields.get("content", [])),
        "response_latency": _seconds(score.panel.response_latency),
        "response_rate": rate_cell(panel["response_rate"]),
        "agent_interruption_rate": rate_cell(panel["agent_interruption_rate"]),
        "max_gap_ms": "-" if panel["max_gap_ms"] is None else f"{panel['max_gap_ms']} ({len(score.panel.gaps)})",
        "lost_answers": str(panel["lost_answers"]) if score.panel.answered else "-",
        "lost turns": str(score.lost_turns) if score.panel.answered else "-",
        "mixed, stopped early": f"{score.early} of {score.mixed}",
        "stopped late": f"{score.late} of {score.ignorable}",
        "stopped before": str(score.disturbed),
    }


def rate_cell(rate: Mapping[str, Any]) -> str:
    """Return a rate, the number of its events, and its 95 % interval."""
    count = rate["count"]
    if not count:
        return "-"
    shown = f"{rate['rate']:.3f}"
    low, high = rate["ci95"]
    return f"{shown if count >= FEW else f'({shown})'} ({count}) {low:.3f}-{high:.3f}"


def _seconds(events: Sequence[float]) -> str:
    if not events:
        return "-"
    p50, p95 = np.percentile(events, [50, 95])
    shown = f"{p50:.2f} / {p95:.2f} s"
    return f"{shown if len(events) >= FEW else f'({shown})'} ({len(events)})"


def _percentiles(events: Sequence[float]) -> dict[str, Any]:
    p50, p95 = np.percentile(events, [50, 95])
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "count": len(events)}

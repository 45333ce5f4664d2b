"""Rates with their 95 % interval, and the two of TurnBench: `recall` and `fpr`."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from scripts.benchmarks.report.scoring import Score

Z: Final = 1.959964
"""Half-width of a 95 % interval in standard deviations of the normal distribution."""


def wilson(successes: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate (E. B. Wilson, Probable inference, JASA 1927); 0 to 1 without events."""
    if not count:
        return 0.0, 1.0
    rate, extra = successes / count, Z**2 / count
    centre = (rate + extra / 2) / (1 + extra)
    half = Z / (1 + extra) * math.sqrt(rate * (1 - rate) / count + extra / 4 / count)
    return max(0.0, centre - half), min(1.0, centre + half)


def rate_of(events: Sequence[bool]) -> dict[str, Any]:
    """Return a rate as the panel has it, and its interval `ci95`."""
    return with_interval({"rate": round(fmean(events), 3) if events else None, "count": len(events)})


def with_interval(rate: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rate of the panel (`rate` to three digits, `count`) with its interval `ci95`, null without events."""
    if not rate["count"]:
        return {**rate, "ci95": None}
    low, high = wilson(round(rate["rate"] * rate["count"]), rate["count"])
    return {**rate, "ci95": [round(low, 3), round(high, 3)]}


def panel_of(score: Score) -> dict[str, Any]:
    """Return the interaction panel, each rate with its interval, and recall and fpr beside it.

    recall: interruptions (commands, mixed, content) at which the agent stopped, too early in mixed input or not.
    fpr: acknowledgements, tics and asides over the agent's speech at which it stopped.
    """
    panel = {
        name: with_interval(value) if isinstance(value, dict) and "rate" in value else value
        for name, value in score.panel.as_dict().items()
    }
    stopped = [*score.panel.yielded, *[True] * score.early]
    return {**panel, "recall": rate_of(stopped), "fpr": rate_of(score.false_stops)}

"""The interaction panel of one call or of many, as the public tau-voice panel defines it (tau2-bench)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from statistics import fmean
from typing import Any

import numpy as np

FEW = 10
"""A rate from fewer events than this is shown in brackets."""


@dataclass
class Panel:
    """What was measured, event by event; rates and percentiles are made when it is shown. Times in seconds.

    response_latency: caller's last sample to the agent's first, for each answered turn.
    yield_latency: caller's first sample to the agent's last, for each interruption at which it stopped.
    answered: for each turn, whether it was answered before the caller had to speak again.
    yielded: for each interruption, whether the agent stopped within 2.0 s.
    talked_over: for each turn, whether the agent began to speak while the caller did.
    acknowledgements, tics, asides: for each, whether the agent let it pass.
    gaps: for each stretch in which the agent should have gone on, its longest silence.
    lost_answers: turns of the caller that the model never saw.
    """

    response_latency: list[float] = field(default_factory=list)
    yield_latency: list[float] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)
    yielded: list[bool] = field(default_factory=list)
    talked_over: list[bool] = field(default_factory=list)
    acknowledgements: list[bool] = field(default_factory=list)
    tics: list[bool] = field(default_factory=list)
    asides: list[bool] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    lost_answers: int = 0

    @classmethod
    def combined(cls, panels: Sequence["Panel"]) -> "Panel":
        """Return one panel over the events of all."""
        total = cls(lost_answers=sum(panel.lost_answers for panel in panels))
        for each in fields(cls):
            if each.name != "lost_answers":
                getattr(total, each.name).extend(event for panel in panels for event in getattr(panel, each.name))
        return total

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of the interaction panel; a figure without events is null."""
        return {
            "response_latency": _latency(self.response_latency),
            "yield_latency": _latency(self.yield_latency),
            "response_rate": _rate(self.answered),
            "yield_rate": _rate(self.yielded),
            "agent_interruption_rate": _rate(self.talked_over),
            "selectivity_backchannel": _rate(self.acknowledgements),
            "selectivity_vocal_tic": _rate(self.tics),
            "selectivity_non_directed": _rate(self.asides),
            "max_gap_ms": round(max(self.gaps) * 1000) if self.gaps else None,
            "lost_answers": self.lost_answers,
        }


def rows(panel: Panel) -> list[tuple[str, str, str]]:
    """Return the panel for people: field, figure and number of events, for those figures that have events."""
    shown: list[tuple[str, str, str]] = []
    for name, value in panel.as_dict().items():
        if isinstance(value, dict) and value["count"]:
            figure = (
                _few(f"{value['rate']:.2f}", value["count"])
                if "rate" in value
                else f"mean {value['mean']:.2f} s, p50 {value['p50']:.2f} s, p95 {value['p95']:.2f} s"
            )
            shown.append((name, figure, str(value["count"])))
    if panel.gaps:
        shown.append(("max_gap_ms", f"{round(max(panel.gaps) * 1000)} ms", str(len(panel.gaps))))
    if panel.answered or panel.lost_answers:
        shown.append(("lost_answers", str(panel.lost_answers), str(len(panel.answered))))
    return shown


def _few(figure: str, count: int) -> str:
    return figure if count >= FEW else f"({figure})"


def _latency(events: Sequence[float]) -> dict[str, Any]:
    if not events:
        return {"mean": None, "p50": None, "p95": None, "count": 0}
    p50, p95 = np.percentile(events, [50, 95])
    return {
        "mean": round(fmean(events), 3),
        "p50": round(float(p50), 3),
        "p95": round(float(p95), 3),
        "count": len(events),
    }


def _rate(events: Iterable[bool]) -> dict[str, Any]:
    known = list(events)
    return {"rate": round(fmean(known), 3) if known else None, "count": len(known)}

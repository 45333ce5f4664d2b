"""`- expect: {panel: …}`: figures of the interaction panel are within bounds.

They are written as ``yield_rate: ">= 1"`` or ``yield_latency.p95: "< 600 ms"``.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.script.steps.base import HindsightStep, Never, PlannedCall, Step
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict
from callagent.yaml_config import Flaw, FlawsError, nearest
from callagent.yaml_config.units import DURATION

LATENCIES = ("response_latency", "yield_latency")
STATISTICS = ("mean", "p50", "p95")
RATES = (
    "response_rate",
    "yield_rate",
    "agent_interruption_rate",
    "selectivity_backchannel",
    "selectivity_vocal_tic",
    "selectivity_non_directed",
)
COUNTS = ("max_gap_ms", "lost_answers")
FIGURES = (*LATENCIES, *(f"{name}.{each}" for name in LATENCIES for each in STATISTICS), *RATES, *COUNTS)
"""What a script may ask for; a latency without a statistic is its mean."""

_ANSWER = (frozenset({"turn"}), "an answer of the agent is expected")
_STOP = (frozenset({"interruption"}), "the caller stops the agent")
NEEDS: Mapping[str, tuple[frozenset[str], str]] = {
    "response_latency": _ANSWER,
    "response_rate": _ANSWER,
    "agent_interruption_rate": _ANSWER,
    "lost_answers": _ANSWER,
    "yield_latency": _STOP,
    "yield_rate": _STOP,
    "selectivity_backchannel": (frozenset({"acknowledgement"}), "an acknowledgement is to be ignored"),
    "selectivity_vocal_tic": (frozenset({"tic"}), 'a sound or an "um" is to be ignored'),
    "selectivity_non_directed": (frozenset({"aside"}), "an aside is to be ignored"),
    "max_gap_ms": (frozenset({"acknowledgement", "tic", "aside"}), "the agent is to talk on"),
}
"""For each figure: what some utterance of the script must be meant as for it to be measured, and that in words."""

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_WRITTEN = re.compile(r"\s*(>=|<=|==|>|<)\s*(\S.*?)\s*")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Bound:
    """A comparison as it was written; `limit` is in seconds for a latency."""

    text: str
    sign: str
    limit: float

    def holds(self, value: float) -> bool:
        """Tell whether the value is within the bound."""
        return OPERATORS[self.sign](value, self.limit)


@dataclass(frozen=True)
class Bounds:
    """The figures that are asked for, and their bounds."""

    of: Mapping[str, Bound]

    def __str__(self) -> str:
        return ", ".join(f"{name} {bound.text}" for name, bound in self.of.items())

    @classmethod
    def read(cls, value: Any) -> "Bounds":
        """Read bounds from a mapping. Raise FlawsError for every entry that is wrong, ValueError for what is none."""
        if isinstance(value, Bounds):
            return value
        if not isinstance(value, Mapping) or not value:
            raise ValueError('needs figures and their bounds, for example {yield_rate: ">= 1"}')
        bounds: dict[str, Bound] = {}
        flaws: list[Flaw] = []
        for name, written in value.items():
            try:
                bounds[name] = bound_of(name, written)
            except FlawsError as error:
                flaws += error.flaws
        if flaws:
            raise FlawsError(*flaws)
        return cls(bounds)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        bound = {"type": "string", "pattern": r"^\s*(>=|<=|==|>|<)\s*[0-9]", "examples": [">= 1", "< 600 ms"]}
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"enum": list(FIGURES)},
            "additionalProperties": bound,
        }


class Figures(Never):
    """Figures of the interaction panel."""

    panel: Bounds = Field(description="Figures and their bounds, for the whole call.")

    def describe(self) -> str:
        """Say which figures, and their bounds."""
        return f"the panel has {self.panel}"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the same."""
        return isinstance(step, PanelHolds) and self.panel == step.expect.panel

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell which figures the script cannot measure."""
        for name in self.panel.of:
            needed, words = NEEDS[name.split(".")[0]]
            if needed.isdisjoint(call.meanings):
                yield Flaw(("panel", name), f"can never be measured: in no step {words}")

    def held_against(self, panel: Panel) -> Verdict:
        """Tell whether every figure is within its bound; one that nothing was measured for is not."""
        told: list[str] = []
        holds = True
        for name, bound in self.panel.of.items():
            value = figure(panel, name)
            holds = holds and value is not None and bound.holds(value)
            told.append(f"{name} was not measured: no event" if value is None else f"{name} {written(name, value)}")
        return Verdict(holds, ", ".join(told))

    def look_for(self, evidence: Evidence) -> Verdict:
        """Hold the panel against the bounds: all must have been measured, and one must be out of its bounds."""
        verdict = self.held_against(evidence.panel)
        measured = all(figure(evidence.panel, name) is not None for name in self.panel.of)
        return Verdict(measured and not verdict.passed, verdict.observed)


class PanelHolds(HindsightStep):
    """The panel of the call is within bounds. Judged when the call is over."""

    expect: Figures

    def describe(self) -> str:
        """Say which figures, and their bounds."""
        return self.expect.describe()

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell which figures the script cannot measure."""
        for flaw in self.expect.profile_flaws(call):
            yield Flaw(("expect", *flaw.path), flaw.message)

    def look_back(self, evidence: Evidence) -> Verdict:
        """Hold the panel against the bounds."""
        return self.expect.held_against(evidence.panel)


def bound_of(name: str, written: object) -> Bound:
    """Read one bound. Raise FlawsError, the path being the figure's name."""
    if name not in FIGURES:
        raise FlawsError(Flaw((name,), "is not a figure of the panel", nearest(name, FIGURES)))
    latency = name.split(".")[0] in LATENCIES
    example = "<= 1.5 s" if latency else "<= 60" if name == "max_gap_ms" else ">= 0.9" if name in RATES else "== 0"
    found = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        signs = ", ".join(OPERATORS)
        raise FlawsError(Flaw((name,), f"needs a comparison ({signs}) in quotes, for example '{example}'"))
    sign, text = found.groups()
    try:
        limit = DURATION.parse(text) if latency else _number(text, example)
    except ValueError as error:
        raise FlawsError(Flaw((name,), str(error))) from error
    if name in RATES and limit > 1:
        raise FlawsError(Flaw((name,), "compares a rate, which lies between 0 and 1"))
    return Bound(f"{sign} {text}", sign, limit)


def figure(panel: Panel, name: str) -> float | None:
    """Look up the figure of that name, latencies in seconds; None when the call had no event for it."""
    field, _, statistic = name.partition(".")
    value: Any = panel.as_dict()[field]
    if field in LATENCIES:
        value = value[statistic or "mean"]
    elif field in RATES:
        value = value["rate"]
    return None if value is None else float(value)


def written(name: str, value: float) -> str:
    """Write a figure as a report does."""
    if name.split(".")[0] in LATENCIES:
        return DURATION.text(value)
    return f"{value:g}"


def _number(text: str, example: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"'{text}' is not a number; write for example '{example}'")
    return float(text)

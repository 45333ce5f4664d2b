"""What a picture of a call shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from callagent.audio import Samples, Span


@dataclass(frozen=True)
class StateSpan:
    """The agent was in `state` (listening, thinking or speaking) from `start` to `end`, seconds of call time."""

    start: float
    end: float
    state: str


@dataclass(frozen=True)
class Heard:
    """A transcript, interim or final, that arrived at call time `at`."""

    at: float
    text: str
    final: bool


@dataclass(frozen=True)
class Mark:
    """A decision at call time `at`; its `kind` (talked on, stopped or answered) gives it its colour."""

    at: float
    label: str
    kind: str


@dataclass(frozen=True)
class Scene:
    """A whole call; `caller` and `agent` are mono int16 at `rate` Hz from call time 0."""

    caller: Samples
    agent: Samples
    rate: int = 8000
    caller_spans: Sequence[Span] = ()
    agent_spans: Sequence[Span] = ()
    states: Sequence[StateSpan] = ()
    heard: Sequence[Heard] = ()
    marks: Sequence[Mark] = ()

    @cached_property
    def seconds(self) -> float:
        """How long the call is, at least 1 s."""
        return max(
            1.0,
            max(self.caller.size, self.agent.size) / self.rate,
            *(span.end for spans in (self.caller_spans, self.agent_spans) for span in spans),
            *(span.end for span in self.states),
            *(event.at for event in self.heard),
            *(mark.at for mark in self.marks),
        )

    @cached_property
    def peak(self) -> float:
        """The largest sample of either side, at least -30 dBFS so that a silent call looks silent."""
        sides = [np.abs(side.astype(np.int32)).max() for side in (self.caller, self.agent) if side.size]
        return float(max([1000, *sides]))

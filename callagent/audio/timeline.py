"""Who was on the line when."""

import bisect
import itertools
import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace

from callagent.audio.g711 import FRAME_RATE, SILENT_DBFS

AUDIBLE_DBFS = -50.0
"""Frames above this level can be heard; line noise and the idle pattern of A-law (-72 dBFS) lie below it."""

STOP_HOLD_S = 0.2
"""Silence that makes the end of audio a stop rather than a gap: one tick of the tau-voice panel (tau2-bench)."""


@dataclass(frozen=True)
class Span:
    """A stretch of call time, in seconds, in which one side was on the line."""

    start: float
    end: float
    text: str = ""
    interrupted: bool = False

    @property
    def duration(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start


class Timeline:
    """The spans of both sides of a call, in call time, and how loud each side was in every 20 ms.

    The line fills it while audio flows: an agent span is an unbroken run of frames played out, so that pauses inside
    synthesised speech belong to the span and every gap between spans is one that the caller hears as such. A run
    without audio fills it with `add_caller`, `add_agent` and `advance`; queries for audibility then go by the spans.
    """

    def __init__(self) -> None:
        self._caller = _Track()
        self._agent = _Track()
        self._levels = (array("f"), array("f"))
        self._end = 0.0

    @property
    def end(self) -> float:
        """The call time up to which the timeline is known."""
        return self._end

    @property
    def caller(self) -> list[Span]:
        """What the caller said, one span for each utterance; one still going on ends at `end`."""
        return self._caller.spans(self._end)

    @property
    def agent(self) -> list[Span]:
        """When the agent's audio was on the line; a span still going on ends at `end`."""
        return self._agent.spans(self._end)

    @property
    def agent_active(self) -> bool:
        """Whether the agent's audio is on the line now."""
        return self._agent.is_open

    def add_caller(self, start: float, end: float, text: str = "", *, interrupted: bool = False) -> None:
        """Add a whole span of the caller. Raise `ValueError` when it ends before it starts."""
        self._caller.add(Span(start, end, text, interrupted))
        self.advance(end)

    def add_agent(self, start: float, end: float, text: str = "", *, interrupted: bool = False) -> None:
        """Add a whole span of the agent. Raise `ValueError` when it ends before it starts."""
        self._agent.add(Span(start, end, text, interrupted))
        self.advance(end)

    def begin_caller(self, at: float, text: str = "") -> None:
        """Open a span of the caller."""
        self._caller.begin(at, text)

    def end_caller(self, at: float, *, interrupted: bool = False) -> None:
        """Close the caller's open span, if there is one."""
        self._caller.finish(at, interrupted=interrupted)

    def begin_agent(self, at: float, text: str = "") -> None:
        """Open a span of the agent."""
        self._agent.begin(at, text)

    def end_agent(self, at: float) -> None:
        """Close the agent's open span, if there is one."""
        self._agent.finish(at, interrupted=False)

    def cut_agent(self, at: float) -> None:
        """Note that the agent's speech was cut off: closes the open span, or marks the last one, as interrupted."""
        self._agent.finish(at, interrupted=True)
        self._agent.mark_interrupted()

    def advance(self, to: float) -> None:
        """Declare the timeline known up to `to`; time never goes back."""
        self._end = max(self._end, to)

    def add_levels(self, caller: float = SILENT_DBFS, agent: float = SILENT_DBFS) -> None:
        """Append how loud each side was in the next 20 ms, in dBFS. The first ones describe call time 0 to 0.02."""
        self._levels[0].append(caller)
        self._levels[1].append(agent)
        self.advance(len(self._levels[0]) / FRAME_RATE)

    @property
    def caller_levels(self) -> "array[float]":
        """The caller's level in each 20 ms of the call, in dBFS; a copy."""
        return self._levels[0][:]

    @property
    def agent_levels(self) -> "array[float]":
        """The agent's level in each 20 ms of the call, in dBFS; a copy."""
        return self._levels[1][:]

    def agent_active_at(self, at: float) -> bool:
        """Tell whether the agent's audio was on the line at call time `at`."""
        return _covers(self.agent, at)

    def caller_active_at(self, at: float) -> bool:
        """Tell whether the caller was speaking at call time `at`."""
        return _covers(self.caller, at)

    def next_agent_start(self, after: float) -> float | None:
        """Return when the agent next came onto the line at or after `after`."""
        return next((span.start for span in self.agent if span.start >= after), None)

    def agent_stop_after(self, at: float, *, hold: float = STOP_HOLD_S) -> float | None:
        """Return when the agent, speaking at `at` or from later on, stopped.

        A stop is a cut, or an end that at least `hold` seconds (more than 0) of silence follow. None while neither has
        happened.
        """
        spans = [span for span in self.agent if span.end > at]
        following = [span.start for span in spans[1:]] + [self._end]
        return next(
            (
                span.end
                for span, silent_until in zip(spans, following, strict=False)
                if span.interrupted or silent_until - span.end >= hold
            ),
            None,
        )

    def longest_agent_gap(self, start: float, end: float) -> float:
        """Return the longest silence, in seconds, between two stretches of agent audio inside the window."""
        inside = _clip(self.agent, start, end)
        return max((b.start - a.end for a, b in itertools.pairwise(inside)), default=0.0)

    def longest_agent_silence(self, start: float, end: float) -> float:
        """Return the longest time without agent audio in the window, its edges included."""
        inside = _clip(self.agent, start, end)
        edges = [start, *(edge for span in inside for edge in (span.start, span.end)), end]
        return max(b - a for a, b in zip(edges[::2], edges[1::2], strict=True))

    def first_agent_audible(self, after: float, before: float = math.inf) -> float | None:
        """Return when the agent was first audible (above `AUDIBLE_DBFS`) from `after` to `before`, to 20 ms."""
        return next((max(after, start) for start, _ in self._audible(after, before)), None)

    def last_agent_audible(self, after: float, before: float = math.inf) -> float | None:
        """Return the end of the last audible (above `AUDIBLE_DBFS`) agent audio from `after` to `before`, to 20 ms."""
        ends = [end for _, end in self._audible(after, before)]
        return min(before, ends[-1]) if ends else None

    def _audible(self, after: float, before: float) -> Iterable[tuple[float, float]]:
        levels = self._levels[1]
        if not levels:
            return [(span.start, span.end) for span in _clip(self.agent, after, before)]
        first = max(0, math.floor(after * FRAME_RATE + 1e-6))
        last = len(levels) if math.isinf(before) else min(len(levels), math.ceil(before * FRAME_RATE - 1e-6))
        return [
            (tick / FRAME_RATE, (tick + 1) / FRAME_RATE) for tick in range(first, last) if levels[tick] > AUDIBLE_DBFS
        ]


class _Track:
    """The spans of one side, in order of their start."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._open: Span | None = None

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def spans(self, now: float) -> list[Span]:
        if self._open is None:
            return self._spans[:]
        return [*self._spans, replace(self._open, end=max(now, self._open.start))]

    def add(self, span: Span) -> None:
        if span.end < span.start:
            raise ValueError(f"a span cannot end ({span.end:.3f} s) before it starts ({span.start:.3f} s)")
        bisect.insort(self._spans, span, key=lambda known: known.start)

    def begin(self, at: float, text: str) -> None:
        if self._open is not None:
            raise RuntimeError("a span is still open")
        self._open = Span(at, at, text)

    def finish(self, at: float, *, interrupted: bool) -> None:
        if self._open is not None:
            span, self._open = self._open, None
            self.add(replace(span, end=at, interrupted=interrupted))

    def mark_interrupted(self) -> None:
        if self._spans:
            self._spans[-1] = replace(self._spans[-1], interrupted=True)


def _covers(spans: Iterable[Span], at: float) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _clip(spans: Iterable[Span], start: float, end: float) -> list[Span]:
    """Cut the spans to the window; spans that touch or overlap become one."""
    inside: list[Span] = []
    for span in spans:
        cut = replace(span, start=max(span.start, start), end=min(span.end, end))
        if cut.end <= cut.start:
            continue
        if inside and cut.start <= inside[-1].end:
            inside[-1] = replace(inside[-1], end=max(inside[-1].end, cut.end))
        else:
            inside.append(cut)
    return inside

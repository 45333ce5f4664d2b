"""A journal made ready to be tried with one setting after the other, and what each setting makes of it."""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from callagent.journal import CallJournal
from callagent.scripted_calls.measure.call_panel import YIELD_S
from callagent.scripted_calls.tuning.speech_probability import Speech, Thresholds, segmented
from callagent.turns import GateConfig
from callagent.turns.gate.decisions import Deliver, Drop, Interrupt, Pass
from callagent.turns.gate.events import (
    AgentState,
    AgentText,
    CallerStarted,
    CallerStopped,
    Event,
    TimerFired,
    Transcript,
)
from callagent.turns.gate.gate_state import LATE_S
from callagent.turns.replay import replay

ACTIVE = ("speaking", "thinking")


@dataclass
class Outcome:
    """What a setting makes of the labelled utterances of all journals.

    talked_through: for each acknowledgement or tic over the agent, whether the agent talked on.
    latencies: for each interruption that was yielded to, seconds from its first sample to the decision.
    missed: interruptions that did not stop the agent within `YIELD_S`.
    lost: turns and answers of which the session never got a word.
    """

    talked_through: list[bool] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    missed: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class _Window:
    """An utterance over the agent: when it begins, and until when a stop is laid to it."""

    start: float
    until: float


class Trial:
    """One call. `try_out` may be called with any number of settings.

    With `speech`, the detector's probabilities, any thresholds can be tried; without, the caller starts and stops as
    in the call. The words stay those of the call.

    The agent of the journal stopped when the call's own gate stopped it. Another setting might have let it talk, so the
    agent is taken to talk on after each such stop, until the call's next reply, but no longer than `YIELD_S`.
    """

    def __init__(self, journal: CallJournal, speech: Speech | None = None) -> None:
        self._speech = speech
        self._segmented: dict[Thresholds, Sequence[Event]] = {}
        self._until = max(journal.seconds, max((event.at for event in journal.events), default=0.0))
        self._events = merged(talking_on(journal.events, journal.stops))
        self._ignorable: list[_Window] = []
        self._interruptions: list[_Window] = []
        self._turns: list[_Window] = []
        active = _activity(self._events)
        starts = [utterance.start for utterance in journal.utterances]
        for number, utterance in enumerate(journal.utterances):
            following = starts[number + 1] if number + 1 < len(starts) else self._until
            window = _Window(utterance.start, min(following, utterance.end + LATE_S))
            over_agent = any(start <= window.start < end for start, end in active)
            if utterance.meaning in ("acknowledgement", "tic") and over_agent:
                self._ignorable.append(window)
            elif utterance.meaning == "interruption" and over_agent and not self._ends_by_itself(journal, window):
                self._interruptions.append(_Window(window.start, min(following, window.start + YIELD_S)))
            elif utterance.meaning == "turn":
                self._turns.append(window)

    def _ends_by_itself(self, journal: CallJournal, window: _Window) -> bool:
        """Tell whether the agent came to its end before anybody could say that it would not have stopped."""
        limit = min(window.until, window.start + YIELD_S)
        if any(window.start <= stop <= limit for stop in journal.stops):
            return False
        silences = (e.at for e in journal.events if isinstance(e, AgentState) and e.state not in ACTIVE)
        return any(window.start <= at < limit for at in silences)

    @property
    def overlaps(self) -> int:
        """Labelled utterances over the agent."""
        return len(self._ignorable) + len(self._interruptions)

    @property
    def of_use(self) -> bool:
        """Whether a setting can show in it."""
        return bool(self.overlaps or self._turns)

    @property
    def heard(self) -> bool:
        """Whether thresholds of the VAD can be tried on it."""
        return self._speech is not None

    def events(self, thresholds: Thresholds | None = None) -> Sequence[Event]:
        """Return what the gate is told, with the caller's speech as it begins and ends at these thresholds."""
        if thresholds is None or self._speech is None:
            return self._events
        if thresholds not in self._segmented:
            self._segmented[thresholds] = with_speech(self._events, segmented(self._speech, thresholds))
        return self._segmented[thresholds]

    def try_out(self, config: GateConfig, outcome: Outcome, thresholds: Thresholds | None = None) -> None:
        """Add what a gate with `config`, and a VAD with `thresholds`, makes of the call to `outcome`."""
        decisions = replay(self.events(thresholds), config, until=self._until)
        stops = [decision.at for decision in decisions if isinstance(decision, Interrupt)]
        for window in self._ignorable:
            outcome.talked_through.append(_first(stops, window) is None)
        for window in self._interruptions:
            stop = _first(stops, window)
            if stop is None:
                outcome.missed += 1
            else:
                outcome.latencies.append(stop - window.start)
        if self._turns:
            given = {key for d in decisions if isinstance(d, Deliver | Pass) for key in d.keys}
            dropped = {key for d in decisions if isinstance(d, Drop) for key in d.keys}
            outcome.lost += sum(self._is_lost(window, given, dropped) for window in self._turns)

    def _is_lost(self, window: _Window, given: set[int], dropped: set[int]) -> bool:
        finals = [
            event.key
            for event in self._events
            if isinstance(event, Transcript) and event.final and window.start <= event.at < window.until
        ]
        return any(key in dropped for key in finals) and not any(key in given for key in finals)


def talking_on(events: Sequence[Event], stops: Sequence[float]) -> list[Event]:
    """Return the events with the agent's silence after each of `stops` put off: see `Trial`."""
    result: list[Event] = [event for event in events if not isinstance(event, TimerFired)]
    for stop in stops:
        index = next((i for i, e in enumerate(result) if e.at >= stop - 0.01 and _silent(e)), None)
        if index is None or result[index].at > stop + 1.0:
            continue
        silence = result.pop(index)
        at = index
        while at < len(result) and result[at].at < stop + YIELD_S and not isinstance(result[at], AgentState):
            at += 1
        limit = stop + YIELD_S
        when = max(silence.at, min(limit, result[at].at) if at < len(result) else limit)
        assert isinstance(silence, AgentState)
        result.insert(at, AgentState(when, silence.state, silence.interruptible))
    return result


def with_speech(events: Sequence[Event], speech: Sequence[CallerStarted | CallerStopped]) -> list[Event]:
    """Return the events with `speech` instead of what they tell of the caller's starts and stops, in order of time."""
    rest = (event for event in events if not isinstance(event, CallerStarted | CallerStopped))
    return sorted([*speech, *rest], key=lambda event: event.at)


def merged(events: Iterable[Event]) -> list[Event]:
    """Return the events with pieces of the agent's text that come together put
    together: fewer to feed, the same to judge.
    """
    result: list[Event] = []
    for event in events:
        last = result[-1] if result else None
        if isinstance(event, AgentText) and isinstance(last, AgentText):
            result[-1] = AgentText(last.at, last.text + event.text)
        else:
            result.append(event)
    return result


def _silent(event: Event) -> bool:
    return isinstance(event, AgentState) and event.state not in ACTIVE


def _activity(events: Sequence[Event]) -> list[tuple[float, float]]:
    """Tell from when to when the agent was speaking or thinking."""
    spans: list[tuple[float, float]] = []
    began: float | None = None
    for event in events:
        if isinstance(event, AgentState):
            if event.state in ACTIVE:
                began = event.at if began is None else began
            elif began is not None:
                spans.append((began, event.at))
                began = None
    return spans if began is None else [*spans, (began, float("inf"))]


def _first(stops: Sequence[float], window: _Window) -> float | None:
    index = bisect.bisect_left(stops, window.start)
    return stops[index] if index < len(stops) and stops[index] <= window.until else None

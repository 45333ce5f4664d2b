"""Feeds a gate a short story and tells its decisions in words, running the timers it asks for."""

import heapq
from collections.abc import Iterable
from dataclasses import replace

from callagent.turns.config import GateConfig
from callagent.turns.gate.decisions import (
    CancelTimer,
    Decision,
    Deliver,
    Drop,
    Hold,
    Interrupt,
    Journal,
    Pass,
    Resume,
    SetTimer,
)
from callagent.turns.gate.events import (
    AgentState,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    TimerFired,
    Transcript,
)
from callagent.turns.gate.machine import Gate
from callagent.turns.gate.overlap_record import OverlapRecord
from callagent.turns.lexicon import Lexicon

LEXICON = Lexicon(
    ["okay", "yeah", "uh-huh", "mm-hmm", "all right", "right", "got it", "no problem"],
    ["no", "stop", "wait", "but", "hold on"],
    asides=["hold on I'm on the phone", "one second honey"],
    tics=["um", "uh", "er"],
)
CONFIG = GateConfig(LEXICON)


def speaking(at: float, *, interruptible: bool = True) -> AgentState:
    return AgentState(at, "speaking", interruptible)


def thinking(at: float) -> AgentState:
    return AgentState(at, "thinking")


def listening(at: float) -> AgentState:
    return AgentState(at, "listening")


def starts(onset: float, delay: float = 0.1) -> tuple[Event, ...]:
    """The line gets loud, and `delay` later the VAD says so."""
    return (CallerAudible(onset), CallerStarted(onset + delay, onset))


def stops(offset: float, delay: float = 0.35) -> tuple[Event, ...]:
    """The line goes quiet, and `delay` later the VAD says so."""
    return (CallerHushed(offset + min(delay, 0.06)), CallerStopped(offset + delay, offset))


def interim(at: float, key: int, text: str, confidence: float | None = 0.9) -> Transcript:
    return Transcript(at, key, text, final=False, confidence=confidence)


def final(at: float, key: int, text: str, confidence: float | None = 0.9) -> Transcript:
    return Transcript(at, key, text, final=True, confidence=confidence)


class Driver:
    """A gate, its virtual timers, and what became of every transcript."""

    def __init__(self, config: GateConfig = CONFIG, **changes: object) -> None:
        self.gate = Gate(replace(config, **changes))  # type: ignore[arg-type]  # field names are the caller's
        self.decisions: list[Decision] = []
        self.records: list[OverlapRecord] = []
        self.timers: dict[int, float] = {}
        self._order = 0
        # The recogniser has shown before the story how fast it is: 200 ms from the VAD's report to the first words.
        self.gate.feed(CallerStarted(-9.9, -10.0))
        self.gate.feed(Transcript(-9.7, -1, "Hello", final=False))
        self.gate.feed(CallerStopped(-9.0, -9.4))

    def run(self, *events: Event, close_at: float | None = None) -> "Driver":
        queue: list[tuple[float, int, Event]] = []
        for event in events:
            self._push(queue, event)
        while queue:
            _, _, event = heapq.heappop(queue)
            if isinstance(event, TimerFired) and self.timers.pop(event.timer, None) is None:
                continue
            self._take(self.gate.feed(event), queue)
        if close_at is not None:
            self._take(self.gate.close(close_at), queue)
        return self

    def _push(self, queue: list[tuple[float, int, Event]], event: Event) -> None:
        self._order += 1
        heapq.heappush(queue, (event.at, self._order, event))

    def _take(self, decisions: Iterable[Decision], queue: list[tuple[float, int, Event]]) -> None:
        for decision in decisions:
            self.decisions.append(decision)
            match decision:
                case SetTimer(timer=timer, due=due):
                    self.timers[timer] = due
                    self._push(queue, TimerFired(due, timer))
                case CancelTimer(timer=timer):
                    assert self.timers.pop(timer, None) is not None, "cancelled a timer that was not running"
                case Journal(record=record):
                    self.records.append(record)

    @property
    def told(self) -> list[str]:
        """Decisions about words and speech, in words: `hold 1 soft_ack`, `interrupt command`."""
        words = []
        for decision in self.decisions:
            match decision:
                case Interrupt(rule=rule):
                    words.append(f"interrupt {rule}")
                case Resume(rule=rule):
                    words.append(f"resume {rule}")
                case Hold(rule=rule, keys=keys) | Drop(rule=rule, keys=keys):
                    words.append(f"{type(decision).__name__.lower()} {_keys(keys)} {rule}")
                case Deliver(rule=rule, keys=keys) | Pass(rule=rule, keys=keys):
                    words.append(f"{type(decision).__name__.lower()} {_keys(keys)} {rule}")
        return words

    @property
    def interrupts(self) -> list[Interrupt]:
        return [d for d in self.decisions if isinstance(d, Interrupt)]

    @property
    def reached_session(self) -> list[int]:
        return [key for d in self.decisions if isinstance(d, Deliver | Pass) for key in d.keys]

    @property
    def dropped(self) -> list[int]:
        return [key for d in self.decisions if isinstance(d, Drop) for key in d.keys]


def _keys(keys: tuple[int, ...]) -> str:
    return ",".join(str(key) for key in keys)

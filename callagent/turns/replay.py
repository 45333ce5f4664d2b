"""What a gate makes of a call that is over: the same events, its timers in virtual time."""

from collections.abc import Iterable

from callagent.turns.config import GateConfig
from callagent.turns.gate.decisions import CancelTimer, Decision, SetTimer
from callagent.turns.gate.events import Event, TimerFired
from callagent.turns.gate.machine import Gate


def replay(events: Iterable[Event], config: GateConfig, *, until: float | None = None) -> list[Decision]:
    """Return every decision, timers included, of a gate with `config` on `events`,
    which are in the order in which they came.

    Timers that fired in the call itself (`TimerFired`) are passed over: the gate's own ones fire when they are due,
    after events of the same moment. The call is closed at `until`, seconds of the call; None: when no timer is left.
    """
    run = _Run(config)
    for event in events:
        if not isinstance(event, TimerFired):
            run.feed(event)
    run.close(until)
    return run.decisions


class _Run:
    """A gate and its timers."""

    def __init__(self, config: GateConfig) -> None:
        self.decisions: list[Decision] = []
        self._gate = Gate(config)
        self._timers: dict[int, float] = {}
        self._now = 0.0

    def feed(self, event: Event) -> None:
        if self._timers:
            self._fire(event.at)
        self._now = event.at
        self._take(self._gate.feed(event))

    def close(self, until: float | None) -> None:
        self._fire(float("inf") if until is None else until)
        self._take(self._gate.close(self._now if until is None else until))

    def _fire(self, before: float) -> None:
        """Run the timers that are due earlier than `before`, in order."""
        while self._timers:
            timer = min(self._timers, key=self._timers.__getitem__)
            due = self._timers[timer]
            if due >= before:
                return
            del self._timers[timer]
            self._now = due
            self._take(self._gate.feed(TimerFired(due, timer)))

    def _take(self, decisions: list[Decision]) -> None:
        self.decisions += decisions
        for decision in decisions:
            if isinstance(decision, SetTimer):
                self._timers[decision.timer] = decision.due
            elif isinstance(decision, CancelTimer):
                self._timers.pop(decision.timer, None)

"""The answer window: finals that are kept back until it has passed.

An answer is delivered, an acknowledgement dropped.
"""

from dataclasses import dataclass

from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.turns.gate.decisions import Decision, Deliver, Drop, Timers
from callagent.turns.gate.overlap import Overlap


@dataclass(slots=True)
class Waiting:
    """A final transcript kept back while the agent talks on. `answer`: it is delivered whatever happens."""

    key: int
    onset: float
    answer: bool
    rule: str
    overlap: Overlap
    barred: bool
    """It would have stopped the agent, had its speech not been uninterruptible."""


class WaitingRoom:
    """Finals kept back, in the order in which they came. `window` is the profile's answer window, in seconds."""

    def __init__(self, timers: Timers, window: float) -> None:
        self._timers = timers
        self._window = window
        self._waiting: list[Waiting] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, waiting: Waiting, out: list[Decision]) -> None:
        """Keep back one more final: until its answer window has passed, or the agent falls silent."""
        waiting.overlap.pending += 1
        self._waiting.append(waiting)
        self._set_timer(out)

    def barred(self) -> Waiting | None:
        """Return the first that would have stopped the agent, had that been possible."""
        return next((waiting for waiting in self._waiting if waiting.barred), None)

    def agent_ended(self, at: float, speech: AgentSpeech) -> None:
        """Note that the agent has fallen silent at `at`: what began close to it, or after a question, is an answer."""
        for waiting in self._waiting:
            near = waiting.onset >= at - self._window
            waiting.answer = waiting.answer or near or speech.question_by(waiting.onset)

    def window_over(self, at: float, speech: AgentSpeech, out: list[Decision]) -> None:
        """Drop what began more than the window ago and answers no question."""
        for waiting in self._waiting:
            waiting.answer = waiting.answer or speech.question_by(waiting.onset)
        stale = [w for w in self._waiting if not w.answer and w.onset + self._window <= at]
        self._waiting = [w for w in self._waiting if w.answer or w.onset + self._window > at]
        for waiting in stale:
            waiting.overlap.pending -= 1
            _drop(at, waiting, out)
        self._set_timer(out)

    def give_out(self, at: float, rule: str, out: list[Decision]) -> None:
        """Deliver the answers that wait, in order; drop the rest."""
        taken, self._waiting = self._waiting, []
        for waiting in taken:
            waiting.overlap.pending -= 1
            if waiting.answer:
                waiting.overlap.decide(at, "deliver", rule)
                out.append(Deliver(at, rule, (waiting.key,)))
                waiting.overlap.leave_record(out)
            else:
                _drop(at, waiting, out)

    def _set_timer(self, out: list[Decision]) -> None:
        first = min((w.onset for w in self._waiting if not w.answer), default=None)
        if first is not None:
            self._timers.set("window", first + self._window, out)


def _drop(at: float, waiting: Waiting, out: list[Decision]) -> None:
    waiting.overlap.decide(at, "drop", waiting.rule)
    out.append(Drop(at, waiting.rule, (waiting.key,)))
    waiting.overlap.leave_record(out)

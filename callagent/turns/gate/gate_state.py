"""The state of one call's gate, shared by the parts that change it."""

from dataclasses import dataclass

from callagent.turns.config import GateConfig
from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.turns.gate.decisions import Decision, Drop, Timers
from callagent.turns.gate.held_finals import WaitingRoom
from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.resumption import TakingUp
from callagent.turns.gate.rules.grace import STALLED_S, Pace

LATE_S = 2.5
"""Seconds after the end of the caller's speech in which its final transcript may still come."""

TAKE_UP_S = 0.3
"""Seconds from the end of a sound that stopped the agent for nothing to its going on."""

NEVER = float("-inf")


SOON_AGAIN_S = 0.2
"""Seconds after which a caller who goes on is looked at again."""

AGAIN_S = 3.0
"""Seconds after an acknowledgement in which the next sound of the caller is likely to be another one."""


@dataclass(slots=True)
class Caller:
    """What VAD and line tell of the caller; `onset` and `offset` are those of the latest speech, in seconds.

    `acknowledged` is when the words of an acknowledgement came last.
    """

    speaking: bool = False
    audible: bool = True
    onset: float = NEVER
    offset: float = NEVER
    acknowledged: float = NEVER


class State:
    """Everything that the gate knows. `out` collects the decisions of the event that is being handled."""

    def __init__(self, config: GateConfig) -> None:
        self.config = config
        self.active = False
        self.speaking = False
        self.active_since = NEVER
        self.interruptible = True
        self.caller = Caller()
        self.overlap: Overlap | None = None
        self.speech = AgentSpeech(config.questions)
        self.pace = Pace()
        self.timers = Timers()
        self.waiting = WaitingRoom(self.timers, config.answer_window)
        self.taking_up = TakingUp(self.timers)
        self.out: list[Decision] = []

    def set_grace(self, at: float, *, by: float = float("inf")) -> None:
        """Note that the caller makes a sound at `at`: words are awaited until grace ends, at `by` at the latest, or
        soon if that is over.
        """
        due = at + self.pace.grace(self.config.grace)
        self.timers.set("grace", min(due, max(by, at + SOON_AGAIN_S)), self.out)

    def watch_for_stall(self, at: float) -> None:
        """Look again when so much time has gone by since the last words that more should have come, if not yet."""
        words_at = self.overlap.words_at if self.overlap is not None else None
        if words_at is not None and words_at + STALLED_S > at:
            self.timers.set("stall", words_at + STALLED_S, self.out)

    def cancel_grace(self) -> None:
        """Wait for no words any more."""
        self.timers.cancel("grace", self.out)
        self.timers.cancel("stall", self.out)

    def close_overlap(self, at: float) -> None:
        """Close the open overlap, if any; it leaves its record once the fate of all its words is known."""
        overlap, self.overlap = self.overlap, None
        if overlap is None:
            return
        self.cancel_grace()
        self.timers.cancel("close", self.out)
        interim = overlap.take_interim()
        if interim:
            self.out.append(Drop(at, "late", interim))
        if overlap.outcome is None and not overlap.pending:
            overlap.decide(at, "drop", "grace" if not overlap.heard else "late")
        if overlap.outcome == "interrupt" and overlap.rule == "grace" and not overlap.passed:
            self.taking_up.owe(at + TAKE_UP_S, "grace", self.out)
        overlap.closed = True
        overlap.leave_record(self.out)

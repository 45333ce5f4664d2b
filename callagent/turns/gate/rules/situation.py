"""What a rule sees, and what it may answer."""

from collections.abc import Callable
from enum import Enum
from math import inf
from typing import NamedTuple

from callagent.turns.config import GateConfig
from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.turns.gate.events import Impression, Transcript
from callagent.turns.gate.overlap import Overlap
from callagent.turns.lexicon import Match


class Reaction(Enum):
    """A rule's verdict on a transcript, or on the end of grace."""

    INTERRUPT = "interrupt"
    HOLD = "hold"
    ANSWER = "answer"
    """Hold, and deliver as the caller's turn when the agent falls silent."""
    STAND_BY = "stand_by"
    """Interrupt, forget the words, and take up again when the caller is back."""
    DROP = "drop"
    PASS = "pass"


class Situation(NamedTuple):
    """The facts at one moment. `transcript` and `match` are None when the moment is the end of grace."""

    now: float
    active: bool
    """The agent is speaking or thinking."""
    speaking: bool
    """The agent is speaking."""
    overlap: Overlap | None
    transcript: Transcript | None
    match: Match | None
    speech: AgentSpeech
    config: GateConfig

    @property
    def confidence(self) -> float:
        """The recogniser's confidence in the words, 0 to 1; above any limit when it is unknown."""
        known = self.transcript.confidence if self.transcript else None
        return inf if known is None else known

    @property
    def impression(self) -> Impression | None:
        """What the sound of the words is taken for, where the recogniser has an ear."""
        return self.transcript.impression if self.transcript else None

    @property
    def sure(self) -> bool:
        """Whether the recogniser trusts the words; unknown confidence counts as trust."""
        return self.confidence >= self.config.min_confidence


Rule = Callable[[Situation], Reaction | None]
"""None: this rule has nothing to say, the next one decides."""

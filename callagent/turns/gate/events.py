"""What the gate is told. Times are seconds on one clock, the call's; events come in order of time."""

from dataclasses import dataclass
from typing import Literal

AgentActivity = Literal["initializing", "idle", "listening", "thinking", "speaking"]


@dataclass(frozen=True, slots=True)
class AgentState:
    """The agent began to listen, think or speak. `interruptible` is False while its speech must not be stopped."""

    at: float
    state: AgentActivity
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class AgentText:
    """Text that the agent is about to say, or is saying; pieces of one speech add up."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class CallerStarted:
    """The VAD reports speech; `onset` is its first sample, earlier than `at` by the VAD's own delay."""

    at: float
    onset: float


@dataclass(frozen=True, slots=True)
class CallerStopped:
    """The VAD reports the end of speech; `offset` is the last sample of it."""

    at: float
    offset: float


@dataclass(frozen=True, slots=True)
class CallerHushed:
    """The caller's line has gone quiet, well before the VAD says so: a cough is over, or a word has ended."""

    at: float


@dataclass(frozen=True, slots=True)
class CallerAudible:
    """The caller's line is loud again."""

    at: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words of the caller, interim or final. `key` names it in the decisions; `confidence` is 0..1, None when
    unknown.
    """

    at: float
    key: int
    text: str
    final: bool
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the gate asked for is due."""

    at: float
    timer: int


Event = AgentState | AgentText | CallerStarted | CallerStopped | CallerHushed | CallerAudible | Transcript | TimerFired

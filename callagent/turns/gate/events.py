"""What the gate is told. Times are seconds on one clock, the call's; events come in order of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

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


_KEY: Final = "callagent.impression"


class Impression(NamedTuple):
    """How likely the speech so far is what, told from its sound; each 0 to 1, together with any other speech 1.

    acknowledgement: "uh-huh", "okay", "that's great". command: "stop", "wait", "can I ask something". noise: a cough, a
    breath, "um".
    """

    acknowledgement: float
    command: float
    noise: float

    @property
    def speech(self) -> float:
        """How likely it is speech that wants an answer: a command, or anything else but an acknowledgement."""
        return max(0.0, 1.0 - self.acknowledgement - self.noise)

    def as_metadata(self) -> dict[str, Any]:
        """Return it as what a recogniser's `SpeechData.metadata` carries."""
        return {_KEY: [round(each, 3) for each in self]}

    @classmethod
    def of_metadata(cls, metadata: Mapping[str, Any] | None) -> "Impression | None":
        """Return the impression that `metadata` carries, None where it carries none."""
        match (metadata or {}).get(_KEY):
            case [float(acknowledgement), float(command), float(noise)]:
                return cls(acknowledgement, command, noise)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words of the caller, interim or final. `key` names it in the decisions; `confidence` is 0..1, None when
    unknown. `impression` is what their sound is taken for, where the recogniser has an ear for it.
    """

    at: float
    key: int
    text: str
    final: bool
    confidence: float | None = None
    impression: Impression | None = None


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the gate asked for is due."""

    at: float
    timer: int


Event = AgentState | AgentText | CallerStarted | CallerStopped | CallerHushed | CallerAudible | Transcript | TimerFired

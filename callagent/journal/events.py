"""What happens in a call, as data: one vocabulary for scripted and real calls.

What the gate is told (`callagent.turns.gate.events`) is the other half of a journal; it has the names of the gate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callagent.journal.endings import Ending
from callagent.turns import OverlapRecord

AgentStateName = Literal["initializing", "idle", "listening", "thinking", "speaking"]

Meaning = Literal["acknowledgement", "tic", "aside", "interruption", "turn"]
"""What an utterance of the caller is meant as."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that happened at `at` seconds of call time."""

    at: float


@dataclass(frozen=True, slots=True)
class AgentState(Observation):
    """The session changed its state (livekit's `agent_state_changed`)."""

    state: AgentStateName


@dataclass(frozen=True, slots=True)
class AgentWords(Observation):
    """The agent began to say `text`, one or more words, in step with what is heard on the line."""

    text: str


@dataclass(frozen=True, slots=True)
class AgentAudible(Observation):
    """Agent audio began to be heard on the line, at the start of a playout or after a gap in it."""


@dataclass(frozen=True, slots=True)
class AgentSilent(Observation):
    """Agent audio ceased on the line: the playout is over, was cut off, is paused or ran dry."""


@dataclass(frozen=True, slots=True)
class PlayoutEnded(Observation):
    """A playout of the agent is over: said to its end, or `interrupted`.

    It may come later than the silence (paused first, interrupted afterwards); the timeline knows the last sample.
    """

    interrupted: bool


@dataclass(frozen=True, slots=True)
class CallerAudible(Observation):
    """The first sample of a caller utterance went out on the line; `index` counts utterances from 0."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class CallerSilent(Observation):
    """The last sample of the caller utterance `index` went out on the line."""

    index: int


@dataclass(frozen=True, slots=True)
class CallerHeard(Observation):
    """What the agent's recogniser made of the caller."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class CallerKeys(Observation):
    """The caller pressed keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class AgentKeys(Observation):
    """The agent sent keys; `failed` says why no more of them went out, empty when all did."""

    digits: str
    failed: str = ""


@dataclass(frozen=True, slots=True)
class TransferRequested(Observation):
    """The agent asked for a transfer; `refused` says why it was refused, empty when it was not.

    `warm`: somebody was called and told about the call first; `way` is how they and the caller were brought together.
    """

    to: str
    refused: str = ""
    warm: bool = False
    way: str = ""


@dataclass(frozen=True, slots=True)
class OnHold(Observation):
    """The caller hears music from now on, or no longer."""

    begun: bool


SoundKind = Literal["ambient", "thinking", "sound"]
"""What a sound in the background is: that of the place, that of an agent who thinks, or one that its author plays."""


@dataclass(frozen=True, slots=True)
class BackgroundSound(Observation):
    """A sound in the background begins (`playing`) or ends; `sound` is its name: that of a clip, or of a file."""

    kind: SoundKind
    sound: str
    playing: bool


@dataclass(frozen=True, slots=True)
class DoNotCall(Observation):
    """The caller asked not to be called again; `refused`: why they are not listed; `attestation`: how sure they are."""

    attestation: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Disclosed(Observation):
    """A disclosure (`compliance.disclosures`) was said whole, or was cut off, `offset` seconds after the answer."""

    kind: str
    complete: bool
    offset: float


@dataclass(frozen=True, slots=True)
class DisclosureMissed(Observation):
    """It was not said whole within so many seconds of the answer; `why` in words."""

    kind: str
    within: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class OptedOut(Observation):
    """The other side does not want to be called again, and the call ends; `listed`: their number is on the list."""

    by: Literal["words", "key"]
    listed: bool


@dataclass(frozen=True, slots=True)
class Ringing(Observation):
    """An outbound call rings at the called side."""


@dataclass(frozen=True, slots=True)
class Answered(Observation):
    """The call is answered: by the called side, or by the agent."""


@dataclass(frozen=True, slots=True)
class ToolCalled(Observation):
    """The agent called a tool; `call` names this call of it."""

    name: str
    arguments: Mapping[str, Any]
    call: str = ""


@dataclass(frozen=True, slots=True)
class ToolReturned(Observation):
    """A tool that the agent had called is done, failed or was given up: `status` and `result` as livekit has them."""

    call: str = ""
    status: str = ""
    result: str = ""

    @property
    def text(self) -> str:
        """What came of it, for people."""
        return self.result or self.status

    @property
    def failed(self) -> bool:
        """Whether it failed or was given up."""
        return self.status not in ("", "done")


@dataclass(frozen=True, slots=True)
class HandedOver(Observation):
    """The agent `agent` has the call from now on; `before` had it, and is empty for the one that begins.

    Agents of a profile have their names there, others livekit's `Agent.id`. `task`: it has the call only until
    something is done (livekit's `AgentTask`), and gives it back then.
    """

    agent: str
    before: str = ""
    task: bool = False


@dataclass(frozen=True, slots=True)
class StateChanged(Observation):
    """What the author's agent keeps of the call: `value` stands at `path` from now on, as plain data.

    `missing` says why there is nothing, empty where there is. Only what a scripted call asks for is told.
    """

    path: str
    value: Any = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class GateDecided(Observation):
    """The interruption gate closed an overlap: what was heard, the decision, its rule, and the reaction in ms.

    `overlap` is the whole story, where it is known.
    """

    heard: str
    decision: str
    rule: str
    reaction_ms: float | None
    overlap: OverlapRecord | None = None

    @classmethod
    def of(cls, record: OverlapRecord) -> "GateDecided":
        """From what the gate tells of an overlap."""
        return cls(record.decided_at, record.text, record.decision, record.rule, record.reaction_ms, record)


@dataclass(frozen=True, slots=True)
class TurnAdded(Observation):
    """A turn entered the conversation: `at` is when it began to be spoken where that is known.

    `metrics` has the figures of livekit's `MetricsReport` that are seconds; the two instants among them
    (`started_speaking_at`, `stopped_speaking_at`) are in call time. `interrupted`: the agent was cut off in it.
    """

    role: Literal["user", "assistant"]
    text: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ModelUsed(Observation):
    """What a model of the call was used for so far: `figures` are livekit's (tokens, characters, seconds of audio)
    since the call began; those that are 0 are left out.
    """

    kind: str
    provider: str
    model: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallEnded(Observation):
    """The call is over: how, what failed if something did, and what made the agent end it by itself, if it did."""

    reason: Ending
    error: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble(Observation):
    """An error of the session or of the level, in one line."""

    message: str


@dataclass(frozen=True, slots=True)
class Note(Observation):
    """Something went otherwise than asked, in one line; the call goes on."""

    message: str


@dataclass(frozen=True, slots=True)
class AuthorNote(Observation):
    """What the author of the agent has noted of the call (`Call.note`)."""

    text: str

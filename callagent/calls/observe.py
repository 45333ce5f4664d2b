"""The observation log: everything that was seen of a call, in order, and a way to wait for the next thing."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from callagent.phrases import SlowExpressionError
from callagent.turns.events import Event

EndReason = Literal[
    "caller hung up", "agent hung up", "error", "timeout", "transferred", "busy", "no answer", "declined"
]
"""Why a call ended: the caller or the agent hung up, something broke, the limit of the run was reached, the caller was
handed over; or nobody answered an outbound call."""

AgentStateName = Literal["initializing", "idle", "listening", "thinking", "speaking"]

Kind = TypeVar("Kind", bound="Observation")
T = TypeVar("T")


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
    """The agent sent keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class TransferRequested(Observation):
    """The agent asked for a transfer; `refused` says why it was refused, empty when it was not."""

    to: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Ringing(Observation):
    """An outbound call rings at the called side."""


@dataclass(frozen=True, slots=True)
class Answered(Observation):
    """The called side has answered an outbound call."""


@dataclass(frozen=True, slots=True)
class ToolCalled(Observation):
    """The agent called a tool."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolReturned(Observation):
    """A tool that the agent had called is done, failed or was given up."""


@dataclass(frozen=True, slots=True)
class GateDecided(Observation):
    """The interruption gate closed an overlap: what was heard, the decision, its rule, and the reaction in ms."""

    heard: str
    decision: str
    rule: str
    reaction_ms: float | None


@dataclass(frozen=True, slots=True)
class TurnAdded(Observation):
    """A turn entered the conversation: `at` is when it began to be spoken where that is known.

    `metrics` has the figures of livekit's `MetricsReport` that are seconds; the two instants among them
    (`started_speaking_at`, `stopped_speaking_at`) are in call time.
    """

    role: Literal["user", "assistant"]
    text: str
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallEnded(Observation):
    """The call is over."""

    reason: EndReason


@dataclass(frozen=True, slots=True)
class Trouble(Observation):
    """An error of the session or of the level, in one line."""

    message: str


@dataclass
class _Waiter:
    look: Callable[[], object | None]
    found: "asyncio.Future[object]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def look_again(self) -> None:
        """Gives the waiting side what it looks for, or the reason why nobody can look for it."""
        try:
            value = self.look()
        except SlowExpressionError as error:
            self.found.set_exception(error)
        else:
            if value is not None:
                self.found.set_result(value)


class ObservationLog:
    """Append-only record of a call, with waiting that is woken by events and never polls.

    Args:
        now: the call's clock, seconds since the call began.

    Beside the observations, which are what can be seen of a call, `gate_events` keeps what its gate was told, where the
    gate is in this process.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.gate_events: list[Event] = []
        self._entries: list[Observation] = []
        self._waiters: list[_Waiter] = []
        self._listeners: list[Callable[[Observation], None]] = []

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """All observations of one kind, oldest first."""
        return [entry for entry in self._entries if isinstance(entry, kind)]

    def last(self, kind: type[Kind]) -> Kind | None:
        """The newest observation of one kind."""
        return next((entry for entry in reversed(self._entries) if isinstance(entry, kind)), None)

    def last_of(self, *kinds: type[Observation]) -> Observation | None:
        """The newest observation of any of the kinds."""
        return next((entry for entry in reversed(self._entries) if isinstance(entry, kinds)), None)

    @property
    def ended(self) -> CallEnded | None:
        """The end of the call, once it has come."""
        return self.last(CallEnded)

    def listen(self, listener: Callable[[Observation], None]) -> None:
        """Calls `listener` with every observation from now on."""
        self._listeners.append(listener)

    def add(self, entry: Observation) -> None:
        """Appends an observation and wakes whoever waited for it. A second end of the call is ignored."""
        if isinstance(entry, CallEnded) and self.ended is not None:
            return
        self._entries.append(entry)
        for listener in self._listeners:
            listener(entry)
        for waiter in self._waiters:
            if not waiter.found.done():
                waiter.look_again()

    async def wait_for(self, look: Callable[[], T | None], *, until: float | None = None) -> T | None:
        """The first value other than None that `look()` gives, now or after any later observation.

        Args:
            look: reads the log (or anything else that has changed when an observation is added).
            until: call time at which to give up; None waits for ever.

        Returns:
            The value, or None when `until` came first.
        """
        if (value := look()) is not None:
            return value
        waiter = _Waiter(look)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(None if until is None else max(0.0, until - self.now())):
                return await waiter.found  # type: ignore[return-value]  # set from look(), which gives T
        except TimeoutError:
            return look()
        finally:
            self._waiters.remove(waiter)

    async def sleep_until(self, at: float, *, unless_ended: bool = True) -> None:
        """Waits until call time `at`; returns early when the call ends, unless told otherwise."""
        await self.wait_for(lambda: self.ended if unless_ended else None, until=at)

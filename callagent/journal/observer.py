"""From the public events of an agent session to the log of its call."""

import json
import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from livekit.agents import (
    Agent,
    AgentSession,
    AgentStateChangedEvent,
    AgentTask,
    CloseEvent,
    ConversationItemAddedEvent,
    ErrorEvent,
    SessionUsageUpdatedEvent,
    UserInputTranscribedEvent,
)
from livekit.agents.llm import AgentHandoff, ChatMessage
from livekit.agents.metrics import ModelUsage
from livekit.agents.voice import io
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent
from livekit.agents.voice.io import PlaybackFinishedEvent, PlaybackStartedEvent

from callagent.audio import CallClock
from callagent.journal.call_log import ObservationLog
from callagent.journal.endings import SESSION_CLOSED, Happening
from callagent.journal.events import (
    AgentAudible,
    AgentState,
    AgentWords,
    BackgroundSound,
    CallerHeard,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    ModelUsed,
    OptedOut,
    PlayoutEnded,
    SoundKind,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.journal.packets import turn_metrics
from callagent.turns import OverlapRecord
from callagent.turns.binding import GateBinding

SAME_S = 0.1
"""Two equal transcripts within this time are one that came by two ways, in seconds."""

REMEMBERED = 256
"""Transcripts among which the same one is looked for; one overlap has fewer."""


def id_of(agent: Agent) -> str:
    """Return livekit's name of an agent."""
    return agent.id


class SessionObserver:
    """Logs what a session and its gate do.

    Args:
        session: must not be started yet.
        gate: the one that is bound to it, if any.
        log: takes the observations.
        clock: the clock of the call, which the gate's times are on.
        name_of: what an agent is called in the log.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        gate: GateBinding | None,
        log: ObservationLog,
        clock: CallClock,
        name_of: Callable[[Agent], str] = id_of,
    ) -> None:
        self._log = log
        self._clock = clock
        self._session = session
        self._name_of = name_of
        self._agent = ""
        self._usage: Sequence[ModelUsage] = ()
        self._usage_logged: dict[tuple[str, str, str], Mapping[str, float]] = {}
        self._transcripts = TranscriptLog(log, before=SAME_S)
        session.on("agent_state_changed", self._state_changed)
        session.on("user_input_transcribed", self._transcribed)
        session.on("conversation_item_added", self._item_added)
        session.on("tool_execution_updated", self._tool_updated)
        session.on("error", self._failed)
        session.on("session_usage_updated", self._usage_updated)
        session.on("close", lambda _: self._log_usage())
        if gate is not None:
            gate.on_record(self._decided)

    def follow_playout(self, session: AgentSession[Any]) -> None:
        """Log when the agent's audio begins and ends; call it once the session has its output."""
        if session.output.audio is not None:
            session.output.audio.on("playback_started", self._playback_started)
            session.output.audio.on("playback_finished", self._playback_finished)

    def key_pressed(self, key: str) -> None:
        """Log a key that the caller has pressed."""
        self._log.add(CallerKeys(self._clock.now(), key))

    def sound_changed(self, kind: SoundKind, sound: str, playing: bool) -> None:
        """Log that a sound in the background begins or ends."""
        self._log.add(BackgroundSound(self._clock.now(), kind, sound, playing))

    def disclosed(self, kind: str, complete: bool, offset: float) -> None:
        """Log that a disclosure was said whole, or was cut off."""
        self._log.add(Disclosed(self._clock.now(), kind, complete, offset))

    def disclosure_missed(self, kind: str, within: float, why: str) -> None:
        """Log that one was not said in time."""
        self._log.add(DisclosureMissed(self._clock.now(), kind, within, why))

    def opted_out(self, by: Literal["words", "key"], listed: bool) -> None:
        """Log that the other side does not want to be called again."""
        self._log.add(OptedOut(self._clock.now(), by, listed))

    def _state_changed(self, event: AgentStateChangedEvent) -> None:
        self._log.add(AgentState(self._clock.of(event.created_at), event.new_state))

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        self._transcripts.add(CallerHeard(self._clock.of(event.created_at), event.transcript, event.is_final))

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, AgentHandoff):
            self._handed_over(self._clock.of(item.created_at))
        elif isinstance(item, ChatMessage) and _was_said(item):
            role: Any = item.role
            metrics = turn_metrics(item.metrics, self._clock)
            at = self._clock.of(item.created_at)
            self._log.add(TurnAdded(at, role, item.text_content or "", metrics, item.interrupted))
            self._log_usage()

    def _handed_over(self, at: float) -> None:
        agent = self._session.current_agent
        before, self._agent = self._agent, self._name_of(agent)
        self._log.add(HandedOver(at, self._agent, before, isinstance(agent, AgentTask)))

    def _tool_updated(self, event: ToolExecutionUpdatedEvent) -> None:
        at, update = self._clock.of(event.created_at), event.update
        if isinstance(update, ToolCallStarted):
            call = update.function_call
            self._log.add(ToolCalled(at, call.name, tool_arguments(call.arguments), call.call_id))
        elif isinstance(update, ToolCallEnded):
            self._log.add(ToolReturned(at, update.call_id, update.status, update.message or ""))

    def _decided(self, record: OverlapRecord) -> None:
        for heard in record.heard:
            self._transcripts.add(CallerHeard(heard.at, heard.text, heard.final))
        self._log.add(GateDecided.of(record))

    def _failed(self, event: ErrorEvent) -> None:
        error = getattr(event.error, "error", event.error)
        self._log.add(Trouble(self._clock.of(event.created_at), f"{type(error).__name__}: {error}"))

    def _usage_updated(self, event: SessionUsageUpdatedEvent) -> None:
        self._usage = event.usage.model_usage

    def _log_usage(self) -> None:
        """Log what models were used for since it was logged: once a turn, of many times that livekit tells it."""
        for used in self._usage:
            name = (used.type.removesuffix("_usage"), used.provider, used.model)
            figures = {key: value for key, value in used if isinstance(value, int | float) and value}
            if figures and figures != self._usage_logged.get(name):
                self._usage_logged[name] = figures
                self._log.add(ModelUsed(self._log.now(), *name, figures))

    def _playback_started(self, event: PlaybackStartedEvent) -> None:
        self._log.add(AgentAudible(self._clock.of(event.created_at)))

    def _playback_finished(self, event: PlaybackFinishedEvent) -> None:
        self._log.add(PlayoutEnded(self._clock.now(), event.interrupted))


def _was_said(item: ChatMessage) -> bool:
    """Tell whether it is a turn. A session that is closed in the caller's turn (`endpointing.by: manual`) adds what was
    said in it, and that may be nothing.
    """
    return item.role == "assistant" or (item.role == "user" and bool(item.text_content))


class TranscriptLog:
    """Logs a transcript once: the gate tells of those that it keeps, the session of those that it gets.

    Args:
        before: how much earlier an equal transcript may have been that is the same one, in seconds.
        after: how much later.
    """

    def __init__(self, log: ObservationLog, *, before: float, after: float = math.inf) -> None:
        self._log = log
        self._before, self._after = before, after
        self._recent: deque[CallerHeard] = deque(maxlen=REMEMBERED)

    def add(self, heard: CallerHeard) -> None:
        """Log what was heard, unless it is known."""
        if not any(self._same(known, heard) for known in self._recent):
            self._recent.append(heard)
            self._log.add(heard)

    def _same(self, known: CallerHeard, heard: CallerHeard) -> bool:
        near = -self._before < known.at - heard.at < self._after
        return near and (known.text, known.final) == (heard.text, heard.final)


class SpokenWords(io.TextOutput):
    """The end of a transcript synchroniser: each word is logged when it begins to be heard."""

    def __init__(self, log: ObservationLog) -> None:
        super().__init__(label="callagent journal", next_in_chain=None)
        self._log = log
        self._going_on = False

    async def capture_text(self, text: str) -> None:
        """Log a word, unless it is the rest of what was cut off."""
        edge = self._log.last_of(AgentAudible, PlayoutEnded)
        if isinstance(edge, PlayoutEnded) and edge.interrupted:
            return
        joint = "" if self._going_on or self._log.last(AgentWords) is None else " "
        self._going_on = True
        self._log.add(AgentWords(self._log.now(), joint + str(text)))

    def flush(self) -> None:
        """End what was being said; the next words do not run into it."""
        self._going_on = False


def closing(event: CloseEvent) -> Happening:
    """Return what the end of a session is for its call."""
    return SESSION_CLOSED[event.reason.value]


def tool_arguments(text: str) -> dict[str, Any]:
    """Return the arguments of a tool as an object, also those of a model that writes no JSON."""
    try:
        arguments = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {"": text}
    return arguments if isinstance(arguments, dict) else {"": arguments}

"""From the public events of an agent session to observations."""

import json
from collections.abc import Mapping
from typing import Any

from livekit.agents import (
    AgentStateChangedEvent,
    CloseEvent,
    CloseReason,
    ConversationItemAddedEvent,
    ErrorEvent,
    UserInputTranscribedEvent,
)
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import io
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent

from callagent.agent import Call
from callagent.calls.observe import (
    AgentAudible,
    AgentState,
    AgentWords,
    CallEnded,
    CallerHeard,
    GateDecided,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.line import CallClock
from callagent.turns import OverlapRecord

SAME_S = 0.1
"""Two equal transcripts within this time are one that came by two ways."""


class SpokenWords(io.TextOutput):
    """The end of a transcript synchroniser: each word is logged when it begins to be heard."""

    def __init__(self, log: ObservationLog) -> None:
        super().__init__(label="scripted call", next_in_chain=None)
        self._log = log
        self._going_on = False

    async def capture_text(self, text: str) -> None:
        """Logs a word, unless it is the rest of what was cut off."""
        edge = self._log.last_of(AgentAudible, PlayoutEnded)
        if isinstance(edge, PlayoutEnded) and edge.interrupted:
            return
        joint = "" if self._going_on or not len(self._log.of(AgentWords)) else " "
        self._going_on = True
        self._log.add(AgentWords(self._log.now(), joint + str(text)))

    def flush(self) -> None:
        """Ends what was being said; the next words do not run into it."""
        self._going_on = False


class SessionWatch:
    """Logs what a session and its gate do.

    Args:
        call: the session and the gate; must not be started yet.
        log: takes the observations.
        clock: the clock of the call.
    """

    def __init__(self, call: Call, log: ObservationLog, clock: CallClock) -> None:
        self._log = log
        self._clock = clock
        session = call.session
        session.on("agent_state_changed", self._state_changed)
        session.on("user_input_transcribed", self._transcribed)
        session.on("conversation_item_added", self._item_added)
        session.on("tool_execution_updated", self._tool_updated)
        session.on("error", self._failed)
        session.on("close", self._closed)
        if call.gate is not None:
            call.gate.on_record(self._decided)

    def _state_changed(self, event: AgentStateChangedEvent) -> None:
        self._log.add(AgentState(self._clock.of(event.created_at), event.new_state))

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        self._heard(self._clock.of(event.created_at), event.transcript, event.is_final)

    def _heard(self, at: float, text: str, final: bool) -> None:
        """Logs a transcript once: the gate tells of those that it keeps, the session of those that it gets."""
        known = (entry for entry in reversed(self._log.of(CallerHeard)) if entry.at > at - SAME_S)
        if not any(entry.text == text and entry.final == final for entry in known):
            self._log.add(CallerHeard(at, text, final))

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role in ("user", "assistant"):
            role: Any = item.role
            metrics = turn_metrics(item.metrics, self._clock)
            self._log.add(TurnAdded(self._clock.of(item.created_at), role, item.text_content or "", metrics))

    def _tool_updated(self, event: ToolExecutionUpdatedEvent) -> None:
        if isinstance(event.update, ToolCallStarted):
            function = event.update.function_call
            self._log.add(ToolCalled(self._clock.of(event.created_at), function.name, _arguments(function.arguments)))
        elif isinstance(event.update, ToolCallEnded):
            self._log.add(ToolReturned(self._clock.of(event.created_at)))

    def _decided(self, record: OverlapRecord) -> None:
        for heard in record.heard:
            self._heard(heard.at, heard.text, heard.final)
        self._log.add(GateDecided(record.decided_at, record.text, record.decision, record.rule, record.reaction_ms))

    def _failed(self, event: ErrorEvent) -> None:
        error = getattr(event.error, "error", event.error)
        self._log.add(Trouble(self._clock.of(event.created_at), f"{type(error).__name__}: {error}"))

    def _closed(self, event: CloseEvent) -> None:
        failed = event.reason is CloseReason.ERROR
        self._log.add(CallEnded(self._clock.of(event.created_at), "error" if failed else "agent hung up"))


def turn_metrics(report: Mapping[str, object], clock: CallClock) -> dict[str, float]:
    """The figures of a message's `MetricsReport`, its instants in call time."""
    figures = {name: value for name, value in report.items() if isinstance(value, float)}
    return {name: clock.of(value) if name.endswith("_at") else value for name, value in figures.items()}


def _arguments(text: str) -> dict[str, Any]:
    try:
        arguments = json.loads(text or "{}")
    except ValueError:
        return {"": text}
    return arguments if isinstance(arguments, dict) else {"": arguments}

"""What happens in a call goes into its record, and in development to the room."""

import json
from typing import Any

from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    ErrorEvent,
)
from livekit.agents.llm import ChatMessage
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent
from livekit.agents.voice.io import PlaybackFinishedEvent, PlaybackStartedEvent

from callagent.agent import Call
from callagent.line import CallClock
from callagent.turns import OverlapRecord
from callagent.worker.events import RoomEvents
from callagent.worker.record import CallRecord

LONGEST_RESULT = 1000
"""Characters of a tool's result that are recorded."""


class Observer:
    """Follows a session by its public events.

    Args:
        record: takes turns, tool calls and the gate's decisions.
        clock: the clock of the call, which the gate's times are on.
        events: the way to the room; None outside development.
    """

    def __init__(self, call: Call, record: CallRecord, clock: CallClock, events: RoomEvents | None) -> None:
        self._record = record
        self._clock = clock
        self._events = events
        self._running: dict[str, dict[str, Any]] = {}
        call.keypad.watch(self._key_pressed)
        call.session.on("conversation_item_added", self._item_added)
        call.session.on("tool_execution_updated", self._tool_updated)
        call.session.on("error", self._error)
        if call.gate is not None:
            call.gate.on_record(self._decided)

    def follow_playout(self, session: AgentSession[Any]) -> None:
        """Tells the room when the agent's audio begins and ends; call it once the session has its output."""
        if self._events is not None and session.output.audio is not None:
            session.output.audio.on("playback_started", self._playback_started)
            session.output.audio.on("playback_finished", self._playback_finished)

    def _send(self, type: str, at: float, **fields: Any) -> None:
        if self._events is not None:
            self._events.send(type, at, **fields)

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if not isinstance(item, ChatMessage) or item.role not in ("user", "assistant"):
            return
        turn = {"role": item.role, "text": item.text_content or "", "interrupted": item.interrupted}
        self._record.turns.append({**turn, "at": round(self._clock.of(item.created_at), 3)})
        self._send("turn", item.created_at, **turn, metrics=_figures(item))

    def _tool_updated(self, event: ToolExecutionUpdatedEvent) -> None:
        if isinstance(event.update, ToolCallEnded):
            self._tool_ended(event.update)
        if not isinstance(event.update, ToolCallStarted):
            return
        call = event.update.function_call
        tool = {"name": call.name, "arguments": _arguments(call.arguments)}
        self._running[call.call_id] = {**tool, "at": round(self._clock.of(event.created_at), 3)}
        self._record.tools.append(self._running[call.call_id])
        self._send("tool", event.created_at, **tool)

    def _tool_ended(self, update: ToolCallEnded) -> None:
        if (entry := self._running.pop(update.call_id, None)) is not None:
            entry |= {"status": update.status, "result": (update.message or "")[:LONGEST_RESULT]}

    def _key_pressed(self, key: str) -> None:
        self._record.event("key", key=key)

    def _decided(self, overlap: OverlapRecord) -> None:
        entry = overlap.as_dict()
        self._record.decisions.append(entry)
        self._send("decision", self._clock.wall(overlap.decided_at), overlap=entry)

    def _error(self, event: ErrorEvent) -> None:
        error = getattr(event.error, "error", event.error)
        self._send("error", event.created_at, message=f"{type(error).__name__}: {error}")

    def _playback_started(self, event: PlaybackStartedEvent) -> None:
        self._send("audible", event.created_at)

    def _playback_finished(self, event: PlaybackFinishedEvent) -> None:
        self._send("silent", self._clock.wall(self._clock.now()), interrupted=event.interrupted)


def _figures(message: ChatMessage) -> dict[str, float]:
    return {name: value for name, value in message.metrics.items() if isinstance(value, float)}


def _arguments(text: str) -> dict[str, Any]:
    """The arguments as an object, also those of a model that writes no JSON."""
    try:
        arguments = json.loads(text or "{}")
    except ValueError:
        return {"": text}
    return arguments if isinstance(arguments, dict) else {"": arguments}

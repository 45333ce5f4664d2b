"""What an author can listen to in a call, whatever agent talks: `call.on("turn", heard)`."""

import asyncio
import inspect
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
)
from livekit.agents.llm import AgentHandoff, ChatMessage
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent

from callagent.agent.author.author_functions import BLOCKED_S, failures_told, tell_failure, told_of
from callagent.concurrency import BackgroundTasks
from callagent.yaml_config import did_you_mean, nearest

EventName = Literal[
    "speech_in", "speech_out", "agent_state", "caller_state", "turn", "tool", "key", "handed_over", "ended"
]
EVENTS: Final[tuple[EventName, ...]] = get_args(EventName)

Listener = Callable[[Any], object]
"""Gets what happened; a coroutine function runs in a task of its own."""

_log = logging.getLogger("callagent.agent")


@dataclass(frozen=True, slots=True)
class SpeechIn:
    """What the recogniser makes of the caller, `speech_in`; `final` is False while it may still change."""

    text: str = field(repr=False)
    final: bool


@dataclass(frozen=True, slots=True)
class StateChange:
    """`agent_state` (initializing, idle, listening, thinking, speaking), `caller_state` (speaking, listening, away)."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that is in the conversation now, `turn`. `interrupted`: the agent was cut off in it."""

    role: Literal["caller", "agent"]
    text: str = field(repr=False)
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool, `tool`: `called`, and then `done`, or as livekit calls another end of it; `id` tells two calls apart."""

    name: str
    status: str
    id: str
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)
    result: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Another agent talks from now on, `handed_over`; ids as livekit has them: the name of the class, by default."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CallOver:
    """The call is over, `ended`: how, in the words of its record, and what failed where something did."""

    reason: str
    error: str | None = None


class CallEvents:
    """The listeners of one call. One that raises is in the log, and nobody else hears of it.

    Args:
        session: must not be started yet.
    """

    def __init__(self, session: AgentSession[Any]) -> None:
        self._listeners: dict[EventName, list[Listener]] = {}
        self._tasks = BackgroundTasks(_log, "a listener broke")
        self._running: set[asyncio.Task[None]] = set()
        self._tools: dict[str, ToolUse] = {}
        session.on("user_input_transcribed", self._transcribed)
        session.on("agent_state_changed", self._agent_state)
        session.on("user_state_changed", self._caller_state)
        session.on("conversation_item_added", self._item_added)
        session.on("tool_execution_updated", self._tool_updated)

    def add(self, event: str, listener: Listener) -> None:
        """Call `listener` from now on. Raise ValueError for an event that there is not, TypeError for no function."""
        if not callable(listener):
            raise TypeError(f"a listener is a function, not {type(listener).__name__}")
        self._listeners.setdefault(known(event), []).append(listener)

    def remove(self, event: str, listener: Listener) -> None:
        """Call `listener` no longer; nothing where it is not there. Raise ValueError as `add`."""
        there = self._listeners.get(known(event), [])
        if listener in there:
            there.remove(listener)

    def emit(self, event: EventName, what: object) -> None:
        """Call the listeners of an event, in the order in which they came."""
        for listener in [*self._listeners.get(event, ())]:
            if inspect.iscoroutinefunction(listener):
                self._begin(event, listener, listener(what))
            else:
                self._call(event, listener, what)

    async def drained(self, limit: float) -> None:
        """Wait for listeners that still run, for so many seconds, and cancel them then."""
        if self._running:
            await asyncio.wait(self._running, timeout=limit)
        await self._tasks.aclose()

    def key(self, key: str) -> None:
        """Tell of a key that the caller has pressed."""
        self.emit("key", key)

    def _call(self, event: EventName, listener: Listener, what: object) -> None:
        began = time.perf_counter()
        try:
            result = listener(what)
        except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
            tell_failure(f"listener of {event}", listener, error)
            return
        if (seconds := time.perf_counter() - began) > BLOCKED_S:
            told = {**told_of(f"listener of {event}", listener), "seconds": round(seconds, 3)}
            _log.warning("a listener has held the event loop, and with it the call; make it `async`", extra=told)
        if inspect.iscoroutine(result):
            self._begin(event, listener, result)

    def _begin(self, event: EventName, listener: Listener, work: Any) -> None:
        async def contained() -> None:
            with failures_told(f"listener of {event}", listener):
                await work

        task = self._tasks.start(contained(), name=f"callagent.agent.on.{event}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        self.emit("speech_in", SpeechIn(event.transcript, event.is_final))

    def _agent_state(self, event: AgentStateChangedEvent) -> None:
        self.emit("agent_state", StateChange(event.old_state, event.new_state))

    def _caller_state(self, event: UserStateChangedEvent) -> None:
        self.emit("caller_state", StateChange(event.old_state, event.new_state))

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        match event.item:
            case ChatMessage(role="user") as message:
                self.emit("turn", Turn("caller", message.text_content or ""))
            case ChatMessage(role="assistant") as message:
                self.emit("turn", Turn("agent", message.text_content or "", message.interrupted))
            case AgentHandoff(old_agent_id=str(old), new_agent_id=new):
                self.emit("handed_over", HandedOver(old, new))

    def _tool_updated(self, event: ToolExecutionUpdatedEvent) -> None:
        if isinstance(event.update, ToolCallStarted):
            call = event.update.function_call
            use = self._tools[call.call_id] = ToolUse(call.name, "called", call.call_id, _arguments(call.arguments))
            self.emit("tool", use)
        elif isinstance(event.update, ToolCallEnded):
            begun = self._tools.pop(event.update.call_id, None)
            if begun is not None:
                result = event.update.message or ""
                self.emit("tool", ToolUse(begun.name, event.update.status, begun.id, begun.arguments, result))


def known(event: str) -> EventName:
    """Return the name of an event. Raise ValueError, with the nearest one, for another."""
    for name in EVENTS:
        if name == event:
            return name
    hint = did_you_mean(nearest(str(event), EVENTS))
    raise ValueError(f"a call has no event {event!r} (there are {', '.join(EVENTS)}){hint}")


def _arguments(text: str) -> Mapping[str, Any]:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {"": text}
    return given if isinstance(given, dict) else {"": given}

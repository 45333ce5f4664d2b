"""From the events of a session to the log, by the public events alone."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit.agents import (
    Agent,
    AgentSession,
    AgentStateChangedEvent,
    AgentTask,
    CloseEvent,
    CloseReason,
    ConversationItemAddedEvent,
    ErrorEvent,
    SessionUsageUpdatedEvent,
    UserInputTranscribedEvent,
)
from livekit.agents.llm import AgentHandoff, ChatMessage, FunctionCall
from livekit.agents.metrics import AgentSessionUsage, LLMModelUsage, ModelUsage, STTModelUsage, TTSModelUsage
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent
from livekit.agents.voice.io import PlaybackFinishedEvent, PlaybackStartedEvent

from callagent.audio import CallClock, PhoneLine
from callagent.journal import (
    AgentAudible,
    AgentState,
    AgentWords,
    BackgroundSound,
    CallerHeard,
    CallerKeys,
    GateDecided,
    HandedOver,
    ModelUsed,
    Observation,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.journal.observer import SessionObserver, SpokenWords, TranscriptLog, closing, tool_arguments
from callagent.turns import Heard, OverlapRecord

ORIGIN = 1_700_000_000.0
NOW = ORIGIN + 5.0


class Observed:
    """A session that was not started, its observer, and what is logged when the session emits an event."""

    def __init__(self) -> None:
        clock = CallClock(ORIGIN)
        self.log = ObservationLog(lambda: 5.0)
        self.session: AgentSession[None] = AgentSession()
        self.decided: list[Callable[[OverlapRecord], None]] = []
        gate: Any = SimpleNamespace(on_record=self.decided.append)
        self.observer = SessionObserver(self.session, gate, self.log, clock)

    def emit(self, name: Any, event: Any) -> list[Observation]:
        self.session.emit(name, event)
        return list(self.log)


@pytest.fixture
async def observed() -> Observed:
    return Observed()


async def test_the_state_of_the_agent_is_logged_in_call_time(observed: Observed) -> None:
    event = AgentStateChangedEvent(old_state="listening", new_state="speaking", created_at=NOW)
    assert observed.emit("agent_state_changed", event) == [AgentState(5.0, "speaking")]


async def test_a_turn_is_logged_with_its_figures_in_call_time(observed: Observed) -> None:
    metrics: Any = {"started_speaking_at": NOW + 1, "llm_node_ttft": 0.25, "broken": float("nan"), "provider": "x"}
    message = ChatMessage(role="assistant", content=["Hello."], created_at=NOW, interrupted=True, metrics=metrics)
    entries = observed.emit("conversation_item_added", ConversationItemAddedEvent(item=message))
    assert entries == [TurnAdded(5.0, "assistant", "Hello.", {"started_speaking_at": 6.0, "llm_node_ttft": 0.25}, True)]


async def test_who_has_the_call_is_logged_by_the_name_that_it_goes_by(observed: Observed) -> None:
    log = ObservationLog(lambda: 5.0)
    named = {"default_agent": "reception"}
    SessionObserver(observed.session, None, log, CallClock(ORIGIN), lambda agent: named.get(agent.id, agent.id))

    class NameTask(AgentTask[str]): ...

    agents: list[Agent] = [Agent(instructions=""), NameTask(instructions=""), Agent(instructions="")]
    for agent in agents:
        observed.session.update_agent(agent)
        item = AgentHandoff(old_agent_id=None, new_agent_id=agent.id, created_at=NOW)
        observed.emit("conversation_item_added", ConversationItemAddedEvent(item=item))
    assert list(log) == [
        HandedOver(5.0, "reception"),
        HandedOver(5.0, "name_task", "reception", True),
        HandedOver(5.0, "reception", "name_task"),
    ]


async def test_a_sound_in_the_background_is_logged_as_it_begins_and_ends(observed: Observed) -> None:
    observed.observer.sound_changed("sound", "bell.wav", True)
    observed.observer.sound_changed("sound", "bell.wav", False)
    begun, ended = observed.log.of(BackgroundSound)
    assert (begun.kind, begun.sound, begun.playing, ended.playing) == ("sound", "bell.wav", True, False)


async def test_what_models_were_used_for_is_logged_once_a_turn_and_at_the_end(observed: Observed) -> None:
    def used(tokens: int, seconds: float) -> None:
        models: list[ModelUsage] = [
            LLMModelUsage(provider="openai", model="mini", input_tokens=tokens),
            STTModelUsage(provider="local", model="whisper", audio_duration=seconds),
            TTSModelUsage(provider="local", model="piper"),
        ]
        observed.emit("session_usage_updated", SessionUsageUpdatedEvent(usage=AgentSessionUsage(model_usage=models)))

    def turn() -> None:
        message = ChatMessage(role="assistant", content=["Hello."], created_at=NOW)
        observed.emit("conversation_item_added", ConversationItemAddedEvent(item=message))

    for tokens, seconds in ((10, 1.0), (20, 1.0)):
        used(tokens, seconds)
    turn()
    used(30, 1.0)
    used(40, 1.0)
    turn()
    turn()
    used(50, 2.5)
    observed.session.emit("close", CloseEvent(reason=CloseReason.USER_INITIATED))
    assert observed.log.of(ModelUsed) == [
        ModelUsed(5.0, "llm", "openai", "mini", {"input_tokens": 20}),
        ModelUsed(5.0, "stt", "local", "whisper", {"audio_duration": 1.0}),
        ModelUsed(5.0, "llm", "openai", "mini", {"input_tokens": 40}),
        ModelUsed(5.0, "llm", "openai", "mini", {"input_tokens": 50}),
        ModelUsed(5.0, "stt", "local", "whisper", {"audio_duration": 2.5}),
    ]


async def test_nothing_that_was_said_is_no_turn(observed: Observed) -> None:
    message = ChatMessage(role="user", content=[""])  # as livekit adds it to a session that closes in the caller's turn
    assert observed.emit("conversation_item_added", ConversationItemAddedEvent(item=message)) == []


async def test_instructions_are_no_turn(observed: Observed) -> None:
    message = ChatMessage(role="system", content=["Be kind."])
    assert observed.emit("conversation_item_added", ConversationItemAddedEvent(item=message)) == []


async def test_a_tool_is_logged_with_its_arguments_and_what_came_of_it(observed: Observed) -> None:
    call = FunctionCall(call_id="call_1", name="book", arguments='{"day": "friday"}')
    started = ToolExecutionUpdatedEvent(update=ToolCallStarted(function_call=call), created_at=NOW)
    ended = ToolCallEnded(id="1", call_id="call_1", status="error", message="no")
    observed.emit("tool_execution_updated", started)
    entries = observed.emit("tool_execution_updated", ToolExecutionUpdatedEvent(update=ended, created_at=NOW + 1))
    assert entries == [
        ToolCalled(5.0, "book", {"day": "friday"}, "call_1"),
        ToolReturned(6.0, "call_1", "error", "no"),
    ]


@pytest.mark.parametrize(
    ("text", "arguments"),
    [("", {}), ("day: friday", {"": "day: friday"}), ("[1]", {"": [1]}), ("[" * 100_000, {"": "[" * 100_000})],
)
def test_arguments_that_are_no_object_are_kept_as_they_are(text: str, arguments: object) -> None:
    assert tool_arguments(text) == arguments


async def test_an_error_is_logged_by_its_cause(observed: Observed) -> None:
    error: Any = type("LLMError", (), {"error": ValueError("no")})()
    event = ErrorEvent(error=error, source=cast(Any, None), created_at=NOW)
    assert observed.emit("error", event) == [Trouble(5.0, "ValueError: no")]


async def test_a_decision_is_logged_with_what_was_heard_but_once(observed: Observed) -> None:
    transcript = UserInputTranscribedEvent(transcript="Okay.", is_final=True, created_at=NOW)
    observed.emit("user_input_transcribed", transcript)
    heard = (Heard(4.9, "Oka", False, None), Heard(4.95, "Okay.", True, 0.9))
    record = OverlapRecord(4.5, 4.9, 4.95, "drop", "acknowledgement", heard)
    for told in observed.decided:
        told(record)
    assert list(observed.log) == [
        CallerHeard(5.0, "Okay.", True),
        CallerHeard(4.9, "Oka", False),
        GateDecided.of(record),
    ]


def test_the_same_words_again_are_another_transcript() -> None:
    log = ObservationLog(lambda: 0.0)
    transcripts = TranscriptLog(log, before=0.1, after=0.2)
    for at in (1.0, 1.05, 0.85, 0.79, 1.2):
        transcripts.add(CallerHeard(at, "Okay.", True))
    assert [entry.at for entry in log.of(CallerHeard)] == [1.0, 0.79, 1.2]


async def test_the_agents_playouts_are_logged(observed: Observed) -> None:
    line = PhoneLine()
    observed.session.output.audio = line.audio_output
    observed.observer.follow_playout(observed.session)
    line.audio_output.emit("playback_started", PlaybackStartedEvent(created_at=NOW))
    line.audio_output.emit("playback_finished", PlaybackFinishedEvent(playback_position=1.0, interrupted=True))
    audible, ended = observed.log
    assert (audible, isinstance(ended, PlayoutEnded) and ended.interrupted) == (AgentAudible(5.0), True)


async def test_a_key_is_logged(observed: Observed) -> None:
    observed.observer.key_pressed("#")
    assert [entry.digits for entry in observed.log.of(CallerKeys)] == ["#"]


@pytest.mark.parametrize(
    ("reason", "event"),
    [(CloseReason.ERROR, "session failed"), (CloseReason.PARTICIPANT_DISCONNECTED, "caller left")],
)
def test_the_end_of_a_session_is_told_by_its_reason(reason: CloseReason, event: str) -> None:
    assert closing(CloseEvent(reason=reason)) == event


def test_words_are_logged_as_they_are_said_and_not_after_a_cut() -> None:
    log = ObservationLog(lambda: 1.0)
    spoken = SpokenWords(log)

    async def say(*words: str) -> None:
        for word in words:
            await spoken.capture_text(word)

    log.add(AgentAudible(0.5))
    asyncio.run(say("Hello", " there."))
    spoken.flush()
    asyncio.run(say("And"))
    log.add(PlayoutEnded(1.0, interrupted=True))
    asyncio.run(say(" more"))
    assert [entry.text for entry in log.of(AgentWords)] == ["Hello", " there.", " And"]

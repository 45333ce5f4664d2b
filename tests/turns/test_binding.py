"""The gate on a real session in virtual time: what it is fed, and what becomes of each decision."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar, cast

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import ConversationItemAddedEvent, LanguageCode, stt
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import SpeechHandle

from callagent.audio import CallClock
from callagent.turns import GateConfig
from callagent.turns.binding import GateBinding
from callagent.turns.gate.decisions import Decision, Deliver, Drop, Hold, Interrupt, Journal, Pass, Resume, SetTimer
from callagent.turns.gate.events import (
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    Event,
    Transcript,
)
from callagent.turns.gate.overlap_record import OverlapRecord
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

T = TypeVar("T")

GREETING = "Welcome to our shop. We are open from nine to six on every day of the week except for Sundays and holidays."
PROFILE = a_profile(greeting=GREETING, replies=[{"when": "hours", "say": "From nine to six."}])


class Watched:
    """What a binding's observers were told, in order."""

    def __init__(self, binding: GateBinding) -> None:
        self.told: list[Event | Decision | OverlapRecord] = []
        self.binding = binding
        self._more = asyncio.Event()
        binding.on_event(self._tell)
        binding.on_decision(self._tell)
        binding.on_record(self._tell)

    def of(self, kind: type[T]) -> list[T]:
        return [one for one in self.told if isinstance(one, kind)]

    async def has_heard_of(self, kind: type[Event]) -> None:
        while not self.of(kind):
            self._more.clear()
            await self._more.wait()

    def _tell(self, one: Event | Decision | OverlapRecord) -> None:
        self.told.append(one)
        self._more.set()


def in_a_call(body: Callable[[VirtualCall, Watched], Coroutine[Any, Any, None]]) -> tuple[list[str], Watched]:
    """What was said in a call, and what the gate's observers were told of it; the agent greets first."""

    async def call() -> tuple[list[str], Watched]:
        async with VirtualCall(PROFILE) as call:
            assert call.call.gate is not None
            watched = Watched(call.call.gate)
            await asyncio.sleep(2.0)  # into the greeting
            await body(call, watched)
            await call.idle()
            await asyncio.sleep(5.0)
        return call.said, watched

    return virtually(call)


def said_over_the_greeting(words: str) -> tuple[list[str], Watched]:
    async def body(call: VirtualCall, _: Watched) -> None:
        await call.interject(words)

    return in_a_call(body)


def test_an_acknowledgement_reaches_nobody_and_the_agent_talks_on() -> None:
    said, watched = said_over_the_greeting("Okay.")
    assert said == [f"agent: {GREETING}"]
    assert watched.of(Drop) and not watched.of(Interrupt)
    assert [record.decision for record in watched.binding.journal] == ["drop"]


def test_a_command_stops_the_agent_and_is_a_turn() -> None:
    said, watched = said_over_the_greeting("Stop.")
    assert said[1] == "caller: Stop."
    (interruption,) = watched.of(Interrupt)
    (record,) = watched.binding.journal
    assert (record.decision, record.rule, record.text) == ("interrupt", interruption.rule, "Stop.")
    assert record.silent_at is not None and record.silent_at >= record.decided_at


def test_words_after_the_agents_are_a_turn_like_any_other() -> None:
    async def body(call: VirtualCall, _: Watched) -> None:
        await call.say("What are your hours?")

    said, watched = in_a_call(body)
    assert said == [f"agent: {GREETING}", "caller: What are your hours?", "agent: From nine to six."]
    assert watched.binding.journal == [] and watched.of(Pass)


def test_observers_hear_of_an_event_before_what_the_gate_makes_of_it() -> None:
    _, watched = said_over_the_greeting("Stop.")
    started = next(index for index, one in enumerate(watched.told) if isinstance(one, CallerStarted))
    decided = next(index for index, one in enumerate(watched.told) if isinstance(one, Interrupt))
    assert started < decided
    assert watched.of(OverlapRecord) == watched.binding.journal == [each.record for each in watched.of(Journal)]


def test_the_gate_gets_the_text_that_the_agent_is_about_to_say() -> None:
    _, watched = said_over_the_greeting("Okay.")
    assert "".join(each.text for each in watched.of(AgentText)).replace(" ", "") == GREETING.replace(" ", "")


def test_a_timer_of_the_gate_fires_when_it_is_due() -> None:
    _, watched = said_over_the_greeting("Okay.")
    assert watched.of(SetTimer), "an overlap has its time limits"
    assert watched.binding._timers == {}, "each has fired or was cancelled"


def test_a_caller_who_is_waited_for_has_a_turn_whatever_they_say() -> None:
    async def body(call: VirtualCall, watched: Watched) -> None:
        with watched.binding.on_hold():
            assert watched.of(AgentState)[-1].state == "listening"
            await call.interject("Okay.")
        assert watched.of(AgentState)[-1].state == "speaking"

    said, _ = in_a_call(body)
    assert "caller: Okay." in said


def test_the_end_of_the_session_ends_the_overlap_that_is_going_on() -> None:
    async def body(call: VirtualCall, watched: Watched) -> None:
        speaking = asyncio.create_task(call.interject("Well, I really wonder whether"), name="test.caller")
        await watched.has_heard_of(CallerStarted)
        await call.call.session.aclose()
        await speaking

    async def call() -> Watched:
        async with VirtualCall(PROFILE) as call:
            assert call.call.gate is not None
            watched = Watched(call.call.gate)
            await asyncio.sleep(2.0)
            await body(call, watched)
        return watched

    watched = virtually(call)
    assert len(watched.binding.journal) == 1 and watched.binding._timers == {}


# -- without a session: the two ways through it


def binding() -> GateBinding:
    return GateBinding(GateConfig.from_profile(PROFILE), clock=CallClock())


def event(text: str, *, final: bool = True) -> stt.SpeechEvent:
    kind = stt.SpeechEventType.FINAL_TRANSCRIPT if final else stt.SpeechEventType.INTERIM_TRANSCRIPT
    return stt.SpeechEvent(type=kind, alternatives=[stt.SpeechData(language=LanguageCode("en"), text=text)])


async def recognised(*events: stt.SpeechEvent, error: Exception | None = None) -> AsyncIterator[stt.SpeechEvent]:
    for each in events:
        yield each
    if error is not None:
        raise error


async def test_what_are_no_words_goes_through_as_it_is() -> None:
    start = stt.SpeechEvent(type=stt.SpeechEventType.START_OF_SPEECH)
    usage = stt.SpeechEvent(type=stt.SpeechEventType.RECOGNITION_USAGE)
    assert [each async for each in binding().filter(recognised(start, usage))] == [start, usage]


async def test_words_to_come_are_those_of_an_interim_transcript_that_has_no_final_one_yet() -> None:
    gate, seen = binding(), []
    async for _ in gate.filter(recognised(event("so", final=False), event("so what"), event(" ", final=False))):
        pass
    for text, final in (("so", False), ("so what", True), (" ", False)):
        async for _ in gate.filter(recognised(event(text, final=final))):
            pass
        seen.append(gate.words_to_come)
    assert seen == [True, False, False]


async def test_an_error_of_the_recogniser_is_raised_where_its_words_are_taken() -> None:
    taken = []
    with pytest.raises(ConnectionError, match="broken on purpose"):
        async for each in binding().filter(recognised(event("hello"), error=ConnectionError("broken on purpose"))):
            taken.append(each.alternatives[0].text)
    assert taken == ["hello"]


async def test_a_recogniser_is_let_go_of_when_nobody_takes_its_words_any_more() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[stt.SpeechEvent]:
        try:
            yield event("hello")
            await asyncio.Event().wait()
        finally:
            closed.set()

    events = endless()
    words = binding().filter(events)
    await anext(words)
    await words.aclose()
    assert closed.is_set()


def frames(dbfs: float, seconds: float) -> list[rtc.AudioFrame]:
    wave = np.sin(2 * np.pi * 400 * np.arange(160) / 8000) * np.sqrt(2) * 10 ** (dbfs / 20)
    pcm = np.asarray(wave * 32767, dtype=np.int16).tobytes()
    return [rtc.AudioFrame(pcm, 8000, 1, 160) for _ in range(round(seconds / 0.02))]


async def played(sounds: list[rtc.AudioFrame]) -> AsyncIterator[rtc.AudioFrame]:
    for each in sounds:
        yield each


async def heard(gate: GateBinding, sounds: list[rtc.AudioFrame]) -> list[rtc.AudioFrame]:
    return [frame async for frame in gate.listen(played(sounds))]


def test_the_agents_echo_is_silence_to_the_recogniser_and_the_caller_is_not() -> None:
    async def body(call: VirtualCall, watched: Watched) -> None:
        echo, caller = frames(-47.0, 0.5), frames(-20.0, 0.1)
        over = await heard(watched.binding, echo + caller)
        assert not any(bytes(frame.data).strip(b"\0") for frame in over[: len(echo)])
        assert [bytes(frame.data) for frame in over[len(echo) :]] == [bytes(frame.data) for frame in caller]
        assert {(each.sample_rate, each.samples_per_channel, each.num_channels) for each in over} == {(8000, 160, 1)}
        await call.idle()
        await asyncio.sleep(1.0)
        faint = frames(-47.0, 0.5)
        alone = await heard(watched.binding, frames(-90.0, 1.0) + faint)
        assert [bytes(frame.data) for frame in alone[-len(faint) :]] == [bytes(frame.data) for frame in faint]

    in_a_call(body)


async def test_the_gate_is_told_when_the_line_gets_loud_and_quiet() -> None:
    gate = binding()
    watched = Watched(gate)
    await heard(gate, frames(-90.0, 0.3) + frames(-20.0, 0.3) + frames(-90.0, 0.3))
    told = [each for each in watched.told if isinstance(each, CallerAudible | CallerHushed)]
    assert [type(each) for each in told] == [CallerHushed, CallerAudible, CallerHushed]


async def test_a_decision_that_is_not_known_is_an_error() -> None:
    with pytest.raises(TypeError, match="does not know"):
        binding()._carry_out(cast(Decision, object()))


async def test_without_a_session_nothing_is_interrupted_said_or_delivered() -> None:
    gate = binding()
    watched = Watched(gate)
    decisions: list[Decision] = [
        Interrupt(0.0, "test", 0.0),
        Resume(0.0, "test"),
        Deliver(0.0, "test", (1,)),
        Hold(0.0, "test", (1,)),
    ]
    for each in decisions:
        gate._carry_out(each)
    assert watched.told == decisions


def test_what_was_cut_off_is_taken_up_from_the_last_word() -> None:
    async def body(call: VirtualCall, watched: Watched) -> None:
        session = call.call.session
        session.interrupt()
        await call.idle()
        heard = ChatMessage(role="assistant", content=["Welcome to our shop. We are op"], interrupted=True)
        session.emit("conversation_item_added", ConversationItemAddedEvent(item=heard))
        watched.binding._carry_out(Resume(0.0, "test"))

    said, _ = in_a_call(body)
    assert said[-1] == f"agent: {GREETING[GREETING.index('open') :]}"


def test_a_speech_that_can_no_longer_be_interrupted_is_seen_with_the_next_event() -> None:
    async def body(call: VirtualCall, watched: Watched) -> None:
        speech = call.call.session.current_speech
        assert isinstance(speech, SpeechHandle)
        speech.allow_interruptions = False
        await call.interject("Stop.")
        assert watched.of(AgentState)[-1].interruptible is False

    said, watched = in_a_call(body)
    assert said[0] == f"agent: {GREETING}" and not watched.of(Interrupt)
    assert watched.of(Transcript)

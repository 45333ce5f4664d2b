import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, ErrorEvent, UserStateChangedEvent, llm, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NotGivenOr

from callagent.agent import Ending, Sounds
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextInput
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

HELLO: dict[str, Any] = {"greeting": "Hello."}


class BrokenLLM(llm.LLM[Any]):
    """A provider that is gone."""

    def chat(self, **arguments: Any) -> llm.LLMStream:
        return _Broken(self, chat_ctx=arguments["chat_ctx"], tools=[], conn_options=DEFAULT_API_CONNECT_OPTIONS)


class _Broken(llm.LLMStream):
    async def _run(self) -> None:
        raise APIConnectionError("no route to host")


AWAY = UserStateChangedEvent(old_state="listening", new_state="away")


class Line(TextInput):
    """Does something when the session lets go of it, which is while it closes."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self._then = then

    def on_detached(self) -> None:
        self._then()


class LostSounds(Sounds):
    """Has lost the question whether the caller is there."""

    def audio(self, text: str) -> NotGivenOr[AsyncIterable[rtc.AudioFrame]]:
        if "still there" in text:
            raise KeyError(text)
        return super().audio(text)


class Mute(tts.TTS[Any]):
    """A voice that says nothing and does not end."""

    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=8_000, num_channels=1)

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return _Silence(tts=self, input_text=text, conn_options=conn_options)


class _Silence(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(request_id="1", sample_rate=8_000, num_channels=1, mime_type="audio/pcm")
        await asyncio.Event().wait()


def test_who_is_silent_is_asked_and_then_the_call_ends() -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO, flow={"idle": "10 s"})) as call:
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert call.said == [
        "agent: Hello.",
        "agent: Are you still there?",
        "agent: I cannot hear you, so I will end the call now. Goodbye.",
    ]
    assert call.call.flow.ending == Ending("silence")
    assert 20 < call.ended.result() < 35


def test_who_answers_the_question_is_asked_anew_the_next_time() -> None:
    async def body() -> list[str]:
        async with VirtualCall(a_profile(**HELLO, flow={"idle": "10 s"})) as call:
            await call.hears("still there")
            await call.say("Yes, I am here.")
            await asyncio.wait_for(call.ended, 120)
        return call.said

    assert [turn for turn in virtually(body) if "still there" in turn] == ["agent: Are you still there?"] * 2


def test_who_is_silent_is_asked_as_often_as_the_profile_says() -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO, flow={"idle": "10 s", "idle_questions": 3})) as call:
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert [turn for turn in call.said if "still there" in turn] == ["agent: Are you still there?"] * 3
    assert call.call.flow.ending == Ending("silence")


def test_without_a_question_the_silences_are_counted_all_the_same() -> None:
    async def body() -> VirtualCall:
        flow, phrases = {"idle": "10 s", "idle_questions": 2}, {"still_there": ""}
        async with VirtualCall(a_profile(**HELLO, flow=flow, phrases=phrases)) as call:
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert call.said == ["agent: Hello.", "agent: I cannot hear you, so I will end the call now. Goodbye."]
    assert 30 < call.ended.result() < 40


def test_a_call_without_idle_and_duration_goes_on() -> None:
    async def body() -> bool:
        async with VirtualCall(a_profile(**HELLO, flow={})) as call:
            await asyncio.sleep(7200)
            return call.ended.done()

    assert not virtually(body)


def test_a_call_ends_at_its_longest_duration_in_the_middle_of_a_sentence() -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(
            a_profile(greeting="Let me tell you a story. " * 40, flow={"max_duration": "30 s"})
        ) as call:
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert call.said[-1].startswith("agent: I am sorry, but I have to end the call now.")
    assert call.call.flow.ending == Ending("max duration")
    assert 34 < call.ended.result() < 40


def test_the_longest_duration_ends_a_notice_that_the_caller_cannot_stop() -> None:
    async def body() -> VirtualCall:
        flow = {"notice": "This call is recorded, and so on. " * 25, "max_duration": "30 s"}
        async with VirtualCall(a_profile(**HELLO, flow=flow)) as call:
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert call.said[-1].startswith("agent: I am sorry, but I have to end the call now.")
    assert 34 < call.ended.result() < 40


def test_the_last_words_are_said_to_their_end_whatever_the_caller_says() -> None:
    goodbye = "Thank you very much for your call, and goodbye from all of us here. We are open again on Monday at nine."

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO)) as call:
            await call.idle()
            call.call.flow.finish(goodbye, Ending("worker stopped"))
            await asyncio.sleep(0.5)
            await call.interject("Stop, please stop now!")
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert call.said[-2:] == [f"agent: {goodbye}", "caller: Stop, please stop now!"]
    assert call.ended.result() - call.spoke_at[-1] > 5
    assert call.call.flow.ending == Ending("worker stopped")


def test_last_words_that_the_voice_does_not_say_are_waited_for_no_longer_than_they_may_take() -> None:
    async def body() -> tuple[VirtualCall, float]:
        async with VirtualCall(a_profile(), tts=Mute()) as call:
            await asyncio.sleep(5)
            call.call.flow.finish("Goodbye.", Ending("worker stopped"))
            await asyncio.wait_for(call.ended, 120)
        return call, call.ended.result() - 5

    call, took = virtually(body)
    assert call.call.flow.ending == Ending("worker stopped")
    assert 15.0 <= took < 15.9


def test_a_session_that_closes_already_is_no_failure_of_its_last_words(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO)) as call:
            await call.idle()
            flow = call.call.flow
            call.call.session.input.audio = Line(lambda: flow.finish("Goodbye.", Ending("worker stopped")))
        return call

    assert virtually(body).call.flow.ending == Ending("worker stopped")
    assert "the flow of the call broke" not in caplog.messages


def test_who_falls_silent_while_the_session_closes_is_not_asked(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO, flow={"idle": "10 s"})) as call:
            await call.idle()
            session = call.call.session
            session.input.audio = Line(lambda: session.emit("user_state_changed", AWAY))
        return call

    assert virtually(body).call.flow.ending is None
    assert "the flow of the call broke" not in caplog.messages


def test_a_question_that_cannot_be_asked_ends_the_call_at_once_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> VirtualCall:
        profile = a_profile(greeting="Let me tell you a story. " * 40, flow={"idle": "10 s"})
        async with VirtualCall(profile, sounds=LostSounds()) as call:
            await asyncio.sleep(5)
            call.call.session.emit("user_state_changed", AWAY)
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    ending = call.call.flow.ending
    assert ending == Ending("provider failure", "KeyError: 'Are you still there?'")
    assert call.ended.result() < 7
    assert "the flow of the call broke" in caplog.messages


def test_a_call_that_is_over_has_no_longest_duration() -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO, flow={"max_duration": "30 s"})) as call:
            await call.idle()
        await asyncio.sleep(60)
        return call

    assert virtually(body).call.flow.ending is None


@pytest.mark.parametrize("error", [APIConnectionError("no route to host"), RuntimeError("said by somebody else")])
def test_what_a_provider_recovers_from_and_what_is_no_failure_of_one_does_not_end_the_call(error: Exception) -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO)) as call:
            await call.idle()
            wrapped = llm.LLMError(timestamp=0.0, label="test", error=error, recoverable=True)
            told = wrapped if isinstance(error, APIConnectionError) else error
            call.call.session.emit("error", ErrorEvent(error=told, source=call.call.session.llm))
            await asyncio.sleep(60)
            assert not call.ended.done()
        return call

    assert virtually(body).call.flow.ending is None


def test_when_a_provider_fails_the_caller_is_told_and_the_call_ends() -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO), llm=BrokenLLM()) as call:
            await call.say("Are you open on Friday?")
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert call.said[-1].startswith("agent: I am sorry, something has gone wrong on our side.")
    ending = call.call.flow.ending
    assert ending is not None
    assert (ending.why, "no route to host" in str(ending.error)) == ("provider failure", True)


def test_the_first_ending_counts() -> None:
    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO)) as call:
            call.call.flow.finish("One.", Ending("worker stopped"))
            call.call.flow.finish("Two.", Ending("silence"))
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    assert (call.said[-1], call.call.flow.ending) == ("agent: One.", Ending("worker stopped"))


def test_an_ending_during_a_goodbye_that_is_taken_back_comes_after_it() -> None:
    async def body() -> VirtualCall:
        flow = {"idle": "10 s", "idle_questions": 0, "max_duration": "13 s"}
        async with VirtualCall(a_profile(**HELLO, flow=flow)) as call:
            await asyncio.sleep(12.5)
            assert call.call.flow.ending == Ending("silence")
            await call.interject("Wait, I am here.")
            await asyncio.wait_for(call.ended, 120)
        return call

    call = virtually(body)
    first, last = [turn for turn in call.said if turn.startswith("agent")][1:]
    assert first.startswith("agent: I cannot hear you")
    assert last.startswith("agent: I am sorry, but I have to end the call now.")
    assert call.call.flow.ending == Ending("max duration")


def test_the_notice_is_said_to_its_end_before_the_greeting() -> None:
    async def body() -> list[str]:
        async with VirtualCall(a_profile(**HELLO, flow={"notice": "This call is recorded."})) as call:
            await asyncio.sleep(0.5)
            await call.interject("Stop!")
            await asyncio.sleep(10)
        return call.said

    assert virtually(body)[0] == "agent: This call is recorded."


def test_what_was_made_ahead_is_played_at_once_and_without_the_voice() -> None:
    async def body() -> tuple[list[str], float]:
        sounds = Sounds()
        await sounds.prepare(ScriptedTTS(), ["Hello."], a_profile())
        assert "Hello." in sounds
        async with VirtualCall(a_profile(**HELLO), sounds=sounds) as call:
            await call.hears("Hello.")
        return call.said, call.spoke_at[0]

    said, waited = virtually(body)
    assert said == ["agent: Hello."]
    assert waited < 0.05  # the scripted voice takes 100 ms


def test_speech_made_ahead_is_cut_into_frames_of_20_ms() -> None:
    async def body() -> list[rtc.AudioFrame]:
        sounds = Sounds()
        await sounds.prepare(ScriptedTTS(), ["Hello there."], a_profile())
        audio = sounds.audio("Hello there.")
        assert audio
        return [frame async for frame in audio]

    frames = virtually(body)
    assert {frame.duration for frame in frames[:-1]} == {0.02}

import asyncio
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectionError, llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from callagent.agent import Ending, Sounds
from callagent.profile import NumberReading
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
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
        await sounds.prepare(ScriptedTTS(), ["Hello."], NumberReading())
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
        await sounds.prepare(ScriptedTTS(), ["Hello there."], NumberReading())
        audio = sounds.audio("Hello there.")
        assert audio
        return [frame async for frame in audio]

    frames = virtually(body)
    assert {frame.duration for frame in frames[:-1]} == {0.02}

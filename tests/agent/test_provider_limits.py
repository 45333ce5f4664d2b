"""Providers that send without end, or far too much: the caller is told as at an outage, and nothing piles up."""

import asyncio
from typing import Any

import pytest
from livekit.agents import APIConnectOptions, LanguageCode, llm, stt, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.agent import Sounds
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

RATE = 8_000
ENOUGH = 1_000_000
"""Pieces after which a stand-in gives up: nobody has stopped it."""


class Flooding(llm.LLM[Any]):
    """Sends the same piece over and over; `sent` counts them."""

    def __init__(self, delta: llm.ChoiceDelta, pause: float) -> None:
        super().__init__()
        self.delta, self.pause, self.sent = delta, pause, 0

    def chat(self, **arguments: Any) -> llm.LLMStream:
        return _Flood(self, chat_ctx=arguments["chat_ctx"], tools=[], conn_options=DEFAULT_API_CONNECT_OPTIONS)


class _Flood(llm.LLMStream):
    async def _run(self) -> None:
        model = self._llm
        assert isinstance(model, Flooding)
        while model.sent < ENOUGH:
            model.sent += 1
            self._event_ch.send_nowait(llm.ChatChunk(id="1", delta=model.delta))
            await asyncio.sleep(model.pause)


class Droning(tts.TTS[Any]):
    """A voice that sends a second of sound at a time, `seconds` of them, and then neither sound nor an end."""

    def __init__(self, seconds: int) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE, num_channels=1)
        self.seconds, self.sent = seconds, 0

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return _Drone(tts=self, input_text=text, conn_options=conn_options)


class _Drone(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        voice = self._tts
        assert isinstance(voice, Droning)
        output_emitter.initialize(request_id="1", sample_rate=RATE, num_channels=1, mime_type="audio/pcm")
        while voice.sent < voice.seconds:
            voice.sent += 1
            output_emitter.push(bytes(2 * RATE))
            await asyncio.sleep(0.001)
        await asyncio.Event().wait()


class Chattering(stt.STT[Any]):
    """A recogniser that sends the same transcript over and over."""

    def __init__(self, text: str, pause: float) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.text, self.pause, self.sent = text, pause, 0

    def stream(
        self, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        return _Chatter(stt=self, conn_options=conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError


class _Chatter(stt.RecognizeStream):
    async def _run(self) -> None:
        recogniser = self._stt
        assert isinstance(recogniser, Chattering)
        words = stt.SpeechData(language=LanguageCode("en"), text=recogniser.text, confidence=0.9)
        while recogniser.sent < ENOUGH:
            recogniser.sent += 1
            kind = stt.SpeechEventType.INTERIM_TRANSCRIPT
            self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=[words]))
            await asyncio.sleep(recogniser.pause)


def told(call: VirtualCall) -> str:
    """Asserts that the call has ended as at an outage; why."""
    assert any("something has gone wrong on our side" in said for said in call.said)
    ending = call.call.flow.ending
    assert ending is not None
    assert ending.why == "provider failure"
    return ending.error or ""


def a_tool() -> llm.FunctionToolCall:
    return llm.FunctionToolCall(name="look_up", arguments='{"what": "x"}', call_id="1")


FLOODS: list[tuple[llm.ChoiceDelta, float, str, int]] = [
    (llm.ChoiceDelta(role="assistant", content="and so on, "), 0.01, "limits.reply)", 1_000),
    (llm.ChoiceDelta(role="assistant", content="and " * 100_000), 0.01, "limits.reply)", 3),
    (llm.ChoiceDelta(role="assistant", content="x"), 1.0, "limits.reply_time)", 200),
    (llm.ChoiceDelta(role="assistant", content=""), 0.5, "limits.reply_time)", 400),
    (llm.ChoiceDelta(role="assistant", tool_calls=[a_tool()]), 0.01, "more than 32 tools", 100),
]
"""What a model repeats, the seconds between, the limit that stops it, and how many pieces it may send until then."""


@pytest.mark.parametrize(("delta", "pause", "limit", "most"), FLOODS)
def test_a_model_that_never_ends_is_an_outage(delta: llm.ChoiceDelta, pause: float, limit: str, most: int) -> None:
    model = Flooding(delta, pause)

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(greeting="Hello."), llm=model) as call:
            await call.say("Tell me everything.")
            await asyncio.wait_for(call.ended, 400)
        return call

    assert limit in told(virtually(body))
    assert model.sent < most


@pytest.mark.parametrize(("seconds", "limit"), [(ENOUGH, "limits.speech)"), (3, "limits.speech_pause)"), (0, "pause)")])
def test_a_voice_that_never_ends_is_an_outage(seconds: int, limit: str) -> None:
    voice = Droning(seconds)

    async def body() -> VirtualCall:
        profile, sounds = a_profile(greeting="Hello."), Sounds()
        await sounds.prepare(ScriptedTTS(), [profile.phrases.trouble], profile.number_reading)
        async with VirtualCall(profile, tts=voice, sounds=sounds) as call:
            await asyncio.wait_for(call.ended, 1_200)
        return call

    assert limit in told(virtually(body))
    assert voice.sent <= 15 * 60 + 10


@pytest.mark.parametrize(
    ("text", "pause", "limit", "most"),
    [
        ("hello", 0.001, "limits.transcripts)", 200),
        ("", 0.001, "limits.transcripts)", 200),
        ("hello " * 1_000_000, 0.2, "limits.transcript)", 3),
    ],
    ids=["words", "nothing", "a book"],
)
def test_a_recogniser_that_floods_is_an_outage(text: str, pause: float, limit: str, most: int) -> None:
    recogniser = Chattering(text, pause)

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(greeting="Hello."), stt=recogniser) as call:
            await asyncio.wait_for(call.ended, 60)
        return call

    assert limit in told(virtually(body))
    assert recogniser.sent < most


def test_limits_are_those_of_the_profile() -> None:
    model = Flooding(llm.ChoiceDelta(role="assistant", content="0123456789"), 0.01)

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(greeting="Hello.", limits={"reply": 100}), llm=model) as call:
            await call.say("Tell me everything.")
            await asyncio.wait_for(call.ended, 400)
        return call

    assert "longer than 100 characters" in told(virtually(body))
    assert model.sent < 20


def test_a_long_answer_and_a_long_pause_of_the_caller_are_no_outage() -> None:
    async def body() -> VirtualCall:
        profile = a_profile(
            greeting="Hello.",
            replies=[{"when": "everything", "say": "Once upon a time there was a dentist. " * 100}],
            flow={},
        )
        async with VirtualCall(profile) as call:
            await call.say("Tell me everything.")
            await call.hears("dentist")
            await asyncio.sleep(600)
            assert call.call.flow.ending is None
        return call

    assert not any("gone wrong" in said for said in virtually(body).said)

"""Providers that send without end, or far too much: the caller is told as at an outage, and nothing piles up."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any, TypeVar

import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, FlushSentinel, LanguageCode, llm, stt, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.agent import Sounds
from callagent.agent.provider_limits import OverLimitError, SpeechLimit, limited_reply, limited_transcripts
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

Piece = TypeVar("Piece")

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


PATIENT: dict[str, Any] = {"hangs_after": None}
"""What hangs is left to the limits."""

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
        async with VirtualCall(a_profile(greeting="Hello.", outage=PATIENT), llm=model) as call:
            await call.say("Tell me everything.")
            await asyncio.wait_for(call.ended, 400)
        return call

    assert limit in told(virtually(body))
    assert model.sent < most


@pytest.mark.parametrize(("seconds", "limit"), [(ENOUGH, "limits.speech)"), (3, "limits.speech_pause)"), (0, "pause)")])
def test_a_voice_that_never_ends_is_an_outage(seconds: int, limit: str) -> None:
    voice = Droning(seconds)

    async def body() -> VirtualCall:
        profile, sounds = a_profile(greeting="Hello.", outage=PATIENT), Sounds()
        await sounds.prepare(ScriptedTTS(), [profile.phrases.trouble], profile)
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


class Over(list[str]):
    """What was said to be over a limit, as `over` of the functions takes it."""

    def __call__(self, error: OverLimitError) -> None:
        self.append(str(error))


async def pieces_of(pieces: Iterable[Piece], *, then_s: float = 0.0) -> AsyncGenerator[Piece, None]:
    """One piece after the other, all at once, and so many seconds until the end."""
    for piece in pieces:
        yield piece
    await asyncio.sleep(then_s)


def chunk(content: str | None = None, *tools: llm.FunctionToolCall) -> llm.ChatChunk:
    return llm.ChatChunk(id="1", delta=llm.ChoiceDelta(role="assistant", content=content, tool_calls=list(tools)))


def reply_of(*chunks: llm.ChatChunk | str | FlushSentinel, then_s: float = 0.0, **limits: Any) -> tuple[int, list[str]]:
    """How many pieces of a model's answer come through, and what was over a limit, 10 minutes later."""

    async def body() -> tuple[int, list[str]]:
        over = Over()
        settings = a_profile(limits=limits).limits
        passed = [chunk async for chunk in limited_reply(pieces_of(chunks, then_s=then_s), settings, over)]
        await asyncio.sleep(600)
        return len(passed), over

    return virtually(body)


WITHOUT_TEXT: list[llm.ChatChunk | str | FlushSentinel] = [FlushSentinel(), llm.ChatChunk(id="1"), chunk(None), ""]
LONGER = ["the answer is longer than 100 characters (limits.reply)"]


@pytest.mark.parametrize(
    ("chunks", "characters"),
    [
        (["x" * 60, "y" * 40], 100),
        ([chunk("x" * 60), chunk("y" * 41)], 101),
        ([chunk("x" * 80), chunk(None, a_tool())], 80 + len("look_up") + len('{"what": "x"}')),
        ([chunk("x" * 81), chunk(None, a_tool())], 81 + len("look_up") + len('{"what": "x"}')),
        ([chunk("x" * 61, a_tool(), a_tool())], 61 + 2 * (len("look_up") + len('{"what": "x"}'))),
        ([*WITHOUT_TEXT, "x" * 100, *WITHOUT_TEXT], 100),
        ([*WITHOUT_TEXT, "x" * 101], 101),
    ],
    ids=["text", "a model's", "a tool", "a tool too many", "two tools", "pieces without text", "text after those"],
)
def test_all_characters_of_an_answer_count_those_of_tools_too(
    chunks: list[llm.ChatChunk | str | FlushSentinel], characters: int
) -> None:
    passed = len(chunks) if characters <= 100 else len(chunks) - 1
    assert reply_of(*chunks, reply=100) == (passed, [] if characters <= 100 else LONGER)


def test_an_answer_may_call_so_many_tools_and_no_more() -> None:
    first = [*WITHOUT_TEXT, *[chunk(None, a_tool(), a_tool())] * 16]
    assert reply_of(*first, "done") == (len(first) + 1, [])
    assert reply_of(*first, chunk(None, a_tool()), "done") == (len(first), ["the answer calls more than 32 tools"])


def test_an_answer_that_ends_in_time_is_none_that_is_late() -> None:
    assert reply_of("Yes.", then_s=4.9, reply_time="5 s") == (1, [])
    assert reply_of("Yes.", then_s=5.1, reply_time="5 s") == (
        1,
        ["the answer has not ended after 5 s (limits.reply_time)"],
    )


def sound(seconds: float) -> tts.SynthesizedAudio:
    frame = rtc.AudioFrame(bytes(2 * round(RATE * seconds)), RATE, 1, round(RATE * seconds))
    return tts.SynthesizedAudio(frame=frame, request_id="1")


def test_speech_may_last_so_long_and_no_longer() -> None:
    async def body(frames: int) -> tuple[int, list[str]]:
        over = Over()
        limit = SpeechLimit(a_profile(limits={"speech": "10 s"}).limits, over)
        passed = [frame async for frame in limit.speech(pieces_of([sound(0.5)] * frames))]
        return len(passed), over

    assert virtually(lambda: body(20)) == (20, [])
    assert virtually(lambda: body(21)) == (20, ["more than 10 s of speech (limits.speech)"])


async def _spoken(limit: SpeechLimit, text_ends_s: float, *pauses_s: float) -> None:
    """A voice is given its last word after so long, and speaks after each of the pauses."""

    async def pieces() -> AsyncGenerator[tts.SynthesizedAudio, None]:
        for pause in pauses_s:
            await asyncio.sleep(pause)
            yield sound(0.1)

    asyncio.get_running_loop().call_later(text_ends_s, limit.text_ends)
    async for _ in limit.speech(pieces()):
        pass


@pytest.mark.parametrize(
    ("text_ends_s", "pauses_s", "silent"),
    [
        (0.0, (4.9, 4.9, 4.9), False),
        (0.0, (4.9, 5.1), True),
        (0.0, (5.1,), True),
        (60.0, (30.0, 20.0, 1.0), False),
        (60.0, (30.0, 34.9), False),
        (60.0, (30.0, 35.1), True),
    ],
    ids=[
        "short ones",
        "a long one",
        "a long one at first",
        "ends before its text",
        "since the text",
        "too long since it",
    ],
)
def test_a_voice_may_pause_for_so_long_once_it_has_all_of_its_text(
    text_ends_s: float, pauses_s: tuple[float, ...], silent: bool
) -> None:
    async def body() -> list[str]:
        over = Over()
        limit = SpeechLimit(a_profile(limits={"speech_pause": "5 s"}).limits, over)
        await _spoken(limit, text_ends_s, *pauses_s)
        await asyncio.sleep(600)
        return over

    assert virtually(body) == (["no speech for 5 s (limits.speech_pause)"] if silent else [])


def heard(gaps_s: Iterable[float], *texts: str, **limits: Any) -> tuple[int, list[str]]:
    """How many transcripts come through, one after each of the gaps, and what was over a limit."""

    async def body() -> tuple[int, list[str]]:
        async def events() -> AsyncGenerator[stt.SpeechEvent, None]:
            for gap in gaps_s:
                await asyncio.sleep(gap)
                words = [stt.SpeechData(language=LanguageCode("en"), text=text) for text in texts]
                yield stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=words)

        over = Over()
        settings = a_profile(limits=limits).limits
        passed = [event async for event in limited_transcripts(events(), settings, over)]
        return len(passed), over

    return virtually(body)


TOO_MANY = ["more than 16 transcripts a second (limits.transcripts)"]


@pytest.mark.parametrize(
    ("gaps_s", "passed", "over"),
    [
        ([0.0] * 32, 32, []),
        ([0.0] * 33, 32, TOO_MANY),
        ([0.0] * 32 + [2.0], 33, []),
        ([0.0] * 32 + [1.9], 32, TOO_MANY),
        ([0.0625] * 200, 200, []),
        ([0.0625] * 50 + [0.0], 50, TOO_MANY),
    ],
    ids=["many at once", "one more", "one more later", "one more too early", "at that rate", "one more at that rate"],
)
def test_there_may_be_so_many_transcripts_in_two_seconds(gaps_s: list[float], passed: int, over: list[str]) -> None:
    assert heard(gaps_s, "hello", transcripts=16) == (passed, over)


def test_every_reading_of_a_transcript_may_be_so_long_and_no_longer() -> None:
    assert heard([0.0], "x" * 500, "y" * 500, transcript=500) == (1, [])
    assert heard([0.0], "x", "y" * 501, transcript=500) == (
        0,
        ["a transcript has more than 500 characters (limits.transcript)"],
    )

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest
from livekit.agents import tts
from livekit.agents.types import APIConnectOptions

pytest.importorskip("piper", reason="the extra `local` is not installed")

from callagent.providers.local.piper.synthesis import Abort, Voice
from callagent.providers.local.piper.tts import LEADING_SILENCE_S, PiperTTS

RATE = 22050
TONE = 0.5


class FakeVoice(Voice):
    """Half a second of silence and a second of tone for each piece; can be made to wait."""

    def __init__(self) -> None:
        self.name = "fake"
        self.said: list[str] = []
        self.begun, self.aborted = threading.Event(), threading.Event()
        self.gate: threading.Event | None = None

    @property
    def sample_rate(self) -> int:
        return RATE

    def say(
        self, text: str, *, pace: float = 1.0, lively: bool = True, abort: Abort | None = None
    ) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        self.said.append(text)
        self.begun.set()
        while self.gate is not None and not self.gate.wait(0.01):
            if abort is not None and abort.stopped():
                self.aborted.set()
                return np.zeros(0, np.float32)
        return np.concatenate([np.zeros(RATE // 2, np.float32), np.full(RATE, TONE, np.float32)])


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


@pytest.fixture
async def spoken(voice: FakeVoice) -> AsyncIterator[PiperTTS]:
    made = PiperTTS(voice)
    yield made
    await made.aclose()


async def all_of(stream: tts.SynthesizeStream | tts.ChunkedStream) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    frames = [event.frame async for event in stream]
    await stream.aclose()
    return np.concatenate([np.array(frame.data, np.int16) for frame in frames])


async def test_text_is_spoken_sentence_by_sentence(voice: FakeVoice, spoken: PiperTTS) -> None:
    stream = spoken.stream()
    for token in ("Hello", " there.", " How are", " you?"):
        stream.push_text(token)
    stream.end_input()
    audio = await all_of(stream)
    assert voice.said == ["Hello there.", "How are you?"]
    assert len(audio) / RATE == pytest.approx(2.5 + LEADING_SILENCE_S, abs=0.05)


async def test_reply_begins_with_sound(spoken: PiperTTS) -> None:
    audio = await all_of(spoken.synthesize("Hello."))
    assert np.flatnonzero(audio)[0] / RATE == pytest.approx(LEADING_SILENCE_S, abs=0.001)


async def test_audio_is_resampled_when_asked_for(voice: FakeVoice) -> None:
    made = PiperTTS(voice, sample_rate=8000)
    audio = await all_of(made.synthesize("Hello."))
    assert made.sample_rate == 8000
    assert len(audio) / 8000 == pytest.approx(1 + LEADING_SILENCE_S, abs=0.02)
    await made.aclose()


async def test_later_sentences_wait_until_their_time_comes(voice: FakeVoice, spoken: PiperTTS) -> None:
    stream = spoken.stream()
    for number in ("one", "two", "three", "four", "five", "six"):
        stream.push_text(f"This is sentence {number}. ")
    stream.end_input()
    pushed = 0.0
    async for event in stream:
        pushed += event.frame.duration
        if pushed > 2.9:
            break
    assert len(voice.said) <= 4
    await stream.aclose()


async def test_interruption_stops_the_synthesis_and_begins_no_other(voice: FakeVoice, spoken: PiperTTS) -> None:
    voice.gate = threading.Event()
    stream = spoken.stream()
    stream.push_text("This is the first sentence. This is the second one.")
    stream.end_input()
    await asyncio.to_thread(voice.begun.wait)
    await stream.aclose()
    await asyncio.to_thread(voice.aborted.wait)
    assert voice.said == ["This is the first sentence."]


async def test_text_without_sounds_is_an_error_not_silence(spoken: PiperTTS) -> None:
    voice = Mute()
    with pytest.raises(Exception, match="no audio frames"):
        await all_of(PiperTTS(voice).synthesize("...", conn_options=APIConnectOptions(max_retry=0)))


class Mute(FakeVoice):
    """Has nothing to say."""

    def say(
        self, text: str, *, pace: float = 1.0, lively: bool = True, abort: Abort | None = None
    ) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return np.zeros(0, np.float32)

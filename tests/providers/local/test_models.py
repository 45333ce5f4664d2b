"""The real speech models on a handful of phrases."""

import asyncio
import importlib.util
import time
from collections.abc import AsyncIterator

import numpy as np
import numpy.typing as npt
import pytest
from livekit import rtc
from livekit.agents import stt
from livekit.agents.stt import SpeechEventType

from callagent.profile import load_profile
from callagent.providers import Providers, make_providers, prewarm, speech
from callagent.providers.local.whisper.transcript import key_words
from callagent.providers.registry import OFFERS

NEEDED = {*OFFERS["stt"]["local"].packages, *OFFERS["tts"]["local"].packages}
MISSING = sorted(package for package in NEEDED if importlib.util.find_spec(package) is None)

pytestmark = [
    pytest.mark.local_models,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (the extra `local`)"),
]

RATE = 8000
LONGEST_LAG = 0.5


@pytest.fixture(scope="module")
def warm() -> None:
    prewarm(load_profile("en-US", env={}))


@pytest.fixture
async def providers(warm: None) -> AsyncIterator[Providers]:
    made = make_providers(load_profile("en-US", env={}))
    yield made
    await made.stt.aclose()
    await made.tts.aclose()


def padded(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    return np.concatenate([np.zeros(RATE // 2, np.int16), samples, np.zeros(RATE // 2, np.int16)])


async def heard(recogniser: stt.STT[str], samples: npt.NDArray[np.int16], rate: int = RATE) -> list[stt.SpeechEvent]:
    step = rate // 50
    async with recogniser.stream() as stream:
        for start in range(0, len(samples), step):
            frame = samples[start : start + step]
            stream.push_frame(rtc.AudioFrame(frame.tobytes(), rate, 1, len(frame)))
        stream.end_input()
        return [event async for event in stream]


def finals(events: list[stt.SpeechEvent]) -> list[stt.SpeechData]:
    return [event.alternatives[0] for event in events if event.type is SpeechEventType.FINAL_TRANSCRIPT]


@pytest.mark.parametrize("phrase", ["Okay.", "Got it.", "No, stop.", "Sunday.", "What are your opening hours?"])
async def test_phrase_is_recognised_with_confidence(providers: Providers, phrase: str) -> None:
    (final,) = finals(await heard(providers.stt, padded(speech(phrase))))
    assert key_words(final.text) == key_words(phrase)
    assert 0.6 < final.confidence <= 1.0


@pytest.mark.parametrize(
    ("phrase", "spellings"),
    [("Mm-hmm.", {"mm", "mhm", "mmhmm", "hmm"}), ("Uh-huh.", {"uh", "uhhuh", "huh"})],
)
async def test_acknowledging_sound_is_spelt_as_one(providers: Providers, phrase: str, spellings: set[str]) -> None:
    (final,) = finals(await heard(providers.stt, padded(speech(phrase))))
    assert set(key_words(final.text)) <= spellings


async def test_long_speech_loses_no_words(providers: Providers) -> None:
    numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    said = np.concatenate([padded(speech(f"This is part {number} of it.")) for number in numbers])
    text = " ".join(final.text for final in finals(await heard(providers.stt, said)))
    assert key_words(text).count("part") == len(numbers)


@pytest.mark.parametrize("sound", ["silence", "noise", "hum", "bursts"])
async def test_what_is_not_speech_has_no_text(providers: Providers, sound: str) -> None:
    events = await heard(providers.stt, not_speech(sound))
    assert not [event for event in events if event.alternatives]


def not_speech(sound: str) -> npt.NDArray[np.int16]:
    random, at = np.random.default_rng(1), np.arange(2 * RATE) / RATE
    samples = {
        "silence": np.zeros(2 * RATE),
        "noise": 0.1 * random.standard_normal(2 * RATE),
        "hum": 0.2 * np.sin(2 * np.pi * 50 * at),
        "bursts": 0.5 * random.standard_normal(2 * RATE) * np.exp(-(at % 0.5) / 0.08),
    }[sound]
    pcm: npt.NDArray[np.int16] = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return pcm


async def test_other_sample_rates_are_understood(providers: Providers) -> None:
    wide = np.repeat(padded(speech("Hold on.")), 2)
    (final,) = finals(await heard(providers.stt, wide, rate=16_000))
    assert key_words(final.text) == ["hold", "on"]


async def test_whole_recordings_are_recognised(providers: Providers) -> None:
    samples = padded(speech("Tomorrow morning."))
    event = await providers.stt.recognize(rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples)))
    assert key_words(event.alternatives[0].text) == ["tomorrow", "morning"]


@pytest.mark.audio
async def test_recognition_does_not_hold_up_the_event_loop(providers: Providers) -> None:
    samples = padded(speech("I would like to book an appointment for Friday."))
    recognising = asyncio.create_task(heard(providers.stt, samples), name="test.recognise")
    longest = 0.0
    while not recognising.done():
        before = time.perf_counter()
        await asyncio.wait([recognising], timeout=0.005)
        longest = max(longest, time.perf_counter() - before)
    assert finals(recognising.result())
    assert longest < LONGEST_LAG


async def test_agent_speaks_at_once_and_is_understood(providers: Providers) -> None:
    stream = providers.tts.stream()
    stream.push_text("We are open from nine to six.")
    stream.end_input()
    frames = [event.frame async for event in stream]
    await stream.aclose()
    assert frames[0].sample_rate == providers.tts.sample_rate
    samples = np.concatenate([np.array(frame.data, np.int16) for frame in frames])
    (final,) = finals(await heard(providers.stt, samples, rate=providers.tts.sample_rate))
    assert key_words(final.text)[:3] == ["we", "are", "open"]


def test_callers_voice_is_trimmed_level_and_the_same_every_time(warm: None) -> None:
    first = speech("No, stop.")
    assert first is speech("No, stop.")
    assert first.dtype == np.int16
    loudest = np.abs(first.astype(int)).max()
    assert np.abs(first[:80].astype(int)).max() > loudest / 200
    assert 0.2 * 32768 < loudest < 32767
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_silence_has_no_samples(warm: None) -> None:
    assert len(speech("...")) == 0

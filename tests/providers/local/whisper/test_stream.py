import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from livekit import rtc
from livekit.agents import stt
from livekit.agents.stt import SpeechEvent, SpeechEventType
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from callagent.providers.local.whisper.stream import LONGEST_S, Listening, WhisperStream
from callagent.providers.local.whisper.transcript import UNSTEADY
from tests.providers.local.fakes import STEP, CountingRecogniser, HeldThread, LoudnessDetector, SameThread, sound

OPTIONS = Listening(
    language="en-US",
    interim_interval=0.15,
    end_silence=0.25,
    activation=0.5,
    deactivation=0.35,
    min_speech=0.05,
    prefix=0.3,
)
INTERIM, FINAL = SpeechEventType.INTERIM_TRANSCRIPT, SpeechEventType.FINAL_TRANSCRIPT
START, END = SpeechEventType.START_OF_SPEECH, SpeechEventType.END_OF_SPEECH


class Owner(stt.STT[str]):
    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))

    async def _recognize_impl(self, *_: object, **__: object) -> SpeechEvent:
        raise NotImplementedError


@dataclass
class Line:
    """Plays sounds to a stream and keeps what it says."""

    stream: WhisperStream
    recogniser: CountingRecogniser
    events: list[SpeechEvent] = field(default_factory=list)

    async def play(self, value: int, seconds: float) -> None:
        for frame in sound(value, seconds):
            self.stream.push_frame(frame)
            await settled()

    async def push_at_once(self, frames: list[rtc.AudioFrame]) -> None:
        for frame in frames:
            self.stream.push_frame(frame)
        await settled()

    async def listen(self) -> None:
        async for event in self.stream:
            self.events.append(event)

    def kinds(self) -> list[SpeechEventType]:
        seen = [event.type for event in self.events if event.type is not SpeechEventType.RECOGNITION_USAGE]
        return [kind for at, kind in enumerate(seen) if kind is not INTERIM or at == 0 or seen[at - 1] is not INTERIM]

    def texts(self, kind: SpeechEventType) -> list[str]:
        return [event.alternatives[0].text for event in self.events if event.type is kind]


async def settled() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


@asynccontextmanager
async def connected(recogniser: CountingRecogniser, thread: Executor) -> AsyncIterator[Line]:
    stream = WhisperStream(
        Owner(),
        DEFAULT_API_CONNECT_OPTIONS,
        detector=LoudnessDetector(),
        recogniser=recogniser,
        thread=thread,
        options=OPTIONS,
    )
    line = Line(stream, recogniser)
    listening = asyncio.create_task(line.listen(), name="test.listen")
    await settled()
    yield line
    await stream.aclose()
    await listening


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with connected(CountingRecogniser(noise=99), SameThread()) as line:
        yield line


async def test_speech_is_announced_transcribed_and_ended(line: Line) -> None:
    await line.play(0, 0.5)
    await line.play(5, 0.5)
    await line.play(0, 0.5)
    assert line.kinds() == [START, INTERIM, FINAL, END]
    assert line.texts(FINAL) == ["5"]


async def test_first_interim_comes_as_soon_as_speech_begins(line: Line) -> None:
    await line.play(5, 2 * STEP)
    assert line.kinds() == [START, INTERIM]


async def test_interims_follow_each_other_closely_at_first_and_rarely_later(line: Line) -> None:
    await line.play(5, 0.6)
    early = line.recogniser.interims
    await line.play(5, 0.6)
    assert early >= 6
    assert line.recogniser.interims - early <= 5


async def test_final_is_ready_when_the_silence_is_long_enough(line: Line) -> None:
    await line.play(5, 0.5)
    await line.play(0, 0.2)
    made_ahead = line.recogniser.finals
    assert line.texts(FINAL) == []
    await line.play(0, 0.1)
    assert line.texts(FINAL) == ["5"]
    assert made_ahead == line.recogniser.finals == 1


async def test_final_is_made_again_when_the_caller_went_on(line: Line) -> None:
    await line.play(5, 0.5)
    await line.play(0, 0.2)
    await line.play(6, 0.3)
    await line.play(0, 0.5)
    assert line.texts(FINAL) == ["5 6"]
    assert line.recogniser.finals == 2


async def test_audio_from_before_the_beginning_is_kept_but_no_older(line: Line) -> None:
    await line.play(-7, 0.5)
    await line.play(5, 0.3)
    await line.play(0, 0.5)
    event = next(event for event in line.events if event.type is FINAL)
    assert event.alternatives[0].start_time == pytest.approx(0.5, abs=STEP)
    usage = next(event.recognition_usage for event in line.events if event.recognition_usage)
    assert usage.audio_duration == pytest.approx(0.3 + 0.3 + 0.25, abs=4 * STEP)


async def test_noise_ends_without_a_transcript(line: Line) -> None:
    await line.play(99, 0.4)
    await line.play(0, 0.5)
    assert line.kinds() == [START, END]


async def test_interim_is_steady_only_when_the_next_one_bears_it_out(line: Line) -> None:
    await line.play(5, 0.3)
    confidences = [event.alternatives[0].confidence for event in line.events if event.type is INTERIM]
    assert confidences[0] == pytest.approx(0.7 * UNSTEADY)
    assert confidences[1:] == pytest.approx([0.7] * len(confidences[1:]))


async def test_two_utterances_are_two_finals_in_order(line: Line) -> None:
    for value in (5, 6):
        await line.play(value, 0.3)
        await line.play(0, 0.7)
    assert line.kinds() == [START, INTERIM, FINAL, END, START, INTERIM, FINAL, END]
    assert line.texts(FINAL) == ["5", "6"]


async def test_long_speech_is_given_in_parts_that_lose_and_repeat_nothing(line: Line) -> None:
    for value in range(1, 13):
        await line.play(value, 1.0)
        await line.play(0, STEP)
    await line.play(0, 0.5)
    assert len(line.texts(FINAL)) >= 12 // LONGEST_S
    assert " ".join(line.texts(FINAL)).split() == [str(value) for value in range(1, 13)]
    assert line.kinds().count(END) == 1


async def test_flush_gives_the_final_at_once(line: Line) -> None:
    await line.play(5, 0.4)
    line.stream.flush()
    await settled()
    assert line.texts(FINAL) == ["5"]


async def test_flush_waits_for_audio_that_the_detector_has_not_seen(line: Line) -> None:
    for frame in sound(5, 0.4):
        line.stream.push_frame(frame)
    line.stream.flush()
    for frame in sound(6, 0.4):
        line.stream.push_frame(frame)
    await settled()
    assert line.texts(FINAL)[0].split()[0] == "5"
    await line.play(0, 0.5)
    assert " ".join(line.texts(FINAL)).split()[-1] == "6"


async def test_end_of_input_gives_the_final_and_ends_the_stream(line: Line) -> None:
    await line.push_at_once(sound(5, 0.4))
    line.stream.end_input()
    await settled()
    assert line.texts(FINAL) == ["5"]
    assert line.kinds()[-1] is END


async def test_newest_audio_is_recognised_when_a_pass_has_ended_and_never_an_older_one() -> None:
    recogniser, thread = CountingRecogniser(), HeldThread()
    async with connected(recogniser, thread) as line:
        for value in (1, 2, 3):
            await line.play(value, 0.3)
            assert len(thread.waiting) == 1
        thread.run_oldest()
        await settled()
        assert len(thread.waiting) == 1
        thread.run_oldest()
        await settled()
        assert line.texts(INTERIM) == ["1", "1 2 3"]

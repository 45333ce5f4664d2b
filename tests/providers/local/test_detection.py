"""Who looks at a recogniser's frames: the session's detection where both are given the same, else one of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from livekit import rtc
from livekit.agents import vad

from callagent.providers.local.detection import PATIENCE, Detection
from callagent.providers.local.detector import REMEMBERED, SharedDetector, SharedStream
from tests.providers.local.fakes import STEP, LoudnessDetector, sound


class CountedDetector(LoudnessDetector):
    """Counts its streams."""

    def __init__(self) -> None:
        super().__init__()
        self.streams = 0

    def stream(self) -> vad.VADStream:
        self.streams += 1
        return super().stream()


@dataclass
class Ears:
    """A session's detection and a recogniser's."""

    counted: CountedDetector
    detector: SharedDetector
    detection: Detection
    loud: list[bool] = field(default_factory=list)

    async def take(self) -> None:
        async for event in self.detection.events():
            self.loud.append(event.probability > 0.5)


async def settled() -> None:
    for _ in range(40):
        await asyncio.sleep(0)


async def both(session: SharedStream, ears: Ears, frames: list[rtc.AudioFrame]) -> None:
    for frame in frames:
        session.push_frame(frame)
        ears.detection.push(frame)
        await settled()


async def alone(ears: Ears, frames: list[rtc.AudioFrame]) -> None:
    for frame in frames:
        ears.detection.push(frame)
        await settled()


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    counted = CountedDetector()
    detector = SharedDetector(counted)
    made = Ears(counted, detector, Detection(detector))
    taking = asyncio.create_task(made.take(), name="test.take")
    yield made
    await made.detection.aclose()
    taking.cancel()
    await asyncio.wait([taking])


async def test_the_detector_runs_once_for_a_session_and_its_recogniser(ears: Ears) -> None:
    session = ears.detector.stream()
    await both(session, ears, sound(0, 2 * STEP) + sound(5, 3 * STEP))
    assert (ears.counted.streams, ears.loud) == (1, [False, False, True, True, True])
    assert [(await anext(session)).probability > 0.5 for _ in range(5)] == ears.loud
    await session.aclose()


async def test_frames_that_come_to_the_recogniser_first_are_found_too(ears: Ears) -> None:
    session = ears.detector.stream()
    for frame in sound(5, 4 * STEP):
        ears.detection.push(frame)
        session.push_frame(frame)
        await settled()
    assert (ears.counted.streams, ears.loud) == (1, [True] * 3)
    assert ears.detection.missed == pytest.approx(STEP)
    await session.aclose()


async def test_another_calls_session_is_not_listened_to(ears: Ears) -> None:
    other = ears.detector.stream()
    for ours, theirs in zip(sound(0, 8 * STEP), sound(5, 8 * STEP), strict=True):
        other.push_frame(theirs)
        ears.detection.push(ours)
        await settled()
    assert (ears.counted.streams, ears.loud) == (2, [False] * 8)
    await other.aclose()


async def test_a_recogniser_that_nobody_shares_with_hears_from_its_first_frame_on(ears: Ears) -> None:
    await alone(ears, sound(5, PATIENCE * STEP))
    assert ears.loud == []
    await alone(ears, sound(0, STEP))
    assert ears.loud == [True] * PATIENCE + [False]


async def test_silence_in_place_of_the_callers_voice_is_what_the_recogniser_hears(ears: Ears) -> None:
    session = ears.detector.stream()
    await both(session, ears, sound(5, STEP))
    for spoken, silence in zip(sound(5, 10 * STEP), sound(0, 10 * STEP), strict=True):
        session.push_frame(spoken)
        ears.detection.push(silence)
        await settled()
    assert ears.loud[-10:] == [False] * 10
    assert ears.loud[:-10] == [True] * (1 + PATIENCE)
    await session.aclose()


async def test_the_sessions_next_detection_is_followed(ears: Ears) -> None:
    session = ears.detector.stream()
    await both(session, ears, sound(5, 2 * STEP))
    await session.aclose()
    following = ears.detector.stream()
    await both(following, ears, sound(0, 3 * STEP))
    assert (ears.counted.streams, ears.loud) == (2, [True, True, False, False, False])
    await following.aclose()


async def test_after_the_end_there_is_nothing_more_to_wait_for(ears: Ears) -> None:
    session = ears.detector.stream()
    await both(session, ears, sound(5, STEP))
    ears.detection.end()
    async with asyncio.timeout(1):
        async for _ in ears.detection.events():
            pass
    await session.aclose()


async def test_what_is_shorter_than_our_patience_is_looked_at_when_it_ends(ears: Ears) -> None:
    await alone(ears, sound(5, 2 * STEP))
    ears.detection.end()
    await settled()
    assert ears.loud == [True, True]


async def test_a_stream_keeps_a_second_of_frames_and_nothing_after_its_end(ears: Ears) -> None:
    session = ears.detector.stream()
    frames = sound(0, (REMEMBERED + 1) * STEP)
    for frame in frames:
        session.push_frame(frame)
    assert [ears.detector.hearing(frame) for frame in (frames[0], frames[1])] == [None, session]
    await session.aclose()
    assert ears.detector.hearing(frames[1]) is None


async def test_a_detector_tells_what_the_one_within_is() -> None:
    detector = SharedDetector(LoudnessDetector())
    assert (detector.model, detector.provider, detector.min_silence_duration) == ("unknown", "unknown", None)
    assert detector.capabilities.update_interval == STEP

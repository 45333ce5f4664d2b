import asyncio

import numpy as np
import pytest

from callagent.audio import LineClosedError, Span, Timeline
from callagent.audio.caller_end import CallerVoice
from callagent.audio.g711 import FRAME_RATE, FRAME_SAMPLES, Samples
from tests.audio.sounds import tone


class Speaker:
    """A caller's voice and the ticks that it speaks in."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.voice = CallerVoice(self.timeline)
        self.ticks = 0

    def tick(self, count: int = 1) -> Samples:
        frames = [self.voice.next_frame((self.ticks + number) / FRAME_RATE) for number in range(count)]
        self.ticks += count
        return np.concatenate(frames)


async def test_a_silent_caller_sends_silence() -> None:
    assert not Speaker().tick(3).any()


async def test_an_utterance_is_sent_sample_by_sample() -> None:
    speaker, speech = Speaker(), tone(0.05)
    speaker.voice.speak(speech)
    assert np.array_equal(speaker.tick(3)[: speech.size], speech)


async def test_it_starts_and_ends_with_its_first_and_last_sample() -> None:
    speaker = Speaker()
    speaker.tick(50)
    utterance = speaker.voice.speak(tone(0.05), "Okay.")
    speaker.tick(4)
    ended = await utterance.ended
    assert ended == pytest.approx(1.05)
    assert await utterance.started == 1.0
    assert speaker.timeline.caller == [Span(1.0, ended, "Okay.")]


async def test_it_has_not_ended_before_its_last_frame_was_on_the_line() -> None:
    speaker = Speaker()
    utterance = speaker.voice.speak(tone(0.04))
    speaker.tick(2)
    assert utterance.started.done()
    assert not utterance.ended.done()
    speaker.tick()
    assert utterance.ended.done()


async def test_utterances_follow_one_another() -> None:
    speaker = Speaker()
    first, second = speaker.voice.speak(tone(0.04)), speaker.voice.speak(tone(0.04))
    speaker.tick(5)
    assert await first.ended == await second.started == 0.04


async def test_closing_cuts_off_what_is_being_said() -> None:
    speaker = Speaker()
    utterance = speaker.voice.speak(tone(1.0), "I would like to")
    speaker.tick(10)
    speaker.voice.close(0.2)
    assert await utterance.ended == 0.2
    assert utterance.interrupted
    assert speaker.timeline.caller == [Span(0.0, 0.2, "I would like to", interrupted=True)]


async def test_what_was_never_begun_fails() -> None:
    speaker = Speaker()
    utterance = speaker.voice.speak(tone(1.0))
    speaker.voice.close(0.0)
    for future in (utterance.started, utterance.ended):
        with pytest.raises(LineClosedError):
            await future
    assert speaker.timeline.caller == []


async def test_one_utterance_can_be_cancelled() -> None:
    speaker = Speaker()
    first, second, third = (speaker.voice.speak(tone(0.1)) for _ in range(3))
    speaker.tick(2)
    first.cancel()
    second.cancel()
    speaker.tick()
    assert await first.ended == await third.started == 0.04
    assert first.interrupted
    with pytest.raises(LineClosedError):
        await second.started


async def test_a_waiter_that_gave_up_does_not_disturb_the_line() -> None:
    speaker = Speaker()
    utterance = speaker.voice.speak(tone(0.02))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(utterance.started, 0)
    speaker.tick(2)
    assert await utterance.ended == 0.02


async def test_nothing_can_be_said_after_the_call() -> None:
    speaker = Speaker()
    speaker.voice.close(0.0)
    with pytest.raises(LineClosedError):
        speaker.voice.speak(tone(0.1))


@pytest.mark.parametrize(
    "sound", [tone(0.1)[:0], tone(0.1).astype(np.float32), np.zeros((2, FRAME_SAMPLES), dtype=np.int16)]
)
async def test_only_mono_int16_sounds_are_taken(sound: Samples) -> None:
    with pytest.raises(ValueError, match="mono int16"):
        Speaker().voice.speak(sound)

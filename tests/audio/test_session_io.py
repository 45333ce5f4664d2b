import asyncio
import contextlib

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.voice import io

from callagent.audio import CallClock, LineOutput, Samples
from callagent.audio.g711 import FRAME_RATE, FRAME_SAMPLES
from callagent.audio.session_io import MAX_BUFFER_S
from tests.audio.sounds import tone

Event = tuple[str, float, float | bool | None]


class Player:
    """A line output whose ticks are made by hand and whose events are noted, with times in call time."""

    def __init__(self) -> None:
        clock = CallClock(1000.0)
        self.output = LineOutput(clock)
        self.events: list[Event] = []
        self.ticks = 0

        def started(event: io.PlaybackStartedEvent) -> None:
            self.events.append(("started", round(clock.of(event.created_at), 3), None))

        def finished(event: io.PlaybackFinishedEvent) -> None:
            self.events.append(("finished", event.playback_position, event.interrupted))

        self.output.on("playback_started", started)
        self.output.on("playback_finished", finished)

    async def capture(self, seconds: float) -> None:
        await self.output.capture_frame(audio_frame(tone(seconds)))

    async def say(self, seconds: float) -> None:
        await self.capture(seconds)
        self.output.flush()

    def tick(self, count: int = 1) -> str:
        """What was on the line, one letter for each tick."""
        letters = ""
        for _ in range(count):
            frame = self.output.next_frame(self.ticks / FRAME_RATE)
            assert frame is None or frame.size == FRAME_SAMPLES
            letters += "-" if frame is None else "A"
            self.ticks += 1
        return letters


def audio_frame(pcm: Samples, rate: int = 8000, channels: int = 1) -> rtc.AudioFrame:
    return rtc.AudioFrame(pcm.tobytes(), rate, channels, pcm.size // channels)


@pytest.fixture
def player() -> Player:
    return Player()


async def test_a_segment_plays_and_finishes_when_its_last_frame_is_over(player: Player) -> None:
    player.tick(5)
    await player.say(0.06)
    assert player.tick(3) == "AAA"
    assert player.events == [("started", 0.1, None)]
    assert player.tick() == "-"
    assert player.events[1:] == [("finished", 0.06, False)]


async def test_nothing_has_started_before_the_first_tick(player: Player) -> None:
    await player.say(0.06)
    assert player.events == []


async def test_the_samples_come_out_as_they_were_captured(player: Player) -> None:
    speech = tone(0.05)
    for piece in np.split(speech, [70, 333]):
        await player.output.capture_frame(audio_frame(piece))
    player.output.flush()
    frames = [player.output.next_frame(tick / FRAME_RATE) for tick in range(3)]
    played = np.concatenate([frame for frame in frames if frame is not None])
    assert np.array_equal(played[: speech.size], speech)
    assert not played[speech.size :].any()


async def test_the_position_counts_samples_not_frames(player: Player) -> None:
    await player.say(0.05)
    assert player.tick(4) == "AAA-"
    assert player.events[-1] == ("finished", 0.05, False)


async def test_less_than_a_frame_waits_for_more_or_for_the_flush(player: Player) -> None:
    await player.capture(0.01)
    assert player.tick(2) == "--"
    player.output.flush()
    assert player.tick(2) == "A-"


async def test_queued_segments_follow_without_a_gap_and_each_is_reported(player: Player) -> None:
    await player.say(0.04)
    await player.say(0.02)
    assert player.tick(4) == "AAA-"
    assert player.events == [
        ("started", 0.0, None),
        ("finished", 0.04, False),
        ("started", 0.04, None),
        ("finished", 0.02, False),
    ]


async def test_an_underrun_is_a_gap_in_one_segment(player: Player) -> None:
    await player.capture(0.04)
    assert player.tick(4) == "AA--"
    await player.say(0.02)
    assert player.tick(2) == "A-"
    assert player.events == [("started", 0.0, None), ("finished", 0.06, False)]


async def test_clearing_silences_from_the_next_tick_on(player: Player) -> None:
    await player.say(1.0)
    player.tick(5)
    player.output.clear_buffer()
    assert player.tick(3) == "---"
    assert player.events == [("started", 0.0, None), ("finished", 0.1, True)]
    assert player.output.take_cut()
    assert not player.output.take_cut()


def loudest(frame: Samples | None) -> int:
    return 0 if frame is None else int(np.abs(frame.astype(np.int32)).max())


async def test_speech_that_is_cut_off_fades_out_and_is_half_as_loud_within_the_first_frame(player: Player) -> None:
    await player.say(1.0)
    player.tick(5)
    assert player.output.fading_frame() is None
    player.output.clear_buffer()
    frames = [player.output.fading_frame() for _ in range(5)]
    full = loudest(tone(0.1))
    assert frames[0] is not None and full / 2 < loudest(frames[0][:80]) <= full
    assert loudest(frames[0][80:]) <= full / 2
    assert [loudest(frame) <= full / 4**at for at, frame in enumerate(frames)] == [True] * 5
    assert loudest(frames[3]) > 0 and frames[4] is None


async def test_nothing_fades_that_was_not_heard(player: Player) -> None:
    await player.say(1.0)
    player.output.clear_buffer()
    await player.say(1.0)
    player.tick()
    player.output.pause()
    player.output.clear_buffer()
    await player.say(0.02)
    player.output.resume()
    player.tick(2)
    player.output.clear_buffer()
    await player.say(1.0)
    player.tick()
    player.output.close()
    assert player.output.fading_frame() is None


async def test_what_is_left_of_short_speech_fades(player: Player) -> None:
    await player.say(0.05)
    player.tick()
    player.output.clear_buffer()
    assert [player.output.fading_frame() is None for _ in range(3)] == [False, False, True]


async def test_clearing_finishes_every_queued_segment(player: Player) -> None:
    await player.say(1.0)
    await player.say(1.0)
    player.tick()
    player.output.clear_buffer()
    assert player.events[1:] == [("finished", 0.02, True), ("finished", 0.0, True)]


async def test_clearing_before_the_first_tick_cuts_nothing_on_the_line(player: Player) -> None:
    await player.say(1.0)
    player.output.clear_buffer()
    assert player.events == [("finished", 0.0, True)]
    assert not player.output.take_cut()


async def test_clearing_while_the_last_frame_plays_interrupts_nothing(player: Player) -> None:
    await player.say(0.04)
    player.tick(2)
    player.output.clear_buffer()
    player.output.clear_buffer()
    assert player.tick() == "-"
    assert player.events == [("started", 0.0, None), ("finished", 0.04, False)]


async def test_clearing_with_nothing_captured_does_nothing(player: Player) -> None:
    player.output.clear_buffer()
    await player.say(0.02)
    assert player.tick(2) == "A-"
    assert player.events == [("started", 0.0, None), ("finished", 0.02, False)]


async def test_the_rest_of_a_cleared_segment_is_dropped_until_its_flush(player: Player) -> None:
    await player.capture(0.1)
    player.tick()
    player.output.clear_buffer()
    await player.say(0.1)
    assert player.tick(3) == "---"
    await player.say(0.02)
    assert player.tick(2) == "A-"
    assert player.events == [
        ("started", 0.0, None),
        ("finished", 0.02, True),
        ("started", 0.08, None),
        ("finished", 0.02, False),
    ]


async def test_flushing_nothing_makes_no_segment(player: Player) -> None:
    player.output.flush()
    player.tick()
    assert player.events == []
    assert (await player.output.wait_for_playout()).playback_position == 0


async def test_a_segment_of_empty_frames_finishes_without_having_started(player: Player) -> None:
    await player.say(0.0)
    player.tick()
    assert player.events == [("finished", 0.0, False)]


async def test_a_pause_holds_the_speech_and_resumes_where_it_stopped(player: Player) -> None:
    await player.say(0.06)
    player.tick()
    player.output.pause()
    assert player.tick(3) == "---"
    player.output.resume()
    assert player.tick(3) == "AA-"
    assert player.events == [("started", 0.0, None), ("finished", 0.06, False)]


async def test_speech_captured_during_a_pause_starts_with_the_resume(player: Player) -> None:
    player.output.pause()
    await player.say(0.02)
    player.tick(2)
    assert player.events == []
    player.output.resume()
    player.tick(2)
    assert player.events == [("started", 0.04, None), ("finished", 0.02, False)]


async def test_a_pause_after_the_last_frame_does_not_delay_the_end(player: Player) -> None:
    await player.say(0.02)
    player.tick()
    player.output.pause()
    player.tick()
    assert player.events == [("started", 0.0, None), ("finished", 0.02, False)]


async def test_clearing_while_paused_ends_the_segment_at_once(player: Player) -> None:
    await player.say(1.0)
    player.tick(2)
    player.output.pause()
    player.tick()
    player.output.clear_buffer()
    assert player.events[1:] == [("finished", 0.04, True)]
    assert player.output.take_cut()
    player.output.resume()
    assert player.tick() == "-"


async def test_each_stretch_played_is_reported_in_its_place(player: Player) -> None:
    stretches: list[tuple[float, float, float]] = []

    def progressed(event: io.PlaybackProgressedEvent) -> None:
        stretches.append((round(event.started_at - 1000.0, 3), event.offset, event.duration))

    player.output.on("playback_progressed", progressed)
    await player.say(0.08)
    player.tick()
    player.output.pause()
    player.tick(2)
    player.output.resume()
    player.tick(2)
    player.output.clear_buffer()
    assert stretches == [(0.0, 0.0, 0.02), (0.06, 0.02, 0.04)]


async def test_waiting_for_playout_returns_with_the_end_of_the_segment(player: Player) -> None:
    await player.say(0.04)
    waiting = asyncio.ensure_future(player.output.wait_for_playout())
    player.tick(2)
    await asyncio.sleep(0)
    assert not waiting.done()
    player.tick()
    assert (await waiting).playback_position == 0.04


async def test_capturing_far_ahead_waits_until_there_is_room(player: Player) -> None:
    await player.capture(MAX_BUFFER_S)
    capturing = asyncio.ensure_future(player.capture(0.02))
    await asyncio.sleep(0)
    assert not capturing.done()
    player.tick()
    await capturing
    assert player.output.buffered == MAX_BUFFER_S


async def test_clearing_lets_a_waiting_capture_go(player: Player) -> None:
    capturing = asyncio.ensure_future(player.capture(MAX_BUFFER_S + 1))
    await asyncio.sleep(0)
    player.output.clear_buffer()
    await capturing
    assert player.output.buffered == 0


async def test_a_cancelled_capture_leaves_a_segment_that_can_be_cleared(player: Player) -> None:
    capturing = asyncio.ensure_future(player.capture(MAX_BUFFER_S + 1))
    await asyncio.sleep(0)
    capturing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await capturing
    player.output.flush()
    player.output.clear_buffer()
    assert player.events == [("finished", 0.0, True)]


async def test_a_closed_line_keeps_nobody_waiting(player: Player) -> None:
    await player.say(1.0)
    player.tick()
    player.output.close()
    await player.say(MAX_BUFFER_S + 1)
    assert (await player.output.wait_for_playout()).interrupted
    assert player.events[1:] == [("finished", 0.02, True), ("finished", 0.0, True)]


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (8000, 2)])
async def test_only_8_khz_mono_is_taken(player: Player, rate: int, channels: int) -> None:
    with pytest.raises(ValueError, match="8000 Hz mono"):
        await player.output.capture_frame(audio_frame(tone(0.02), rate, channels))


def test_it_says_that_it_can_pause_and_wants_8_khz(player: Player) -> None:
    assert player.output.can_pause
    assert player.output.sample_rate == 8000

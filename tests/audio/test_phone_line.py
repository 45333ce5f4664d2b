import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from livekit import rtc

from callagent.audio import CallClock, Impairments, LineClosedError, PhoneLine, Playout, Span, level_dbfs
from tests.audio.sounds import tone
from tests.audio.virtual_loop import run_virtually


@pytest.fixture
def line() -> PhoneLine:
    return PhoneLine()


def tick(line: PhoneLine, count: int) -> None:
    for _ in range(count):
        line.tick()


async def say(line: PhoneLine, seconds: float) -> None:
    pcm = tone(seconds)
    await line.audio_output.capture_frame(rtc.AudioFrame(pcm.tobytes(), 8000, 1, pcm.size))
    line.audio_output.flush()


async def test_the_agents_spans_are_its_runs_of_audio(line: PhoneLine) -> None:
    tick(line, 5)
    await say(line, 0.1)
    tick(line, 10)
    await say(line, 0.06)
    tick(line, 5)
    assert line.timeline.agent == [Span(0.1, 0.2), Span(0.3, 0.36)]


async def test_segments_without_a_pause_between_them_are_one_span(line: PhoneLine) -> None:
    await say(line, 0.04)
    await say(line, 0.04)
    tick(line, 5)
    assert line.timeline.agent == [Span(0.0, 0.08)]


async def test_clearing_the_buffer_ends_the_span_as_interrupted(line: PhoneLine) -> None:
    await say(line, 1.0)
    tick(line, 5)
    line.audio_output.clear_buffer()
    tick(line, 2)
    assert line.timeline.agent == [Span(0.0, 0.1, interrupted=True)]
    assert line.timeline.agent_stop_after(0.05) == line.timeline.last_agent_audible(0.0) == 0.1


async def test_a_new_answer_right_after_a_cut_is_a_span_of_its_own(line: PhoneLine) -> None:
    await say(line, 1.0)
    tick(line, 5)
    line.audio_output.clear_buffer()
    await say(line, 0.04)
    tick(line, 3)
    assert line.timeline.agent == [Span(0.0, 0.1, interrupted=True), Span(0.1, 0.14)]


async def test_a_pause_is_a_gap_on_the_line(line: PhoneLine) -> None:
    await say(line, 0.2)
    tick(line, 5)
    line.audio_output.pause()
    tick(line, 5)
    line.audio_output.resume()
    tick(line, 6)
    assert line.timeline.agent == [Span(0.0, 0.1), Span(0.2, 0.3)]
    assert line.timeline.longest_agent_gap(0.0, 0.3) == pytest.approx(0.1)


async def test_playout_is_announced_as_it_comes_and_goes(line: PhoneLine) -> None:
    changes: list[Playout] = []
    line.on_agent_playout(changes.append)
    await say(line, 0.04)
    tick(line, 3)
    await say(line, 1.0)
    tick(line, 2)
    line.audio_output.clear_buffer()
    tick(line, 2)
    assert changes == [
        Playout(0.0, playing=True),
        Playout(0.04, playing=False),
        Playout(0.06, playing=True),
        Playout(0.1, playing=False, interrupted=True),
    ]


async def test_the_agent_hears_the_caller_through_the_codec(line: PhoneLine) -> None:
    line.audio_input.on_attached()
    speech = tone(0.1)
    line.speak(speech, "Okay.")
    tick(line, 7)
    line.hang_up()
    heard = np.concatenate([np.frombuffer(frame.data, dtype=np.int16) async for frame in line.audio_input])
    error = heard[: speech.size].astype(int) - speech
    assert 0 < np.abs(error).max() <= 256
    assert not heard[speech.size :].any()
    assert np.array_equal(heard, line.caller_audio)


async def test_levels_tell_the_callers_own_voice_from_the_noise_around() -> None:
    line = PhoneLine(impairments=Impairments(noise=-30))
    line.speak(tone(0.02))
    tick(line, 2)
    assert line.timeline.caller_levels[0] == pytest.approx(level_dbfs(tone(0.02)), abs=0.01)
    assert line.timeline.caller_levels[1] == -100
    assert level_dbfs(line.caller_audio[160:]) == pytest.approx(-30, abs=1)


async def test_the_same_seed_makes_the_same_call() -> None:
    def call(seed: int) -> bytes:
        line = PhoneLine(impairments=Impairments(loss=0.1, jitter=0.03, noise=-40, echo=-20, seed=seed))
        line.speak(tone(0.5))
        tick(line, 50)
        return line.caller_audio.tobytes()

    assert call(1) == call(1) != call(2)


async def test_the_recording_has_the_caller_left_and_the_agent_right(line: PhoneLine, tmp_path: Path) -> None:
    line.speak(tone(0.1))
    tick(line, 5)
    await say(line, 0.1)
    tick(line, 5)
    await asyncio.to_thread(line.save_recording, tmp_path / "call.wav")
    with await asyncio.to_thread(wave.open, str(tmp_path / "call.wav")) as file:
        stereo = np.frombuffer(file.readframes(-1), dtype=np.int16).reshape(-1, 2)
    assert stereo.shape == (1600, 2)
    assert [level_dbfs(part[:, side]) > -30 for part in (stereo[:800], stereo[800:]) for side in (0, 1)] == [
        *(True, False),
        *(False, True),
    ]


async def test_hanging_up_cuts_both_sides_off(line: PhoneLine) -> None:
    utterance = line.speak(tone(1.0), "I would like to")
    await say(line, 1.0)
    tick(line, 10)
    line.hang_up()
    line.hang_up()
    tick(line, 10)
    assert line.hung_up
    assert await utterance.ended == 0.2
    assert (await line.audio_output.wait_for_playout()).interrupted
    assert line.timeline.caller == [Span(0.0, 0.2, "I would like to", interrupted=True)]
    assert line.timeline.agent == [Span(0.0, 0.2, interrupted=True)]
    assert line.caller_audio.size == line.agent_audio.size == 1600
    with pytest.raises(LineClosedError):
        line.speak(tone(0.1))


async def test_a_line_that_was_never_started_can_be_closed(line: PhoneLine) -> None:
    await line.aclose()
    assert line.hung_up


def test_frames_flow_in_real_time_once_started() -> None:
    async def call() -> None:
        async with PhoneLine(clock=CallClock()) as line:
            utterance = line.speak(tone(0.1))
            began = asyncio.get_running_loop().time()
            await utterance.ended
            assert asyncio.get_running_loop().time() - began == pytest.approx(0.12, abs=0.021)
        assert line.hung_up

    run_virtually(call())


def test_a_line_that_starts_late_keeps_call_time() -> None:
    class Late(CallClock):
        def now(self) -> float:
            return 0.95

    async def call() -> None:
        async with PhoneLine(clock=Late()) as line:
            assert await line.speak(tone(0.1)).started == 0.96
            assert line.caller_audio.size == 49 * 160

    run_virtually(call())


def test_a_line_starts_only_once() -> None:
    async def call() -> None:
        async with PhoneLine() as line:
            with pytest.raises(RuntimeError, match="started before"):
                await line.start()

    run_virtually(call())


def test_an_error_in_a_listener_ends_the_call_and_comes_out_of_closing() -> None:
    def broken(_: Playout) -> None:
        raise RuntimeError("broken")

    async def call() -> None:
        line = PhoneLine()
        line.on_agent_playout(broken)
        await line.start()
        await say(line, 1.0)
        assert (await line.audio_output.wait_for_playout()).interrupted
        with pytest.raises(RuntimeError, match="broken"):
            await line.aclose()

    run_virtually(call())

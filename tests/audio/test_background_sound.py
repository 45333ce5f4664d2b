"""Sounds beside the agent's speech: mixed into the line, or only waited for."""

import asyncio
import logging
import wave
from pathlib import Path

import numpy as np
import pytest
from livekit import rtc

from callagent.audio import FRAME_SAMPLES, LineMixer, PhoneLine, Playback, Samples, SilentPlayer, Sound, level_dbfs
from tests.audio.sounds import tone
from tests.support.virtual import virtually


def sound_file(path: Path, samples: Samples) -> Sound:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    return Sound(path.name, (path,))


class Playing(Playback):
    """Tells when it began to be heard, and of its changes."""

    def __init__(self, sound: Sound, *, loop: bool = False) -> None:
        self.changes: list[bool] = []
        self.heard = asyncio.Event()
        super().__init__(sound, loop=loop, changed=self._note)

    def _note(self, playing: bool) -> None:
        self.changes.append(playing)
        self.heard.set()


async def begun(mixer: LineMixer, *playbacks: Playing) -> None:
    for playback in playbacks:
        mixer.play(playback)
        await playback.heard.wait()
    await asyncio.sleep(0)


async def test_a_sound_is_played_once_at_its_volume_and_is_over_then(tmp_path: Path) -> None:
    samples = tone(0.05)
    sound = sound_file(tmp_path / "bell.wav", samples)
    mixer, playback = LineMixer(), Playing(Sound(sound.name, sound.files, 0.5))
    await begun(mixer, playback)
    frames = [mixer.next_frame() for _ in range(3)]
    heard = np.concatenate([frame for frame in frames if frame is not None])
    assert np.abs(heard[: samples.size] - samples * 0.5).max() <= 0.5
    assert not heard[samples.size :].any()
    assert (playback.changes, mixer.next_frame()) == ([True, False], None)


async def test_a_loop_goes_on_without_a_gap_until_it_is_ended(tmp_path: Path) -> None:
    samples = tone(0.03)
    mixer, playback = LineMixer(), Playing(sound_file(tmp_path / "hum.wav", samples), loop=True)
    await begun(mixer, playback)
    frames = [mixer.next_frame() for _ in range(10)]
    heard = np.concatenate([frame for frame in frames if frame is not None])
    assert (heard == np.resize(samples, 10 * FRAME_SAMPLES)).all()
    playback.end()
    assert mixer.next_frame() is None
    assert playback.changes == [True, False]


async def test_sounds_at_the_same_time_add_up_and_do_not_wrap(tmp_path: Path) -> None:
    loud = sound_file(tmp_path / "loud.wav", tone(0.02, peak=30_000))
    mixer = LineMixer()
    await begun(mixer, Playing(loud), Playing(loud))
    frame = mixer.next_frame()
    assert frame is not None
    assert (frame.max(), frame.min()) == (32_767, -32_768)


@pytest.mark.parametrize("content", [None, b"", b"no sound at all"])
async def test_what_cannot_be_read_is_over_at_once_and_named(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "broken.wav"
    if content is not None:
        path.write_bytes(content)
    mixer, playback = LineMixer(), Playing(Sound("broken.wav", (path,)))
    over = asyncio.Event()
    playback.on_end(over.set)
    mixer.play(playback)
    await over.wait()
    assert (playback.changes, mixer.next_frame()) == ([], None)
    (record,) = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert record.__dict__["sound"] == "broken.wav"


async def test_what_is_ended_before_it_is_read_is_never_heard(tmp_path: Path) -> None:
    mixer, playback = LineMixer(), Playing(sound_file(tmp_path / "bell.wav", tone(0.1)))
    mixer.play(playback)
    playback.end()
    await asyncio.sleep(0.05)
    assert (playback.changes, mixer.next_frame()) == ([], None)


async def test_the_first_file_that_is_there_counts(tmp_path: Path) -> None:
    there = sound_file(tmp_path / "bell.wav", tone(0.02))
    mixer, playback = LineMixer(), Playing(Sound("bell.wav", (tmp_path / "absent" / "bell.wav", *there.files)))
    await begun(mixer, playback)
    assert mixer.next_frame() is not None


def test_without_audio_a_sound_takes_its_time(tmp_path: Path) -> None:
    sound = sound_file(tmp_path / "bell.wav", tone(2.0))

    async def body() -> tuple[list[bool], list[bool]]:
        once, over_and_over = Playing(sound), Playing(sound, loop=True)
        player = SilentPlayer()
        player.play(once)
        player.play(over_and_over)
        await asyncio.sleep(1.9)
        before = [*once.changes]
        await asyncio.sleep(0.2)
        assert over_and_over.changes == [True]
        over_and_over.end()
        await asyncio.sleep(0)
        return before, once.changes

    assert virtually(body) == ([True], [True, False])


async def test_the_caller_hears_it_and_nobody_takes_it_for_the_agents_speech(tmp_path: Path) -> None:
    line = PhoneLine()
    await begun(line.background, Playing(sound_file(tmp_path / "hum.wav", tone(1.0)), loop=True))
    for _ in range(10):
        line.tick()
    speech = tone(0.1, hertz=1000.0)
    await line.audio_output.capture_frame(rtc.AudioFrame(speech.tobytes(), 8000, 1, speech.size))
    line.audio_output.flush()
    for _ in range(10):
        line.tick()
    assert level_dbfs(line.agent_audio[:1600]) > -20
    (span,) = line.timeline.agent
    assert (span.start, round(span.end, 3)) == (0.2, 0.3)
    assert line.timeline.first_agent_audible(0.0) == 0.2
    assert line.timeline.last_agent_audible(0.0) == pytest.approx(0.3)


async def test_a_line_that_is_hung_up_ends_what_it_plays(tmp_path: Path) -> None:
    line, playback = PhoneLine(), Playing(sound_file(tmp_path / "hum.wav", tone(1.0)), loop=True)
    await begun(line.background, playback)
    line.hang_up()
    assert playback.changes == [True, False]

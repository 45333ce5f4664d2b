"""The files of recordings: both channels apart, at their time, and playable wherever they end."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from callagent.audio import read_recording
from callagent.profile import RecordingFormat
from callagent.recording.audio_files import BIT_RATE, audio_file
from callagent.recording.call_audio import Stereo

FORMATS: tuple[RecordingFormat, ...] = ("opus", "wav")
LINE_RATE = 8000
"""Samples a second of what `read_recording` gives."""


class Content:
    """A file in memory."""

    def __init__(self) -> None:
        self.data = bytearray()

    def append(self, content: bytes) -> None:
        self.data += content

    def rewrite(self, begin: bytes) -> None:
        self.data[: len(begin)] = begin


def tone(rate: int, hertz: float, seconds: float, *stretches: tuple[float, float]) -> NDArray[np.int16]:
    """A tone in these stretches, silence elsewhere."""
    at = np.arange(round(seconds * rate)) / rate
    loud = np.zeros(at.size, np.bool_)
    for begin, end in stretches:
        loud |= (at >= begin) & (at < end)
    return np.where(loud, 9000 * np.sin(2 * np.pi * hertz * at), 0).astype(np.int16)


def a_talk(rate: int) -> Stereo:
    """Eight seconds: the caller talks at 1 to 2 and 4 to 5 s, the agent at 2.5 to 3.5 and 6 to 7 s."""
    caller = tone(rate, 440.0, 8.0, (1.0, 2.0), (4.0, 5.0))
    return np.column_stack((caller, tone(rate, 700.0, 8.0, (2.5, 3.5), (6.0, 7.0))))


def written(form: RecordingFormat, rate: int, samples: Stereo, *, closed: bool = True) -> Content:
    content = Content()
    file = audio_file(form, rate, content.append, content.rewrite)
    for first in range(0, len(samples), rate // 5):
        file.write(samples[first : first + rate // 5])
    if closed:
        file.close()
    return content


def edges(side: NDArray[np.int16]) -> list[float]:
    """When a side begins and ceases to be heard."""
    heard = np.abs(side.astype(np.int32)) > 1500
    loud = np.convolve(heard, np.ones(80), "same") > 0
    return [at / LINE_RATE for at in np.flatnonzero(np.diff(loud.astype(np.int8)))]


@pytest.mark.parametrize("rate", BIT_RATE)
@pytest.mark.parametrize("form", FORMATS)
def test_a_recording_has_each_side_in_its_channel_at_its_time(tmp_path: Path, form: RecordingFormat, rate: int) -> None:
    path = tmp_path / "call"
    path.write_bytes(written(form, rate, a_talk(rate)).data)
    caller, agent = read_recording(path)
    assert edges(caller) == pytest.approx([1.0, 2.0, 4.0, 5.0], abs=0.02)
    assert edges(agent) == pytest.approx([2.5, 3.5, 6.0, 7.0], abs=0.02)
    assert caller.size / LINE_RATE == pytest.approx(8.0, abs=0.03)


@pytest.mark.parametrize("form", FORMATS)
def test_of_a_writer_that_dies_the_file_plays_up_to_its_last_moment(tmp_path: Path, form: RecordingFormat) -> None:
    path = tmp_path / "call"
    path.write_bytes(written(form, 16000, a_talk(16000), closed=False).data)
    caller, agent = read_recording(path)
    assert 7.6 < caller.size / LINE_RATE <= 8.0
    assert edges(caller) == pytest.approx([1.0, 2.0, 4.0, 5.0], abs=0.02)
    assert edges(agent) == pytest.approx([2.5, 3.5, 6.0, 7.0], abs=0.02)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_one_side_is_heard_in_the_channel_of_the_other(tmp_path: Path, form: RecordingFormat) -> None:
    path = tmp_path / "call"
    both = np.column_stack((tone(16000, 440.0, 3.0, (0.0, 3.0)), np.zeros(48000, np.int16)))
    path.write_bytes(written(form, 16000, both).data)
    caller, agent = read_recording(path)
    inside = slice(LINE_RATE // 2, -LINE_RATE // 2)
    leaking = np.sqrt(np.mean(agent[inside].astype(np.float64) ** 2) / np.mean(caller[inside].astype(np.float64) ** 2))
    assert 20 * np.log10(leaking + 1e-9) < -40.0


def test_the_head_of_a_wav_file_is_true_at_each_moment(tmp_path: Path) -> None:
    content = Content()
    file = audio_file("wav", 8000, content.append, content.rewrite)
    for count in range(3):
        path = tmp_path / "call.wav"
        path.write_bytes(content.data)
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            assert (stream.rate, stream.layout.nb_channels) == (8000, 2)
            assert sum(frame.samples for frame in container.decode(stream)) == count * 800
        file.write(np.ones((800, 2), np.int16))


@pytest.mark.parametrize("form", FORMATS)
def test_a_recording_of_nothing_is_a_file(tmp_path: Path, form: RecordingFormat) -> None:
    content = written(form, 16000, np.zeros((0, 2), np.int16))
    path = tmp_path / "call"
    path.write_bytes(content.data)
    if content.data:
        caller, _ = read_recording(path)
        assert caller.size < LINE_RATE // 10

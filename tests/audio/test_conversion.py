import wave
from pathlib import Path

import av
import numpy as np
import pytest

from callagent.audio import Samples, level_dbfs, read_audio, resample, trim_silence
from callagent.audio.g711 import G711
from tests.audio.sounds import silence, tone


def write_wav(path: Path, pcm: Samples, *, rate: int = 8000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return path


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100, 48000])
def test_resampling_keeps_pitch_place_and_length(rate: int) -> None:
    converted = resample(tone(0.5, rate=rate), rate)
    assert converted.size == pytest.approx(4000, abs=2)
    middle = slice(400, 3600)
    assert np.abs(converted[middle].astype(int) - tone(0.5)[middle]).max() < 80


def test_resampling_removes_what_the_line_cannot_carry() -> None:
    assert level_dbfs(resample(tone(0.5, hertz=6000, rate=22050), 22050)[400:-400]) < -80


def test_samples_at_the_rate_of_the_line_are_left_alone() -> None:
    speech = tone(0.1)
    assert resample(speech, 8000) is speech


def test_silence_is_trimmed_from_both_ends_only() -> None:
    speech = np.concatenate([tone(0.2), silence(0.3), tone(0.2)])
    trimmed = trim_silence(np.concatenate([silence(0.5), speech, silence(0.7)]))
    assert trimmed.size == pytest.approx(speech.size, abs=80)
    assert level_dbfs(trimmed[:80]) > -30


def test_noise_below_the_floor_counts_as_silence() -> None:
    speech = np.concatenate([tone(0.5, peak=50), tone(0.2), tone(0.5, peak=50)])
    assert trim_silence(speech, floor=-50).size == pytest.approx(1600, abs=80)
    assert trim_silence(speech, floor=-70).size == speech.size


@pytest.mark.parametrize("nothing", [silence(0.5), silence(0.0)])
def test_nothing_is_left_of_silence(nothing: Samples) -> None:
    assert trim_silence(nothing).size == 0


def test_a_wav_at_another_rate_is_converted(tmp_path: Path) -> None:
    read = read_audio(write_wav(tmp_path / "a.wav", tone(0.5, rate=44100), rate=44100))
    assert read.dtype == np.int16
    assert np.abs(read[400:3600].astype(int) - tone(0.5)[400:3600]).max() < 80


def test_the_channels_of_a_stereo_file_are_mixed(tmp_path: Path) -> None:
    stereo = np.column_stack([tone(0.5), silence(0.5)])
    read = read_audio(write_wav(tmp_path / "a.wav", stereo, channels=2))
    assert read.size == 4000
    assert level_dbfs(read) == pytest.approx(level_dbfs(tone(0.5)) - 6, abs=0.5)


def test_a_mu_law_wav_is_read(tmp_path: Path) -> None:
    path, speech = tmp_path / "a.wav", tone(0.2)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_mulaw", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(speech.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    coder = G711("pcmu")
    assert np.array_equal(read_audio(path), coder.decode(coder.encode(speech)))


def test_a_file_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="longer than 60 s"):
        read_audio(write_wav(tmp_path / "a.wav", silence(60.5)))


@pytest.mark.parametrize("content", [b"", b"these are words, not sounds\n" * 100, b"#EXTM3U\n#EXTINF:9,\nother.wav\n"])
def test_a_file_without_audio_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.wav: not a sound file"):
        read_audio(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.wav"):
        read_audio(tmp_path / "nowhere.wav")

import numpy as np
import pytest

from callagent.audio import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples
from callagent.audio.beep import BeepDetector
from callagent.audio.g711 import G711

AMPLITUDE = 32767


def tone(*hertz: float, seconds: float = 0.4, dbfs: float = -12.0) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    waves = np.sum([np.sin(2 * np.pi * each * time) for each in hertz], axis=0)
    return np.asarray(waves / len(hertz) * 10 ** (dbfs / 20) * AMPLITUDE, dtype=np.int16)


def noise(dbfs: float, seconds: float) -> Samples:
    random = np.random.default_rng(7).standard_normal(round(seconds * SAMPLE_RATE))
    return np.asarray(np.clip(random * 10 ** (dbfs / 20), -1, 1) * AMPLITUDE, dtype=np.int16)


def ended_at(*parts: Samples, hiss: float = -65.0) -> list[float]:
    """Seconds at which beeps end, over G.711; a second of quiet stands around the parts."""
    quiet = np.zeros(SAMPLE_RATE, np.int16)
    line = np.concatenate([quiet, *parts, quiet])
    line = line[: line.size // FRAME_SAMPLES * FRAME_SAMPLES]
    line = line + noise(hiss, line.size / SAMPLE_RATE)
    codec, detector = G711(), BeepDetector()
    frames = [codec.decode(codec.encode(frame)) for frame in line.reshape(-1, FRAME_SAMPLES)]
    return [round((index + 1) * FRAME_S, 2) for index, frame in enumerate(frames) if detector.feed(frame)]


@pytest.mark.parametrize("hertz", [400.0, 425.0, 850.0, 1000.0, 1400.0])
@pytest.mark.parametrize("seconds", [0.15, 0.4, 1.0])
@pytest.mark.parametrize("dbfs", [-6.0, -30.0])
def test_a_beep_is_told_within_two_frames_of_its_end(hertz: float, seconds: float, dbfs: float) -> None:
    (at,) = ended_at(tone(hertz, seconds=seconds, dbfs=dbfs))
    assert -FRAME_S <= at - (1 + seconds) <= 2 * FRAME_S


def test_a_beep_is_heard_through_noise() -> None:
    assert len(ended_at(tone(1000.0, dbfs=-20.0), hiss=-38.0)) == 1


def test_a_frame_that_was_lost_makes_two_beeps_of_one_at_the_most() -> None:
    lost = tone(1000.0)
    lost[1600:1760] = 0
    assert 1 <= len(ended_at(lost)) <= 2


@pytest.mark.parametrize(
    "sound",
    [
        tone(440.0, 480.0, seconds=2.0),  # ringing in America
        tone(350.0, 440.0, seconds=2.0),  # dial tone
        tone(697.0, 1209.0, seconds=0.2),  # the key 1
        tone(1000.0, seconds=3.0),
        tone(1000.0, seconds=0.06),
        tone(100.0),
        tone(1000.0, dbfs=-60.0),
        noise(-12.0, 1.0),
    ],
    ids=["ringing", "dial tone", "key", "too long", "click", "hum", "faint", "noise"],
)
def test_what_is_no_beep(sound: Samples) -> None:
    assert ended_at(sound) == []


def test_a_whistle_that_glides_is_no_beep() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    glide = np.sin(2 * np.pi * (600 * time + 1200 * time**2))
    assert ended_at(np.asarray(glide * 8000, dtype=np.int16)) == []


@pytest.mark.local_models
def test_speech_has_no_beeps() -> None:
    from callagent.providers import speech

    said = speech("Hello, you have reached Ann. I am out, or on the other line. Please leave a message after the tone.")
    assert ended_at(said) == []


def test_a_frame_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 160 samples at 8000 Hz"):
        BeepDetector().feed(np.zeros(80, np.int16))

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import vad

from callagent.audio import SAMPLE_RATE
from callagent.audio.recorder import write_stereo
from callagent.profile import VadSettings
from callagent.providers import make_vad
from callagent.scripted_calls.tuning.speech_probability import (
    Speech,
    Thresholds,
    deactivation_for,
    listen,
    recorded_seconds,
    segmented,
)
from callagent.turns.gate.events import CallerStarted, CallerStopped
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with
from tests.scripted_calls.tuning.voices import voiced

WINDOW = 0.032
PHONE = Thresholds(0.5, 0.35, 0.05, 0.35)


def spoken(*stretches: tuple[float, int]) -> Speech:
    return Speech([probability for probability, windows in stretches for _ in range(windows)], WINDOW)


def times(events: list[CallerStarted | CallerStopped]) -> list[tuple[float, float]]:
    edges = [(e.at, e.onset if isinstance(e, CallerStarted) else e.offset) for e in events]
    return [(round(at, 3), round(edge, 3)) for at, edge in edges]


def test_speech_begins_after_min_speech_and_ends_after_min_silence() -> None:
    events = segmented(spoken((0.1, 10), (0.9, 20), (0.1, 20)), PHONE)
    assert [type(event) for event in events] == [CallerStarted, CallerStopped]
    assert times(events) == [(12 * WINDOW, 10 * WINDOW), (41 * WINDOW, 30 * WINDOW)]


def test_a_threshold_decides_whether_a_murmur_is_speech() -> None:
    murmur = spoken((0.1, 10), (0.6, 20), (0.1, 20))
    assert len(segmented(murmur, PHONE)) == 2
    assert segmented(murmur, Thresholds(0.7, 0.55, 0.05, 0.35)) == []


def test_a_lower_deactivation_threshold_bridges_a_soft_syllable() -> None:
    soft = spoken((0.9, 10), (0.3, 12), (0.9, 10), (0.0, 15))
    assert len(segmented(soft, PHONE)) == 4
    assert len(segmented(soft, Thresholds(0.5, 0.25, 0.05, 0.35))) == 2


def test_speech_at_the_end_of_a_recording_stays_open() -> None:
    assert [type(event) for event in segmented(spoken((0.9, 10)), PHONE)] == [CallerStarted]


@pytest.mark.parametrize(
    ("activation", "deactivation"), [(0.5, 0.35), (0.7, 0.55), (0.3, 0.15), (0.1, 0.01), (0.01, 0.005)]
)
def test_deactivation_keeps_its_distance_and_stays_above_zero(activation: float, deactivation: float) -> None:
    assert deactivation_for(VadSettings(), activation) == pytest.approx(deactivation)
    assert Thresholds.of(VadSettings(), activation).deactivation < activation


async def reported(track: np.ndarray[tuple[int], np.dtype[np.int16]], detector: vad.VAD) -> list[tuple[str, float]]:
    """When the detector itself says that speech has begun or ended."""
    stream = detector.stream()
    for start in range(0, len(track), 160):
        stream.push_frame(rtc.AudioFrame(track[start : start + 160].tobytes(), SAMPLE_RATE, 1, 160))
    stream.end_input()
    kinds = {vad.VADEventType.START_OF_SPEECH: "started", vad.VADEventType.END_OF_SPEECH: "stopped"}
    edges = [(kinds[event.type], event.timestamp) async for event in stream if event.type in kinds]
    await stream.aclose()
    return edges


def test_at_the_profiles_thresholds_a_track_falls_into_what_the_detector_itself_reports(tmp_path: Path) -> None:
    track = voiced((0.5, 0), (1.0, 1), (1.2, 0), (1.5, 1), (0.2, 0), (0.5, 1), (1.0, 0))
    write_stereo(tmp_path / "call.wav", track, voiced((len(track) / SAMPLE_RATE, 1)))
    profile = profile_with()
    detector = make_vad(profile)
    heard = listen([tmp_path / "call.wav"] * 2, detector)[tmp_path / "call.wav"]
    events = segmented(heard, Thresholds.of(profile.vad, profile.vad.activation_threshold))
    ours = [("started" if isinstance(event, CallerStarted) else "stopped", event.at) for event in events]
    theirs = asyncio.run(reported(track, detector))
    assert len(theirs) >= 2
    assert [kind for kind, _ in ours] == [kind for kind, _ in theirs]
    assert [at for _, at in ours] == pytest.approx([at for _, at in theirs], abs=0.001)


def test_a_recording_is_listened_to_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        write_stereo(tmp_path / f"{name}.wav", voiced((0.2, 0)), voiced((0.2, 0)))
    detector = make_vad(profile_with())
    streams: list[vad.VADStream] = []
    make = detector.stream

    def counted() -> vad.VADStream:
        streams.append(make())
        return streams[-1]

    monkeypatch.setattr(detector, "stream", counted)
    assert len(listen([tmp_path / "a.wav", tmp_path / "b.wav", tmp_path / "a.wav"], detector)) == 2
    assert len(streams) == 2


def write_wave(path: Path, *, channels: int = 2, width: int = 2, rate: int = SAMPLE_RATE) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"\0" * channels * width * rate)


@pytest.mark.parametrize("form", [{"channels": 1}, {"width": 1}, {"rate": 4000}])
def test_a_wave_file_of_another_kind_is_refused(tmp_path: Path, form: dict[str, int]) -> None:
    write_wave(tmp_path / "call.wav", **form)
    with pytest.raises(ConfigError, match=r"call\.wav: is no recording of a call: needs 2 x 16 bits"):
        recorded_seconds(tmp_path / "call.wav")


def test_what_is_no_wave_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(b"noise" * 100)
    (tmp_path / "empty.wav").touch()
    for name in ("noise.wav", "empty.wav", "missing.wav"):
        with pytest.raises(ConfigError, match=name):
            recorded_seconds(tmp_path / name)


def test_a_recording_that_was_cut_off_is_as_long_as_what_there_is(tmp_path: Path) -> None:
    write_wave(tmp_path / "call.wav")
    whole = (tmp_path / "call.wav").read_bytes()
    (tmp_path / "call.wav").write_bytes(whole[: len(whole) // 2 + 1])
    heard = listen([tmp_path / "call.wav"], make_vad(profile_with()))[tmp_path / "call.wav"]
    assert len(heard.probabilities) * heard.window == pytest.approx(0.5, abs=0.05)

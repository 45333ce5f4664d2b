import logging
import wave
from pathlib import Path

import numpy as np
import pytest

from callagent.audio import recorder as recording
from callagent.audio import write_stereo
from callagent.audio.g711 import SILENCE
from callagent.audio.recorder import Recorder
from tests.audio.sounds import tone

FRAME = tone(0.02)


def test_both_sides_are_kept_equally_long() -> None:
    recorder = Recorder()
    recorder.add(FRAME, SILENCE)
    recorder.add(SILENCE, FRAME)
    assert np.array_equal(recorder.caller, np.concatenate([FRAME, SILENCE]))
    assert np.array_equal(recorder.agent, np.concatenate([SILENCE, FRAME]))


def test_what_was_read_does_not_hinder_what_follows() -> None:
    recorder = Recorder()
    recorder.add(FRAME, FRAME)
    before = recorder.caller
    recorder.add(FRAME, FRAME)
    assert (before.size, recorder.caller.size) == (160, 320)


def test_a_full_recording_keeps_its_beginning_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording, "_MAX_BYTES", 2 * FRAME.nbytes)
    recorder = Recorder()
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            recorder.add(FRAME, SILENCE)
    assert recorder.caller.size == recorder.agent.size == 320
    assert [record.message for record in caplog.records] == ["the recording is full"]


def test_the_file_has_left_and_right_as_given(tmp_path: Path) -> None:
    write_stereo(tmp_path / "call.wav", FRAME, SILENCE)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getparams()[:4] == (2, 2, 8000, 160)
        samples = np.frombuffer(file.readframes(160), dtype=np.int16).reshape(-1, 2)
    assert np.array_equal(samples[:, 0], FRAME)
    assert not samples[:, 1].any()

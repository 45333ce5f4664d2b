"""The packaged ear, and what happens without it."""

import hashlib
import importlib.resources
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr

from callagent.audio import SAMPLE_RATE
from callagent.providers.local.ear import ear_model
from callagent.providers.local.ear.ear_model import EarModel, load_ear
from callagent.providers.local.piper.synthesis import load_voice
from callagent.providers.local.whisper.passes import Recogniser
from callagent.providers.local.whisper.weights import load_whisper
from callagent.turns.gate.events import Impression

SILENCE = np.zeros((1, 200, 384), np.float32)


@pytest.fixture(autouse=True)
def _loaded_anew() -> Iterator[None]:
    load_ear.cache_clear()
    yield
    load_ear.cache_clear()


def packaged() -> bytes:
    return (importlib.resources.files("callagent.providers.local.ear") / "ear.onnx").read_bytes()


def elsewhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.resources, "files", lambda _: path)


def test_the_packaged_ear_is_there_and_loaded_once() -> None:
    ear = load_ear()
    assert ear is not None
    assert load_ear() is ear


def test_chances_are_chances() -> None:
    heard = EarModel(packaged()).listen(SILENCE, 1.0, 0.8)
    assert heard is not None
    assert all(0 <= each <= 1 for each in heard)
    assert sum(heard) <= 1.001


def test_it_looks_at_the_seconds_that_it_is_told() -> None:
    ear = EarModel(packaged())
    frames = np.random.default_rng(1).normal(size=(1, 200, 384)).astype(np.float32)
    changed = frames.copy()
    changed[:, 60:] = 5.0
    assert ear.listen(frames, 1.0, 0.8) == ear.listen(changed, 1.0, 0.8)
    assert ear.listen(frames, 2.0, 0.8) != ear.listen(changed, 2.0, 0.8)


def test_longer_speech_than_it_knows_is_heard_from_its_beginning() -> None:
    ear = EarModel(packaged())
    long = np.random.default_rng(1).normal(size=(1, 500, 384)).astype(np.float32)
    assert ear.listen(long, 10.0, 9.0) == ear.listen(long[:, :168], 10.0, 9.0)


def test_a_wheel_without_it_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere(tmp_path, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert load_ear() is None
        assert load_ear() is None
    assert [record.message for record in caplog.records] == ["the ear cannot be used, words alone decide"]
    assert "No such file" in str(vars(caplog.records[0])["error"])


def test_another_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "ear.onnx").write_bytes(packaged() + b"x")
    elsewhere(tmp_path, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert load_ear() is None
    assert vars(caplog.records[0])["error"] == "ear.onnx is not the file of this version, its checksum is another"


def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "ear.onnx").write_bytes(b"no model")
    elsewhere(tmp_path, monkeypatch)
    monkeypatch.setattr(ear_model, "CHECKSUM", hashlib.sha256(b"no model").hexdigest())
    with caplog.at_level(logging.WARNING):
        assert load_ear() is None
    assert "checksum" not in vars(caplog.records[0])["error"]


def test_one_that_fails_in_a_call_is_asked_no_more(caplog: pytest.LogCaptureFixture) -> None:
    ear = EarModel(packaged())
    with caplog.at_level(logging.WARNING):
        assert ear.listen(np.zeros((1, 50, 80), np.float32), 1.0, 1.0) is None
        assert ear.listen(SILENCE, 1.0, 1.0) is None
    assert [record.message for record in caplog.records] == ["the ear failed, words alone decide from now on"]


def said(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    voice = load_voice()
    signal = voice.say(text, pace=1.0, lively=False)
    narrow = soxr.resample(signal, voice.sample_rate, SAMPLE_RATE)
    return np.pad((narrow * 20000).astype(np.int16), (2400, 1200))


@pytest.mark.local_models
@pytest.mark.parametrize("final", [False, True], ids=["interim", "final"])
def test_the_recogniser_tells_what_the_sound_is(final: bool) -> None:
    recogniser = Recogniser(load_whisper(2), "Okay. Stop.", load_ear())

    def impression(text: str) -> Impression:
        audio = said(text)
        hear = recogniser.final if final else recogniser.interim
        heard = hear(audio, SAMPLE_RATE, audio.size / SAMPLE_RATE - 0.45)
        assert heard is not None and heard.impression is not None
        return heard.impression

    assert impression("Yeah, that makes sense.").acknowledgement > 0.6
    assert impression("Hold on, wait a minute.").speech > 0.8
    assert impression("My washing machine is still leaking.").speech > 0.8


@pytest.mark.local_models
def test_without_an_ear_there_are_words_alone() -> None:
    audio = said("Hold on, wait a minute.")
    heard = Recogniser(load_whisper(2), "Okay. Stop.").interim(audio, SAMPLE_RATE, 1.2)
    assert heard is not None
    assert heard.impression is None

"""Moonshine that works, that fails, and that is not there: who recognises then, and what the log says."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

pytest.importorskip("ctranslate2", reason="the extra `local` is not installed")

from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from callagent.profile import load_profile
from callagent.providers.local import factories
from callagent.providers.local.moonshine import decoder
from callagent.providers.local.moonshine.decoder import load_moonshine
from callagent.providers.local.moonshine.installation import Unusable
from callagent.providers.local.moonshine.interims import MoonshineInterims
from callagent.providers.local.moonshine.phrase_bias import PhraseBias
from callagent.providers.local.whisper.transcript import Heard, Steadiness
from callagent.providers.local.whisper.utterance import Samples
from callagent.providers.types import LocalSttOptions

AUDIO = np.zeros(8000, np.int16)
BIAS = PhraseBias((), (), lambda text: [0])
COMMANDS = ("stop", "no", "but", "hold on", "wait")


@dataclass
class FakeMoonshine:
    """Says `text`, or raises `error`."""

    text: str = "Okay."
    error: Exception | None = None
    works: bool = True
    passes: int = 0

    def transcribe(self, samples: np.ndarray[tuple[int], np.dtype[np.float32]], bias: PhraseBias) -> Heard | None:
        assert len(samples) == 16_000
        assert samples.dtype == np.float32
        self.passes += 1
        if self.error is not None:
            raise self.error
        return Heard(self.text, 0.9) if self.text else None


@dataclass
class FakeWhisper:
    asked: list[str] = field(default_factory=list)

    def interim(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        self.asked.append("interim")
        return Heard("Interim.", 0.5)

    def final(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        self.asked.append("final")
        return Heard("Final.", 0.5)


def passes(moonshine: FakeMoonshine, whisper: FakeWhisper | None = None) -> MoonshineInterims:
    return MoonshineInterims(moonshine, BIAS, COMMANDS, whisper or FakeWhisper())  # type: ignore[arg-type]  # stand-ins


@pytest.fixture(autouse=True)
def loaded_anew() -> Iterator[None]:
    load_moonshine.cache_clear()
    yield
    load_moonshine.cache_clear()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


def test_moonshine_gives_the_interims_and_whisper_the_finals() -> None:
    whisper = FakeWhisper()
    both = passes(FakeMoonshine("Okay."), whisper)
    assert both.interim(AUDIO, 8000, 0.5) == Heard("Okay.", 0.9, firm=False)
    assert both.final(AUDIO, 8000, 0.5) == Heard("Final.", 0.5)
    assert whisper.asked == ["final"]


@pytest.mark.parametrize("text", ["", "(coughs)", "..."])
def test_no_words_are_no_interim(text: str) -> None:
    assert passes(FakeMoonshine(text)).interim(AUDIO, 8000, 0.5) is None


def test_loops_are_folded() -> None:
    assert passes(FakeMoonshine("Stop stop stop stop")).interim(AUDIO, 8000, 0.3) == Heard("Stop", 0.9, firm=True)


@pytest.mark.parametrize("text", ["Stop.", "No, stop", "Hold on, please", "But wait"])
def test_an_unmistakable_command_counts_at_the_first_interim(text: str) -> None:
    heard = passes(FakeMoonshine(text)).interim(AUDIO, 8000, 0.9)
    assert heard is not None
    assert Steadiness().weigh(heard.text, heard.confidence, firm=heard.firm) == 0.9


@pytest.mark.parametrize("text", ["No.", "But", "Okay.", "Nonstop.", "On Friday"])
def test_other_words_count_at_the_second_interim(text: str) -> None:
    heard = passes(FakeMoonshine(text)).interim(AUDIO, 8000, 0.9)
    assert heard is not None
    steadiness, least = Steadiness(), load_profile("en-US", env={}).interruption.min_confidence
    assert steadiness.weigh(heard.text, heard.confidence, firm=heard.firm) < least
    assert steadiness.weigh(heard.text, heard.confidence, firm=heard.firm) == 0.9


def test_a_profile_that_does_not_stop_for_a_command_has_none_that_is_unmistakable() -> None:
    both = MoonshineInterims(FakeMoonshine("Stop."), BIAS, (), FakeWhisper())  # type: ignore[arg-type]  # a stand-in
    heard = both.interim(AUDIO, 8000, 0.5)
    assert heard is not None
    assert heard.firm is False


@pytest.mark.parametrize("error", [Fail("a node failed"), ValueError("shapes"), MemoryError()])
def test_one_that_fails_in_a_call_is_replaced_for_good_with_one_line_in_the_log(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    moonshine, whisper = FakeMoonshine(error=error), FakeWhisper()
    both, another = passes(moonshine, whisper), passes(moonshine, whisper)
    for each in (both, another, both):
        assert each.interim(AUDIO, 8000, 0.5) == Heard("Interim.", 0.5)
    assert moonshine.passes == 1
    assert whisper.asked == ["interim"] * 3
    assert warnings(caplog) == ["Moonshine failed, Whisper does the interims from now on"]


@pytest.mark.parametrize("where", ["find_weights", "Moonshine"])
def test_one_that_cannot_be_loaded_is_said_once_and_whisper_does_both(
    where: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*_: object) -> None:
        raise Unusable("the package moonshine_voice is not installed") if where == "find_weights" else Fail("no model")

    monkeypatch.setattr(decoder, where, missing)
    if where != "find_weights":
        monkeypatch.setattr(decoder, "find_weights", lambda: None)
    profile, options = load_profile("en-US", env={}), LocalSttOptions(interims="moonshine")
    monkeypatch.setattr("callagent.providers.local.whisper.weights.load_whisper", FakeWeights)
    for _ in range(2):
        assert type(factories._passes(profile, options)).__name__ == "Recogniser"
    assert warnings(caplog) == ["Moonshine cannot be used, Whisper does the interims, too"]


class FakeWeights:
    def __init__(self, threads: int) -> None:
        self.threads = threads

    def fits(self, text: str) -> bool:
        return len(text) < 100

    def prompt(self, text: str) -> list[int]:
        return []

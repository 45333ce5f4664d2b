from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from callagent.audio import SAMPLE_RATE
from callagent.audio.recorder import write_stereo
from callagent.journal import CallJournal, read_journal, write_journal
from callagent.profile import Profile
from callagent.scripted_calls.tuning.grid import Setting, grid_around
from callagent.scripted_calls.tuning.speech_probability import Speech
from callagent.scripted_calls.tuning.tradeoff import sweep
from callagent.scripted_calls.tuning.vad_rerun import NO_RECORDING, SAME_WORDS, hear
from callagent.turns import GateConfig
from callagent.turns.gate.events import CallerStarted
from tests.audio.sounds import silence
from tests.providers.conftest import profile_with
from tests.scripted_calls.tuning.journals import SECONDS, Said, journal_of

MURMUR = Said(10, "", "tic", length=1.5, interim=False)
QUESTION = Said(20, "could you tell me about", "interruption", length=3.0, interim=False)
WINDOW = 0.032


def audio(*said: Said) -> CallJournal:
    journal = journal_of(*said)
    return replace(journal, head=replace(journal.head, level="audio"))


def kept(journal: CallJournal, path: Path, seconds: float | None = SECONDS) -> CallJournal:
    write_journal(journal, path / "events.jsonl")
    if seconds is not None:
        write_stereo(path / "call.wav", silence(seconds), silence(seconds), SAMPLE_RATE)
    return read_journal(path / "events.jsonl")


@pytest.fixture
def profile() -> Profile:
    return profile_with()


@pytest.fixture(autouse=True)
def detector(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hears a murmur at 10 s and a voice at 20 s in every recording."""

    def listen(recordings: Iterable[Path], _: object) -> Mapping[Path, Speech]:
        probabilities = [0.0] * round(SECONDS / WINDOW)
        for start, end, probability in ((10.0, 11.5, 0.6), (20.0, 23.0, 0.95)):
            for index in range(round(start / WINDOW), round(end / WINDOW)):
                probabilities[index] = probability
        return dict.fromkeys(recordings, Speech(probabilities, WINDOW))

    monkeypatch.setattr("callagent.scripted_calls.tuning.vad_rerun.listen", listen)


def test_a_threshold_above_a_murmur_is_recommended(tmp_path: Path, profile: Profile) -> None:
    heard = hear([kept(audio(MURMUR, QUESTION), tmp_path)], profile)
    current = Setting.of(profile)
    tradeoff = sweep(
        heard.trials, GateConfig.from_profile(profile), current, grid_around(current, with_vad=True), profile.vad
    )
    best = tradeoff.recommended
    assert heard.with_vad
    assert tradeoff.current.figures.talk_through == 0
    assert best is not None
    assert best.figures.talk_through == 1
    assert best.setting.activation_threshold == 0.7
    assert "activation_threshold" not in tradeoff.idle


def test_without_a_recording_the_caller_speaks_as_in_the_journal(tmp_path: Path, profile: Profile) -> None:
    journal = kept(audio(MURMUR, QUESTION), tmp_path, seconds=None)
    heard = hear([journal], profile)
    assert (heard.with_vad, heard.notes) == (False, [NO_RECORDING])
    starts = [event for event in heard.trials[0].events() if isinstance(event, CallerStarted)]
    assert starts == [event for event in journal.events if isinstance(event, CallerStarted)]


def test_calls_without_a_whole_recording_are_counted(tmp_path: Path, profile: Profile) -> None:
    for name, seconds in (("a", SECONDS), ("b", None), ("c", 5.0)):
        (tmp_path / name).mkdir()
        kept(audio(MURMUR, QUESTION), tmp_path / name, seconds)
    journals = [read_journal(tmp_path / name / "events.jsonl") for name in "abc"]
    heard = hear(journals, profile)
    assert [trial.heard for trial in heard.trials] == [True, False, False]
    assert heard.notes[0] == SAME_WORDS
    assert heard.notes[1].startswith("2 of 3 calls have no recording of the whole call")


def test_a_recording_beside_a_call_without_sound_is_not_its_own(tmp_path: Path) -> None:
    assert kept(journal_of(MURMUR, QUESTION), tmp_path).recording is None


def test_the_recording_of_a_named_journal_has_its_name(tmp_path: Path) -> None:
    write_journal(audio(MURMUR), tmp_path / "001-both.events.jsonl")
    (tmp_path / "001-both.wav").touch()
    assert read_journal(tmp_path / "001-both.events.jsonl").recording == tmp_path / "001-both.wav"

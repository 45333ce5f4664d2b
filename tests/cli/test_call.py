import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callagent.calls import CallBrokenOff, FinishedCall, LevelUnavailable, make_level, run_calls
from callagent.cli.main import main

pytestmark = pytest.mark.text

GOOD = """
call: A good call
profile: en-US
agent: {greeting: Thank you for calling Harbour Dental. We are open on weekdays from nine to six.}
steps:
  - agent_says: Harbour Dental
  - {caller: Okay., when: agent speaking}
  - expect: agent keeps speaking
never: [{tool: transfer_call}]
"""
BAD = GOOD.replace("keeps speaking", "stops")
RESULT = {"call", "file", "level", "passed", "seconds", "steps", "panel", "decisions", "turns"}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.yaml"
    file.write_text(BAD)
    return file


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["call", "--level", "text", *map(str, arguments)])


def test_a_call_that_passes_is_0_and_shows_what_was_said(good: Path) -> None:
    result = run(good)
    assert result.exit_code == 0
    for shown in ("A good call", "Thank you for calling Harbour Dental.", "talked on", "passed  4 of 4 steps", "panel"):
        assert shown in result.stdout


def test_a_call_that_fails_is_1_and_tells_the_step(bad: Path, good: Path) -> None:
    result = run(good, bad)
    assert result.exit_code == 1
    assert "✗ step 3: agent stops within 1 s: the agent was still speaking" in result.stdout
    assert "1 of 2 calls passed" in result.stdout
    assert f"failed: {bad}" in result.stdout


def test_json_is_the_documented_object_and_nothing_else(good: Path, bad: Path) -> None:
    result = run("--json", good, bad)
    data = json.loads(result.stdout)
    assert set(data) == {"passed", "calls", "panel"}
    assert data["passed"] is False
    assert [set(each) for each in data["calls"]] == [RESULT, RESULT]
    first, second = data["calls"]
    assert (first["call"], first["file"], first["level"], first["passed"]) == ("A good call", str(good), "text", True)
    assert set(first["steps"][0]) == {"step", "passed", "expected", "observed"}
    assert [step["step"] for step in first["steps"]] == [1, 2, 3, 4]
    assert set(first["decisions"][0]) == {"at", "heard", "decision", "rule", "reaction_ms"}
    assert set(first["turns"][0]) == {"role", "text", "at"}
    assert data["panel"]["selectivity_backchannel"] == {"rate": 1.0, "count": 1}
    assert second["passed"] is False


def test_an_invalid_script_is_2_and_one_line_for_each_problem(tmp_path: Path, good: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("call: A call\nsteps:\n- agent_say: Hi\n- expect: agent stop\n")
    result = run(good, tmp_path / "wrong.yaml")
    assert result.exit_code == 2
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert "wrong.yaml:3: step 1: agent_say: unknown step" in first
    assert first.endswith("did you mean 'agent_says'?")
    assert second.endswith("did you mean 'agent stops'?")


def test_a_missing_script_is_2(tmp_path: Path) -> None:
    result = run(tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert "none.yaml: cannot be read" in result.stderr


def test_an_unknown_profile_is_2(good: Path) -> None:
    result = run(good, "--profile", "en-UK")
    assert result.exit_code == 2
    assert "did you mean" in result.stderr


def test_a_level_that_is_not_here_is_3(good: Path) -> None:
    result = CliRunner().invoke(main, ["call", "--level", "sip", str(good)])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.startswith("level sip is not available here")


def test_all_levels_run_what_is_here(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_text(name: str) -> Any:
        if name != "text":
            raise LevelUnavailable(f"level {name} is not available here")
        return make_level("text")

    monkeypatch.setattr("callagent.cli.call.make_level", only_text)
    result = CliRunner().invoke(main, ["call", "--level", "all", "--json", str(good)])
    assert result.exit_code == 0
    assert [call["level"] for call in json.loads(result.stdout)["calls"]] == ["text"]
    assert result.stderr.count("is not available here") == 3


def test_the_report_has_journal_and_picture(good: Path, bad: Path, tmp_path: Path) -> None:
    result = run(good, bad, "--report", tmp_path / "out")
    files = sorted(str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*.*"))
    names = ("events.jsonl", "report.html", "timeline.json", "timeline.png")
    assert files == [*(f"{call}/{name}" for call in ("bad", "good") for name in names), "index.html"]
    journal = json.loads((tmp_path / "out" / "good" / "timeline.json").read_text())
    assert set(journal) > RESULT
    assert journal["caller"][0]["text"] == "Okay."
    assert journal["ended"]["reason"] == "caller hung up"
    assert f"{tmp_path / 'out' / 'good'}: report.html, timeline.json, timeline.png" in result.stdout


def test_a_place_for_the_report_that_cannot_be_written_is_2(good: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(good, "--report", tmp_path / "file" / "out")
    assert result.exit_code == 2
    assert result.stderr.startswith("--report: cannot be written")


def test_ctrl_c_keeps_what_there_is_and_is_130(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(*arguments: Any) -> Iterator[FinishedCall]:
        for finished in run_calls(*arguments):
            raise CallBrokenOff(finished)
        yield from ()

    monkeypatch.setattr("callagent.cli.call.run_calls", broken_off)
    result = run(good, "--report", tmp_path / "out")
    assert result.exit_code == 130
    assert "interrupted: the call was broken off" in result.stderr
    assert (tmp_path / "out" / "good" / "timeline.json").exists()


def test_options_reach_the_call(good: Path) -> None:
    data = json.loads(run("--json", "--gate", "stock", "--set", "interruption.grace=100 ms", good).stdout)
    assert data["calls"][0]["decisions"] == []
    assert data["passed"] is False


def test_a_call_can_be_limited(good: Path) -> None:
    result = run("--timeout", "2 s", good)
    assert result.exit_code == 1
    assert "the call took longer than 2.00 s" in result.stdout


@pytest.mark.parametrize("timeout", ["2", "-1 s", "soon"])
def test_a_limit_needs_its_unit(good: Path, timeout: str) -> None:
    assert run(good, "--timeout", timeout).exit_code == 2


def test_the_schema_is_printed() -> None:
    result = CliRunner().invoke(main, ["call", "--schema"])
    assert result.exit_code == 0
    assert "steps" in json.loads(result.stdout)["properties"]

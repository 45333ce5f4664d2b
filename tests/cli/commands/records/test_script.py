"""`callagent records script`: a call that is over becomes a scripted call."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.journal import (
    AgentAudible,
    AgentState,
    Answered,
    CallEnded,
    CallerKeys,
    CallJournal,
    Head,
    Line,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
    write_journal,
)
from callagent.scripted_calls import load_call
from callagent.turns.gate.events import CallerStarted, CallerStopped, Transcript

BY_MODEL = {"llm_node_ttft": 0.3}

LINES: list[Line] = [
    Answered(0.5),
    AgentState(0.5, "listening"),
    AgentAudible(0.7),
    AgentState(0.7, "speaking"),
    PlayoutEnded(2.7, interrupted=False),
    AgentState(2.7, "listening"),
    TurnAdded(0.7, "assistant", "Harbour Dental, good morning Maria."),
    CallerStarted(3.6, 3.5),
    Transcript(5.4, 1, "My number is 40713, maria.oh@example.org.", True, 0.8),
    CallerStopped(5.3, 5.0),
    TurnAdded(5.5, "user", "My number is 40713, maria.oh@example.org."),
    ToolCalled(5.7, "find_customer", {"number": "40713"}, "c1"),
    ToolReturned(6.4, "c1", "done", "Maria Lopez, +49 30 123456"),
    AgentAudible(6.8),
    PlayoutEnded(8.8, interrupted=False),
    TurnAdded(6.5, "assistant", "I found you, Maria Lopez.", BY_MODEL),
    CallerKeys(9.5, "4"),
    CallerKeys(9.7, "7"),
    CallerKeys(9.9, "1"),
    CallerKeys(10.1, "1"),
    Trouble(11.0, "APIError: Maria Lopez is not known"),
]
ENDED = CallEnded(12.0, "caller hung up")
CONTEXT = {
    "direction": "inbound",
    "number": "+4930123456",
    "own_number": "+12025550100",
    "headers": {"x-name": "Maria Lopez"},
}
PLANTED = ("Maria", "Lopez", "maria", "40713", "4711", "123456", "example.org")


def a_call(directory: Path, *lines: Line, profile: str = "en-US") -> Path:
    head = Head("AJ_1", profile, "real", None, "call-1", "2026-01-01T09:00:00.000+00:00", CONTEXT, "a test")
    path = directory / "20260101T090000-AJ_1.events.jsonl"
    write_journal(CallJournal(head, [*LINES, *lines]), path)
    return path


def script(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["records", "script", *map(str, arguments)])


def test_the_script_is_a_scripted_call_without_personal_data(tmp_path: Path) -> None:
    out = tmp_path / "again.yaml"
    result = script(a_call(tmp_path, ENDED), "--out", out)
    assert (result.exit_code, result.output) == (0, f"{out}\n")
    text = out.read_text(encoding="utf-8")
    assert [planted for planted in PLANTED if planted in text] == []
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    made = load_call(out).script
    assert made.profile == "en-US"
    number = made.agent.replies[0].args["number"] if made.agent.replies else ""
    assert len(number) == 5 and number in text.partition("steps:")[2]
    assert made.agent.mock["find_customer"].delay == pytest.approx(0.7)
    assert "APIError" in text.partition("call:")[0]


def test_without_out_the_script_is_printed(tmp_path: Path) -> None:
    result = script(a_call(tmp_path, ENDED))
    (tmp_path / "printed.yaml").write_text(result.stdout, encoding="utf-8")
    assert result.exit_code == 0 and result.stderr == ""
    assert load_call(tmp_path / "printed.yaml").script.call == "A real call of 2026-01-01"


def test_the_record_beside_a_journal_stands_for_it(tmp_path: Path) -> None:
    path = a_call(tmp_path, ENDED)
    record = path.with_name("20260101T090000-AJ_1.json")
    record.write_text("{}", encoding="utf-8")
    assert script(record).output == script(path).output


def test_a_call_that_was_cut_off_says_so(tmp_path: Path) -> None:
    assert "# - the journal ends in the middle of the call, after 11.0 s\n" in script(a_call(tmp_path)).stdout


def test_a_profile_that_is_not_here_is_named_all_the_same(tmp_path: Path) -> None:
    result = script(a_call(tmp_path, ENDED, profile="bakery"))
    assert result.exit_code == 0 and "profile: bakery\n" in result.stdout
    assert result.stderr == ("note: the profile of the call, 'bakery', cannot be read here; --profile names another\n")


def test_another_profile_is_named_as_the_script_finds_it(tmp_path: Path) -> None:
    profile = tmp_path / "profiles" / "mine.yaml"
    profile.parent.mkdir()
    profile.write_text("extends: en-US\n", encoding="utf-8")
    (tmp_path / "calls").mkdir()
    out = tmp_path / "calls" / "again.yaml"
    assert script(a_call(tmp_path, ENDED), "--out", out, "--profile", profile).exit_code == 0
    assert load_call(out).script.profile == "../profiles/mine.yaml"


@pytest.mark.parametrize(
    ("name", "told"), [("none.events.jsonl", "no such file or directory"), (".", "is a directory")]
)
def test_what_is_no_journal_is_one_line(tmp_path: Path, name: str, told: str) -> None:
    result = script(tmp_path / name)
    assert result.exit_code == 2 and told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_script_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    result = script(a_call(tmp_path, ENDED), "--out", tmp_path / "none" / "again.yaml")
    assert result.exit_code == 2 and result.stderr.startswith("--out: cannot be written")

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.database import Store
from tests.support.dial_worker import mailbox_worker, worker
from tests.support.livekit_peer import KEY, SECRET, Line, LiveKitPeer, TwirpError, peer_in_a_thread

NUMBER = "+12025550123"
ALWAYS = "dialling.hours={opens: '00:00', closes: '24:00', days: [mon, tue, wed, thu, fri, sat, sun]}"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    location = str(tmp_path / "records.db")
    monkeypatch.setenv("CALLAGENT_DATABASE", location)
    return location


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveKitPeer]:
    with peer_in_a_thread(LiveKitPeer(worker)) as running:
        for name, value in (("URL", running.url), ("API_KEY", KEY), ("API_SECRET", SECRET)):
            monkeypatch.setenv(f"LIVEKIT_{name}", value)
        yield running


def dial(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dial", "--set", ALWAYS, *arguments])


def test_a_call_is_shown_stage_by_stage(peer: LiveKitPeer) -> None:
    peer.lines[NUMBER] = Line(rings=0.4)
    result = dial(NUMBER, "--wait")
    assert result.exit_code == 0, result.output
    words = [line.split(" s  ")[-1] for line in result.output.splitlines()]
    assert words[0] == "calling +1 202-555-0123 (US, fixed-line-or-mobile)"
    assert [word for word in words if word in ("dispatched", "ringing", "ended")] == ["dispatched", "ringing", "ended"]
    assert words[-1] == "answered: caller hung up"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (Line(), 0),
        (Line(486, "Busy Here"), 10),
        (Line(None), 11),
        (Line(603, "Decline"), 12),
        (Line(403, "Forbidden"), 12),
        (Line(480, "Temporarily Unavailable"), 12),
        (Line(404, "Not Found"), 13),
        (Line(410, "Gone"), 13),
        (Line(484, "Address Incomplete"), 13),
        (Line(604, "Does Not Exist Anywhere"), 13),
        (Line(500, "Server Internal Error"), 20),
        (Line(error=(404, "not_found", "requested sip trunk does not exist")), 20),
    ],
    ids=lambda value: str(value.status or value.error or "silence") if isinstance(value, Line) else "",
)
def test_json_is_one_object_and_the_exit_status_tells_the_outcome(peer: LiveKitPeer, line: Line, status: int) -> None:
    peer.lines[NUMBER] = line
    result = dial(NUMBER, "--wait", "--json", "--set", "dialling.ringing_timeout=5 s")
    assert result.exit_code == status, result.output
    told = json.loads(result.stdout)
    assert (told["status"], told["number"]) == (status, NUMBER)
    assert result.stderr == ""
    stages = list(told["seconds"])
    assert (stages[0], stages[-1]) == ("dispatched", "ended")


def test_a_machine_is_status_14(peer: LiveKitPeer) -> None:
    peer.hire(mailbox_worker)
    result = dial(NUMBER, "--wait", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["status"], told["outcome"]) == (14, 14, "machine")
    assert (told["detail"], told["machine"]) == ("hung up during the message", "voicemail")


def test_without_waiting_the_command_ends_with_the_dispatch(peer: LiveKitPeer) -> None:
    result = dial(NUMBER, "--json", "--meta", "order=17")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["outcome"] == "dispatched"
    assert '"order": "17"' in peer.asked("CreateDispatch")[0].metadata


def test_a_guard_that_refuses_is_status_30_and_no_request(peer: LiveKitPeer, database: str) -> None:
    for arguments, rule in (
        (["911", "--from", "+12025550100"], "emergency numbers"),
        (["+442083661177", "--from", "+12025550100"], "countries"),
        (["+19005551234", "--from", "+12025550100"], "number kinds"),
    ):
        result = dial(*arguments, "--json")
        assert result.exit_code == 30, result.output
        assert json.loads(result.stdout)["rule"] == rule
        assert json.loads(result.stdout)["remedy"]
    assert peer.requests == []
    assert len(Store(database).refusals()) == 3
    assert "countries: +442083661177 is in GB" in dial("+442083661177", "--from", "+12025550100").stderr


def test_the_do_not_call_list_of_the_profile_counts(peer: LiveKitPeer, tmp_path: Path) -> None:
    (tmp_path / "dnc.txt").write_text(f"# asked\n{NUMBER}\n")
    result = dial(NUMBER, "--set", f"dialling.do_not_call={tmp_path / 'dnc.txt'}")
    assert result.exit_code == 30
    assert "dnc.txt:2" in result.stderr


def test_the_do_not_call_list_stands_beside_the_profile_that_names_it(
    peer: LiveKitPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("profiles", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "profiles" / "dnc.txt").write_text(f"{NUMBER}\n")
    (tmp_path / "profiles" / "ours.yaml").write_text("extends: en-US\ndialling:\n  do_not_call: dnc.txt\n")
    (tmp_path / "elsewhere" / "theirs.yaml").write_text("extends: ../profiles/ours.yaml\n")
    monkeypatch.chdir(tmp_path)
    for profile in ("profiles/ours.yaml", str(tmp_path / "elsewhere" / "theirs.yaml")):
        result = dial(NUMBER, "--profile", profile)
        assert (result.exit_code, "dnc.txt:1" in result.stderr) == (30, True), result.stderr
    (tmp_path / "mine.txt").write_text(f"# nobody yet\n{NUMBER}\n")
    result = dial(NUMBER, "--profile", "profiles/ours.yaml", "--set", "dialling.do_not_call=mine.txt")
    assert (result.exit_code, "mine.txt:2" in result.stderr) == (30, True), result.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nobody"], "'nobody' contains no digits"),
        (["202 555 0123"], "needs + and the country code"),
        (["202 555 0123"], "--region CODE"),
        (["202 555 0123"], "--from"),
        (["202 555 0123", "--region", "XX"], "'XX' is not an ISO 3166 country code"),
        (["--list", "x.csv", "--column", "Mobile"], 'as in number="Mobile Phone"'),
        (["--list", "x.csv", "--encoding", "utf-88"], "'utf-88' is not an encoding"),
        ([NUMBER, "--from", "x"], "--from: 'x'"),
        ([NUMBER, "--profile", "en-UK"], "unknown profile"),
        ([NUMBER, "--set", "dialling.max_calls=1"], "unknown key"),
        ([NUMBER, "--meta", "order"], "KEY=VALUE"),
        ([], "give either a number or --list"),
        ([NUMBER, "--list", "x.csv"], "give either a number or --list"),
        (["--list", "nowhere.csv"], "cannot be read"),
        ([NUMBER, "--url", "nonsense"], "URL"),
        ([NUMBER, "--url", "ws://user:hunter2@127.0.0.1:9"], "holds a user name or a password"),
        ([NUMBER, "--url", "https://user:hunter2@"], "holds a user name or a password"),
        ([NUMBER, "--url", "ws://["], "not a LiveKit URL: 'ws://['"),
        ([NUMBER, "--agent-name", "\udcff"], "not UTF-8 text"),
        ([NUMBER, "--meta", "a=\udcff"], "--meta needs UTF-8 text, not 'a=\\udcff'"),
        ([NUMBER, "--meta", "a=" + "x" * 24_000], "has 24009 bytes as JSON, at most 24000"),
        ([NUMBER, "--from", "911"], "--from: 911 is an emergency or short number"),
        ([NUMBER, "--from", "+1911"], "--from: 911 is an emergency or short number"),
        ([NUMBER, "--from", "+12025550100 ext. 17"], "--from: a caller-ID has no extension (17)"),
        ([NUMBER, "--per-second", "nan"], "nan is not a finite number"),
        ([NUMBER, "--max-call", "nan"], "nan is not a finite number"),
        ([NUMBER, "--max-call", "inf"], "inf is not a finite number"),
    ],
)
def test_what_is_not_valid_is_status_2_and_no_request(peer: LiveKitPeer, arguments: list[str], problem: str) -> None:
    result = dial(*arguments)
    assert result.exit_code == 2, result.output
    assert problem in result.stderr
    assert not isinstance(result.exception, ValueError)
    assert "hunter2" not in result.output
    assert peer.requests == []


@pytest.mark.parametrize(
    ("arguments", "outcome", "status", "detail"),
    [
        (["nobody"], "invalid", 2, "'nobody' contains no digits"),
        ([NUMBER, "--profile", "en-UK"], "invalid", 2, "unknown profile"),
        ([NUMBER, "--from", "911"], "invalid", 2, "emergency"),
        ([NUMBER, "--url", "nonsense"], "invalid", 2, "not a LiveKit URL"),
        ([NUMBER, "--meta", "order"], "invalid", 2, "--meta needs KEY=VALUE"),
        ([NUMBER, "--meta", "a=" + "x" * 24_000], "invalid", 2, "at most 24000"),
        (["--list", "nowhere.csv"], "invalid", 2, "cannot be read"),
        ([NUMBER, "--trunk", "mian"], "trunk failure", 20, "did you mean 'main'"),
        ([NUMBER, "--api-secret", "wrong"], "trunk failure", 20, "refuses the API key"),
        ([NUMBER, "--database", "nowhere://x"], "not possible", 3, "no database that is known"),
    ],
)
def test_json_also_tells_why_nobody_was_called(
    peer: LiveKitPeer, arguments: list[str], outcome: str, status: int, detail: str
) -> None:
    result = dial("--json", *arguments)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["status"], told["outcome"], result.stderr) == (status, status, outcome, "")
    assert detail in told["detail"]


def test_a_key_that_the_server_refuses_is_one_line_even_if_its_secret_is_short(
    peer: LiveKitPeer, recwarn: pytest.WarningsRecorder
) -> None:
    result = dial(NUMBER, "--api-secret", "wrong")
    assert result.exit_code == 20
    assert result.stderr == f"trunk failure: livekit-server at {peer.url} refuses the API key\n"
    assert recwarn.list == []


def test_a_line_that_is_written_into_a_pipe_is_not_broken(peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    reason = "Busy " * 30 + "Here"
    peer.lines[NUMBER] = Line(486, reason)
    assert dial(NUMBER, "--wait").stdout.splitlines()[-1] == f"busy: 486 {reason}"


def test_a_row_of_which_the_agent_would_be_told_too_much_is_named_before_anybody_is_called(
    peer: LiveKitPeer, tmp_path: Path, database: str
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(f"number,text\n{NUMBER},1\n+12025550124,{'x' * 23_990}\n")
    result = dial("--list", str(path), "--meta", "campaign=spring")
    assert result.exit_code == 2
    assert "numbers.csv:3: what the agent is told" in result.stderr
    assert (peer.requests, Store(database).attempts()) == ([], [])


def test_a_server_that_is_not_there_is_status_20(monkeypatch: pytest.MonkeyPatch) -> None:
    result = dial(NUMBER, "--url", "ws://127.0.0.1:9", "--api-key", "k", "--api-secret", "s" * 32)
    assert result.exit_code == 20
    assert "cannot reach livekit-server" in result.stderr


def test_an_unknown_trunk_is_status_20(peer: LiveKitPeer) -> None:
    result = dial(NUMBER, "--trunk", "mian")
    assert result.exit_code == 20
    assert "did you mean 'main'" in result.stderr


def test_a_number_that_is_busy_is_called_again_where_the_profile_says_so(peer: LiveKitPeer) -> None:
    peer.lines[NUMBER] = Line(486, "Busy Here")
    result = dial(NUMBER, "--wait", "--set", "dialling.retries={times: 1, after: 1 s}")
    assert result.exit_code == 10
    assert "once more in 1 s" in result.output
    assert len(peer.asked("CreateSIPParticipant")) == 2


def test_a_trunk_that_fails_is_tried_again_where_the_profile_says_so(peer: LiveKitPeer) -> None:
    peer.failing["CreateDispatch"] = TwirpError(500, "internal", "no agents here")
    retries = "dialling.retries={times: 1, after: 1 s, on: [trunk failure]}"
    result = dial(NUMBER, "--wait", "--json", "--set", retries, "--set", "dialling.attempts_per_day=1")
    assert (result.exit_code, json.loads(result.stdout)["tries"]) == (20, 2), "what fails is no attempt on the number"
    assert len(peer.asked("CreateRoom")) == 2
    assert dial(NUMBER, "--set", retries).exit_code == 20
    assert len(peer.asked("CreateRoom")) == 3, "nobody waits, nobody tries again"


def test_a_list_is_called_and_summed_up(peer: LiveKitPeer, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(f"number,order\n{NUMBER},1\n+12025550124,2\n")
    peer.lines[NUMBER] = Line(486, "Busy Here")
    result = dial("--list", str(path), "--max-calls", "2", "--per-second", "50")
    assert result.exit_code == 0, result.output
    assert "2 rows: 1 busy, 1 answered" in result.output or "2 rows: 1 answered, 1 busy" in result.output
    again = dial("--list", str(path), "--json")
    assert json.loads(again.stdout) == {
        "rows": 2, "before": 2, "outcomes": {}, "left": 0, "stopped": "", "status": 0,
        "duplicates": 0, "skipped": 0, "duplicate_rows": [], "skipped_rows": [],
    }  # fmt: skip
    peer.lines.clear()
    assert json.loads(dial("--list", str(path), "--restart", "--json", "--per-second", "50").stdout)["outcomes"] == {
        "answered": 2
    }


def test_a_national_number_is_called_in_the_country_that_is_named(peer: LiveKitPeer, tmp_path: Path) -> None:
    assert dial("(202) 555-0123", "--region", "us", "--wait").exit_code == 0
    (tmp_path / "numbers.csv").write_text("2025550124\n")
    assert dial("--list", str(tmp_path / "numbers.csv"), "--region", "US").exit_code == 0
    assert [request.sip_call_to for request in peer.asked("CreateSIPParticipant")] == [NUMBER, "+12025550124"]


def test_rows_that_are_not_called_are_told(peer: LiveKitPeer, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(f"name,number\nAnn,{NUMBER}\nBo,N/A\nAnn Lee,+1-202-555-0123\n")
    assert dial("--list", str(path)).exit_code == 2
    assert peer.requests == []
    result = dial("--list", str(path), "--skip-invalid", "--per-second", "50")
    assert result.exit_code == 0, result.output
    assert f"skipped: {path}:3: has no number ('N/A')" in result.output
    assert "line 4     +12025550123     has the number of line 2: not called again" in result.output
    assert "1 rows: 1 answered; 1 duplicates; 1 skipped" in result.output
    again = dial("--list", str(path), "--skip-invalid", "--allow-duplicates", "--json", "--per-second", "50")
    told = json.loads(again.stdout)
    assert (told["before"], told["outcomes"], told["duplicates"]) == (1, {"answered": 1}, 0)
    assert told["skipped_rows"] == [{"line": 3, "reason": "has no number ('N/A')"}]
    told = json.loads(dial("--list", str(path), "--skip-invalid", "--json").stdout)
    assert (told["duplicates"], told["duplicate_rows"]) == (1, [{"line": 4, "first": 2}])


def test_an_extension_of_the_trunk_is_a_caller_id(peer: LiveKitPeer) -> None:
    peer.trunks[0].numbers[:] = ["6001", "6002"]
    result = dial(NUMBER, "--from", "6002")
    assert (result.exit_code, "name" in result.stderr) == (30, True), result.output
    assert dial(NUMBER, "--from", "6002", "--region", "US", "--wait").exit_code == 0
    assert dial(NUMBER, "--from", "6003", "--region", "US").exit_code == 30
    assert [asked.sip_number for asked in peer.asked("CreateSIPParticipant")] == ["6002"]

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.cli.output import ExitStatus
from callagent.livekit_api import TimeLimits, client
from callagent.livekit_api.connection import Connection

SECRETS = {"TRUNK_PASSWORD": "correct-horse-battery", "PIN": "48151623", "TOKEN": "tok-en-42"}
FILE = """
inbound_trunks:
  main:
    numbers: ["+12025550100"]
    auth: {username: "${TOKEN}", password: "${TRUNK_PASSWORD}"}
    headers: {X-Token: "${TOKEN}"}
outbound_trunks:
  main:
    address: sip.example.com
    numbers: ["+12025550100"]
    auth: {username: callagent, password: "${TRUNK_PASSWORD}"}
dispatch_rules:
  desk: {trunks: [main], profile: en-US, pin: "${PIN}"}
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sip.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def livekit_env(sip_livekit: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.setenv("LIVEKIT_URL", sip_livekit.url)
    monkeypatch.setenv("LIVEKIT_API_KEY", sip_livekit.api_key)
    monkeypatch.setenv("LIVEKIT_API_SECRET", sip_livekit.api_secret)
    return sip_livekit


@pytest.fixture
def silent_url() -> Iterator[str]:
    """Something that accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def sip(*arguments: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--log-level", "debug", "sip", *map(str, arguments)], input=answer)


def keys(url: str) -> list[str]:
    return ["--url", url, "--api-key", "k", "--api-secret", "secret"]


@pytest.mark.parametrize(("command", "status"), [("plan", ExitStatus.FAILED), ("apply", ExitStatus.INVALID)])
def test_a_missing_variable_is_told_before_any_request(
    command: str, status: ExitStatus, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIN")
    result = sip(command, file, *keys("http://127.0.0.1:9"))
    assert result.exit_code == status
    assert result.stderr == f"{file}:13: dispatch_rules.desk.pin: the environment variable PIN is not set\n"


def test_a_file_can_be_checked_without_a_server(file: Path) -> None:
    assert sip("check", file).stdout == f"{file}: ok\n"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ((), "LIVEKIT_URL and LIVEKIT_API_KEY and LIVEKIT_API_SECRET not set"),
        (keys("voice.example.com"), "not a LiveKit URL: 'voice.example.com'"),
        (keys("ws://user:hunter2@127.0.0.1:9"), "the LiveKit URL holds a user name or a password"),
        (keys("ws://["), "not a LiveKit URL: 'ws://['"),
    ],
)
def test_a_server_that_is_not_named_is_one_line_and_status_2(options: tuple[str, ...], line: str) -> None:
    result = sip("show", *options)
    assert (result.exit_code, result.stderr.count("\n")) == (ExitStatus.INVALID, 1)
    assert line in result.stderr


@pytest.mark.parametrize(
    "options", [("--no-such-option",), (), ("--url",), ("--api-key", "k"), keys("voice.example.com")]
)
def test_a_plan_that_cannot_be_made_is_not_taken_for_changes(options: tuple[str, ...], file: Path) -> None:
    assert sip("plan", file, *options).exit_code == ExitStatus.FAILED
    assert sip("plan", file / "missing", *options).exit_code == ExitStatus.FAILED
    assert sip("plan", *options).exit_code == ExitStatus.FAILED
    assert sip("apply", file, *options).exit_code == ExitStatus.INVALID


@pytest.mark.parametrize("command", ["show", "plan", "apply"])
def test_a_server_that_is_not_there_is_one_line_and_status_3(command: str, file: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    result = sip(command, *([] if command == "show" else [file]), *keys(url))
    assert (result.exit_code, result.stdout) == (ExitStatus.UNAVAILABLE, "")
    assert result.stderr.endswith(f"cannot reach livekit-server at {url}: connection refused\n")


def test_a_server_that_does_not_answer_is_given_up(silent_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LIMITS", TimeLimits(question=0.2))
    result = sip("show", *keys(silent_url))
    assert result.exit_code == ExitStatus.UNAVAILABLE
    assert result.stderr.endswith("no answer\n")


@pytest.mark.room
@pytest.mark.any_speed
def test_a_server_without_redis_is_one_line_and_status_3(livekit: Connection) -> None:
    result = sip("show", "--url", livekit.url, "--api-key", livekit.api_key, "--api-secret", livekit.api_secret)
    assert result.exit_code == ExitStatus.UNAVAILABLE
    assert result.stderr.endswith("has no Redis, which SIP needs\n")


@pytest.mark.room
@pytest.mark.any_speed
def test_a_wrong_key_is_one_line_and_status_3(livekit_env: Connection) -> None:
    result = sip("show", "--api-secret", "wrong" * 8)
    assert result.exit_code == ExitStatus.UNAVAILABLE
    assert result.stderr.endswith("refuses the API key\n")


@pytest.mark.room
@pytest.mark.any_speed
def test_plan_apply_plan(livekit_env: Connection, file: Path) -> None:
    planned = sip("plan", file)
    assert planned.exit_code == 2
    assert "+ create inbound trunk 'main'" in planned.stdout and planned.stdout.endswith("3 to create\n")
    applied = sip("apply", file)
    assert applied.exit_code == ExitStatus.OK
    assert applied.stdout.endswith("created dispatch rule 'desk'\n")
    again = sip("plan", file)
    assert (again.exit_code, again.stdout) == (ExitStatus.OK, "nothing to do\n")
    idle = sip("apply", file)
    assert (idle.exit_code, idle.stdout) == (ExitStatus.OK, "nothing to do\n")


@pytest.mark.room
@pytest.mark.any_speed
def test_changes_are_told_field_by_field(livekit_env: Connection, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sip("apply", file)
    monkeypatch.setenv("TRUNK_PASSWORD", "another-password")
    file.write_text(
        FILE.replace('["+12025550100"]\n    auth: {username: c', '["+12025550101"]\n    auth: {username: c')
    )
    assert sip("plan", file).stdout.splitlines() == [
        "~ update inbound trunk 'main'",
        "    auth.password: changed",
        "~ update outbound trunk 'main'",
        "    numbers: added +12025550101, removed +12025550100",
        "    auth.password: changed",
        "2 to update",
    ]
    data = json.loads(sip("plan", file, "--json").stdout)
    assert data["changes"][1]["fields"]["auth.password"] == {"before": "***", "after": "***"}


@pytest.mark.room
@pytest.mark.any_speed
def test_nothing_is_deleted_without_consent(livekit_env: Connection, file: Path) -> None:
    sip("apply", file)
    file.write_text("inbound_trunks: {other: {numbers: ['+12025550101']}}")
    refused = sip("apply", file)
    assert refused.exit_code == ExitStatus.INVALID
    assert "nothing was changed: this would delete inbound trunk 'main', outbound trunk 'main'" in refused.stderr
    assert "--yes" in refused.stderr and "created" not in refused.stdout
    agreed = sip("apply", file, "--yes", "--json")
    assert agreed.exit_code == ExitStatus.OK
    assert [each["action"] for each in json.loads(agreed.stdout)["done"]] == ["create", "delete", "delete", "delete"]


@pytest.mark.room
@pytest.mark.any_speed
def test_a_name_that_is_taken_is_told_with_its_line(livekit_env: Connection, file: Path) -> None:
    sip("apply", file)
    file.write_text(f"stack: other\n{FILE}")
    for command in ("plan", "apply"):
        result = sip(command, file)
        assert result.exit_code == ExitStatus.FAILED
        assert f"{file}:4: inbound_trunks.main: ST_" in result.stderr and "'default' created" in result.stderr
    assert sip("plan", file, "--adopt").stdout.count(", adopted") == 3


@pytest.mark.room
@pytest.mark.any_speed
def test_show_tells_what_is_managed(livekit_env: Connection, file: Path) -> None:
    assert sip("show").stdout.splitlines() == ["no inbound trunks", "no outbound trunks", "no dispatch rules"]
    sip("apply", file)
    shown = sip("show")
    assert (shown.exit_code, shown.stdout.count("stack default")) == (ExitStatus.OK, 3)
    data = json.loads(sip("show", "--json").stdout)
    assert (
        data["dispatch_rules"][0]["fields"] | {"profile": "en-US", "pin": "***", "trunks": ["main"]}
        == (data["dispatch_rules"][0]["fields"])
    )


@pytest.mark.room
@pytest.mark.any_speed
def test_no_secret_is_ever_shown(livekit_env: Connection, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = [sip(*command) for command in (["plan", file], ["plan", file, "--json"], ["apply", file], ["show"])]
    said += [sip("show", "--json"), sip("check", file)]
    file.write_text("stack: default")
    said += [sip("plan", file), sip("plan", file, "--json"), sip("apply", file), sip("apply", file, "--yes", "--json")]
    everything = "".join(result.output + repr(result.exception) for result in said) + caplog.text
    assert all(result.output for result in said)
    assert [value for value in (*SECRETS.values(), livekit_env.api_secret) if value in everything] == []

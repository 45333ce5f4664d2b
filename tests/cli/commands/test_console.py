import socket
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner, Result

import callagent.cli.commands.console as command
from callagent.cli.main import main
from callagent.console import PORT, TOKEN_VARIABLE
from tests.support.absent import take_away


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["console", *arguments])


def test_the_command_names_what_the_console_names() -> None:
    assert (command.DEFAULT_PORT, command.TOKEN_VARIABLE) == (PORT, TOKEN_VARIABLE)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2"])
def test_other_machines_are_refused_without_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    result = run("--host", host)
    assert result.exit_code == 2
    assert result.stderr.startswith("--host: ") and TOKEN_VARIABLE in result.stderr


def test_a_token_that_is_too_short_is_told_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("hunter2", encoding="utf-8")
    result = run("--token-file", str(file))
    assert (result.exit_code, "hunter2" in result.output) == (2, False)


@pytest.mark.parametrize("module", ["starlette", "uvicorn"])
def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    take_away(monkeypatch, module)
    result = run()
    assert (result.exit_code, "pip install 'callagent[console]'" in result.stderr) == (3, True)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("--port", str(port), "--database", str(tmp_path / "records.db"))
    assert result.exit_code == 3
    assert result.stderr.startswith(f"cannot listen at 127.0.0.1:{port}: ") and "--port" in result.stderr


def test_a_database_that_is_not_there_is_told() -> None:
    result = run("--port", "0", "--database", "/proc/none/records.db")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)


def test_it_says_where_it_is_and_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    result = run("--port", "0", "--database", str(tmp_path / "records.db"))
    assert result.exit_code == 0
    assert result.stdout.startswith("console at http://127.0.0.1:")


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", TOKEN_VARIABLE):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_server")
def test_orders_need_the_server_of_the_workers(tmp_path: Path) -> None:
    result = run("--operator", "--port", "0", "--database", str(tmp_path / "records.db"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(
        "--operator, --listen: LIVEKIT_URL and LIVEKIT_API_KEY and LIVEKIT_API_SECRET not set"
    )


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize("token", [True, False])
def test_who_takes_orders_without_a_token_is_told_who_may_give_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: bool
) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    if token:
        monkeypatch.setenv(TOKEN_VARIABLE, "a token that is long enough")
    server = ("--url", "ws://127.0.0.1:7880", "--api-key", "key", "--api-secret", "the secret of LiveKit")
    result = run("--operator", *server, "--port", "0", "--database", str(tmp_path / "records.db"))
    assert result.exit_code == 0 and "the secret of LiveKit" not in result.output
    assert ("every program on this machine can give orders" in result.stderr) is not token

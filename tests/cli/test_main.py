import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from callagent import __version__
from callagent.cli.exits import ExitStatus
from callagent.cli.main import COMMANDS, main, read_env_file
from callagent.profile import ConfigError, Problem


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run_raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> Result:
    def fail() -> None:
        raise error

    return run_command(fail, monkeypatch)


def run_command(function: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Result:
    def command(group: click.Group, ctx: click.Context, name: str) -> click.Command:
        return click.command(name)(function)

    monkeypatch.setattr(type(main), "get_command", command)
    return CliRunner().invoke(main, ["anything"])


def test_help_lists_every_command_without_importing_one() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(f"  {name} " in result.stdout for name in COMMANDS)


def test_the_version_is_that_of_the_package() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"callagent, version {__version__}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["profil"])
    assert result.exit_code == ExitStatus.INVALID
    assert "No such command 'profil'. Did you mean 'profile'?" in result.stderr
    assert "No such command 'xyz'." in CliRunner().invoke(main, ["xyz"]).stderr


def test_a_configuration_error_is_its_lines_and_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ConfigError(Problem("a.yaml", 1, "x", "bad"), Problem("a.yaml", 2, "y", "worse"))
    result = run_raising(error, monkeypatch)
    assert (result.exit_code, result.stdout) == (ExitStatus.INVALID, "")
    assert result.stderr == "a.yaml:1: x: bad\na.yaml:2: y: worse\n"


def test_ctrl_c_is_quiet_and_has_its_own_status(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_raising(KeyboardInterrupt(), monkeypatch)
    assert (result.exit_code, result.output.strip()) == (ExitStatus.INTERRUPTED, "")


def test_the_env_file_is_read_but_never_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CALLAGENT_TEST_A=file\nCALLAGENT_TEST_B=file\n")
    monkeypatch.setenv("CALLAGENT_TEST_A", "real")
    monkeypatch.setenv("CALLAGENT_TEST_B", "")
    monkeypatch.delenv("CALLAGENT_TEST_B")
    seen: list[str | None] = []
    run_command(lambda: seen.extend(os.environ.get(f"CALLAGENT_TEST_{name}") for name in "AB"), monkeypatch)
    assert seen == ["real", "file"]


def test_an_env_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    with pytest.raises(ConfigError, match=r"^\.env: cannot be read: "):
        read_env_file(tmp_path / ".env")

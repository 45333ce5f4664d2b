import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from callagent import __version__
from callagent.cli.environment import find_env_file, log_level, read_env_file
from callagent.cli.main import COMMANDS, main
from callagent.cli.output import ExitStatus
from callagent.yaml_config import ConfigError, Problem


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run_raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> Result:
    def fail() -> None:
        raise error

    return run_command(fail, monkeypatch)


def run_command(function: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr(sys.modules[__name__], "anything", click.command("anything")(function), raising=False)
    monkeypatch.setitem(COMMANDS, "anything", (f"{__name__}:anything", "Whatever a test wants."))
    return CliRunner().invoke(main, ["anything"])


def test_help_lists_every_command_without_importing_one() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(f"  {name} " in result.stdout for name in COMMANDS)


def test_help_waits_for_no_library_but_click() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from callagent.cli.main import main; "
        "CliRunner().invoke(main, ['--help']); "
        "print(sorted({'pydantic', 'ruamel', 'livekit', 'rich'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


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


def test_an_env_file_of_a_parent_is_read_and_its_names_are_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CALLAGENT_TEST_C=s3cret\nCALLAGENT_TEST_D=other\n")
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    monkeypatch.setenv("CALLAGENT_TEST_D", "there")
    monkeypatch.setenv("CALLAGENT_TEST_C", "")
    monkeypatch.delenv("CALLAGENT_TEST_C")
    monkeypatch.setenv("LIVEKIT_LOG_LEVEL", "INFO")
    result = run_command(lambda: click.echo(os.environ["CALLAGENT_TEST_C"]), monkeypatch)
    assert result.stdout == "s3cret\n"
    assert f"file={tmp_path / '.env'} variables=CALLAGENT_TEST_C\n" in result.stderr
    assert "s3cret" not in result.stderr


def test_an_env_file_above_the_repository_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / ".env").touch()
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "inside").mkdir()
    assert find_env_file(tmp_path / "repository" / "inside") is None
    assert find_env_file(tmp_path / "elsewhere") == tmp_path / ".env"


def test_places_that_cannot_be_looked_into_have_no_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert find_env_file(tmp_path / ("a" * 300)) is None
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.getuid", lambda: 987654)  # a container may run as somebody without a home
    assert find_env_file(tmp_path) is None


@pytest.mark.parametrize(
    ("option", "written", "level"),
    [
        (None, "", "warning"),
        (None, "DEBUG", "debug"),
        (None, "warn", "warning"),
        (None, "Trace", "debug"),
        ("error", "debug", "error"),
        ("error", "nonsense", "error"),
    ],
)
def test_the_option_wins_over_the_environments_log_level(option: str | None, written: str, level: str) -> None:
    assert log_level(option, {"LIVEKIT_LOG_LEVEL": written}, "warning") == level


def test_a_bad_log_level_is_one_line_and_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEKIT_LOG_LEVEL", "debgu")
    result = run_command(lambda: None, monkeypatch)
    assert result.exit_code == ExitStatus.INVALID
    assert result.stderr.startswith("LIVEKIT_LOG_LEVEL: 'debgu' is no log level")
    assert result.stderr.count("\n") == 1

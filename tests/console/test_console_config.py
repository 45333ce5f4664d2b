from pathlib import Path

import pytest

from callagent.console.console_config import ConsoleConfig, token_of
from callagent.yaml_config import ConfigError

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_on_loopback_no_token_is_needed(host: str) -> None:
    assert ConsoleConfig(host).loopback


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.168.1.2", "console.example", "10.0.0.1"])
def test_elsewhere_the_console_does_not_begin_without_a_token(host: str) -> None:
    with pytest.raises(ConfigError, match="needs a token"):
        ConsoleConfig(host)
    assert not ConsoleConfig(host, token=TOKEN).loopback


def test_a_token_is_that_of_the_file_before_that_of_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f" {TOKEN}\n", encoding="utf-8")
    assert token_of(file, {"CALLAGENT_CONSOLE_TOKEN": "another one that is long"}) == TOKEN
    assert token_of(None, {"CALLAGENT_CONSOLE_TOKEN": TOKEN}) == TOKEN
    assert token_of(None, {}) is None and token_of(None, {"CALLAGENT_CONSOLE_TOKEN": ""}) is None


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe" * 20])
def test_a_file_without_a_token_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="--token-file") as error:
        token_of(file, {})
    assert "short" not in str(error.value).replace("too short", "")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--token-file"):
        token_of(tmp_path / "none", {})


def test_the_token_stands_in_no_repr() -> None:
    assert TOKEN not in repr(ConsoleConfig("0.0.0.0", token=TOKEN))

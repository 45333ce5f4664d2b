"""What a `.env` may set, and that it can send no key of the environment elsewhere."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.environment import may_set, read_env_file
from callagent.cli.main import main
from callagent.cli.output import ExitStatus
from callagent.yaml_config import ConfigError

NAMES = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "OPENAI_BASE_URL", "OPENAI_API_KEY", "MY_LLM_KEY")
ELSEWHERE = "wss://evil.example.com"


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A directory of its own, and an environment that is put back."""
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    for name in (*NAMES, "CALLAGENT_JUDGE_URL", "CALLAGENT_JUDGE_KEY", "CALLAGENT_SIP_PASSWORD", "CALLAGENT_INSECURE"):
        os.environ.pop(name, None)
    yield
    os.environ.clear()
    os.environ.update(before)


def write(variables: Mapping[str, str]) -> Path:
    path = Path.cwd() / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    "name",
    [
        "LIVEKIT_URL",
        "LIVEKIT_LOG_LEVEL",
        "CALLAGENT_DATABASE",
        "DEEPGRAM_API_KEY",
        "OPENAI_BASE_URL",
        "LLM_KEY",
        "A_TOKEN",
    ],
)
def test_documented_names_and_keys_of_ones_own_are_read(name: str) -> None:
    assert may_set(name)


@pytest.mark.parametrize(
    "name",
    [
        *("PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "HOME", "BASH_ENV"),
        *("SSL_CERT_FILE", "HTTPS_PROXY", "http_proxy", "OTEL_EXPORTER_OTLP_ENDPOINT", "AWS_ENDPOINT_URL", "TMPDIR"),
        *("LIVEKIT_INFERENCE_URL", "LIVEKIT_OBSERVABILITY_URL", "LIVEKIT_INFERENCE_API_KEY", "ANTHROPIC_BASE_URL"),
        *(
            "CALLAGENT_LIVEKIT_SERVER",
            "CALLAGENT_LIVEKIT_SIP",
            "CALLAGENT_INSECURE",
            "callagent_providers",
            "SSLKEYLOGFILE",
            "",
        ),
    ],
)
def test_everything_else_is_ignored(name: str) -> None:
    assert not may_set(name)


def test_a_foreign_directory_runs_no_code(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('run')\n")
    found = read_env_file(write({"PYTHONPATH": str(tmp_path), "LD_PRELOAD": "x.so", "MY_LLM_KEY": "s3cret"}))
    assert (found.variables, found.ignored) == (("MY_LLM_KEY",), ("PYTHONPATH", "LD_PRELOAD"))
    assert os.environ.get("PYTHONPATH") != str(tmp_path)
    assert str(tmp_path) not in sys.path


def test_what_is_ignored_is_named_in_one_line_without_its_value() -> None:
    write({"PYTHONPATH": "/nowhere/s3cret", "BASH_ENV": "s3cret"})
    result = run("--log-level", "info", "profile", "show", "en-US")
    (line,) = [line for line in result.stderr.splitlines() if "environment file read" in line]
    assert line.endswith("ignored=PYTHONPATH,BASH_ENV")
    assert "s3cret" not in result.stderr


@pytest.mark.parametrize(
    ("of_file", "of_environment"),
    [
        ({"LIVEKIT_URL": ELSEWHERE}, {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "hush"}),
        ({"LIVEKIT_URL": ELSEWHERE, "LIVEKIT_API_KEY": "theirs"}, {"LIVEKIT_API_SECRET": "hush"}),
        ({"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "hush"}, {"LIVEKIT_URL": ELSEWHERE}),
        (
            {"LIVEKIT_URL": ELSEWHERE, "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "theirs"},
            {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "hush"},
        ),
    ],
)
@pytest.mark.parametrize("command", ["serve", "doctor", "sip show", "dial +12025550101 --trunk ST_1"])
def test_livekits_address_and_keys_come_from_one_place(
    command: str, of_file: Mapping[str, str], of_environment: Mapping[str, str]
) -> None:
    path = write(of_file)
    os.environ.update(of_environment)
    result = run(*command.split())
    assert result.exit_code == ExitStatus.INVALID
    assert f" of {path} and " in result.stderr
    assert result.stderr.rstrip().endswith("of the environment: write them in one place")
    assert len([line for line in result.stderr.splitlines() if " INFO " not in line]) == 1
    assert "hush" not in result.stderr


def test_options_are_the_users_own() -> None:
    write({"LIVEKIT_URL": ELSEWHERE})
    os.environ.update(LIVEKIT_API_KEY="key", LIVEKIT_API_SECRET="hush")
    result = run("sip", "show", "--url", "ws://127.0.0.1:1")
    assert "write them in one place" not in result.stderr
    assert ELSEWHERE not in result.stderr


def test_a_whole_set_of_either_place_is_taken() -> None:
    whole = {"LIVEKIT_URL": "wss://voice.example.com", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "hush"}
    assert read_env_file(write(whole)).variables == tuple(whole)
    assert read_env_file(write({**whole, "LIVEKIT_URL": ELSEWHERE})).variables == ()
    assert os.environ["LIVEKIT_URL"] == "wss://voice.example.com"


@pytest.mark.parametrize(
    ("of_file", "of_environment"),
    [
        ({"OPENAI_BASE_URL": "https://evil.example.com"}, {"OPENAI_API_KEY": "hush"}),
        ({"OPENAI_API_KEY": "hush"}, {"OPENAI_BASE_URL": "https://proxy.example.com"}),
        ({"CALLAGENT_JUDGE_URL": "https://evil.example.com"}, {"CALLAGENT_JUDGE_KEY": "hush"}),
        ({"CALLAGENT_SIP_URI": "sip:1@evil.example.com"}, {"CALLAGENT_SIP_PASSWORD": "hush"}),
    ],
)
def test_a_providers_address_and_key_come_from_one_place(
    of_file: Mapping[str, str], of_environment: Mapping[str, str]
) -> None:
    write(of_file)
    os.environ.update(of_environment)
    result = run("profile", "list")
    assert result.exit_code == ExitStatus.INVALID
    assert "write them in one place" in result.stderr
    assert not set(of_file) & set(os.environ)


@pytest.mark.parametrize(
    "value",
    ["https://evil.example.com/${MY_SECRET_KEY}", "https://evil.example.com/${MY_SECRET_KEY:-x}", "${LATER}/v1"],
)
def test_a_value_cannot_carry_what_the_environment_has(value: str) -> None:
    os.environ.update(MY_SECRET_KEY="hush", LATER="hush")
    found = read_env_file(write({"OPENAI_BASE_URL": value, "LATER": "decoy"}))
    assert "OPENAI_BASE_URL" in found.ignored
    assert "OPENAI_BASE_URL" not in os.environ


def test_a_value_may_refer_to_what_stands_above_it_and_to_the_home_directory() -> None:
    os.environ["MY_LLM_KEY_PART"] = "hush"
    found = read_env_file(write({"CALLAGENT_A": "a", "CALLAGENT_B": "${CALLAGENT_A}/b", "CALLAGENT_C": "${HOME}/c"}))
    assert found.ignored == ()
    assert (os.environ["CALLAGENT_B"], os.environ["CALLAGENT_C"]) == ("a/b", os.environ["HOME"] + "/c")


def test_a_value_that_no_variable_may_have_is_one_line() -> None:
    with pytest.raises(ConfigError, match=r"^\.env: cannot be read: "):
        read_env_file(write({"MY_LLM_KEY": '"a\0b"'}))


@pytest.mark.parametrize("command", ["serve", "doctor", "sip show", "dial +12025550101 --trunk ST_1"])
def test_an_unencrypted_server_elsewhere_is_refused_unless_it_is_allowed(command: str) -> None:
    server = ("--url", "ws://livekit.example.com:7880", "--api-key", "k", "--api-secret", "s")
    result = run(*command.split(), *server)
    assert result.exit_code == ExitStatus.INVALID
    assert "ws://livekit.example.com is not encrypted" in result.stderr
    name = command.split()[:2] if command.startswith("sip") else command.split()[:1]
    assert "--insecure" in run(*name, "--help").stdout


def test_insecure_lasts_as_long_as_the_command() -> None:
    server = ("--url", "ws://127.0.0.1:1", "--api-key", "k", "--api-secret", "s", "--insecure")
    assert "not encrypted" not in run("sip", "show", *server).stderr
    assert "CALLAGENT_INSECURE" not in os.environ

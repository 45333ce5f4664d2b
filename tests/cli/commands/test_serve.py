import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callagent.cli.commands import serve
from callagent.cli.main import main
from callagent.cli.output import ExitStatus
from callagent.worker import Connection, WorkerConfig
from tests.support.livekit_server import write_profiles

KEYS = ["--api-key", "key", "--api-secret", "s" * 32]


@pytest.fixture(autouse=True)
def no_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["serve", *arguments])


@pytest.fixture
def configs(monkeypatch: pytest.MonkeyPatch) -> list[WorkerConfig]:
    """The settings that a worker was started with; none is started."""
    seen: list[WorkerConfig] = []

    async def pretend(config: WorkerConfig, **_: Any) -> None:
        seen.append(config)

    monkeypatch.setattr(serve, "run_worker", pretend)
    return seen


def test_development_is_the_server_on_this_machine(configs: list[WorkerConfig]) -> None:
    assert run("--dev").exit_code == ExitStatus.OK
    (config,) = configs
    assert (config.url, config.api_key, config.host, config.port) == ("ws://127.0.0.1:7880", "devkey", "127.0.0.1", 0)


def test_production_listens_on_all_interfaces_for_health_checks(configs: list[WorkerConfig]) -> None:
    assert run("--url", "wss://voice.example.com", *KEYS).exit_code == ExitStatus.OK
    (config,) = configs
    assert (config.host, config.port, config.dev) == ("", 8081, False)
    assert config.max_calls >= 1


def test_calls_are_kept_unless_told_otherwise(configs: list[WorkerConfig]) -> None:
    run("--dev")
    run("--dev", "--no-keep-calls")
    assert [config.keep_calls for config in configs] == [True, False]


def test_metrics_are_for_this_machine_alone_unless_told_otherwise(configs: list[WorkerConfig]) -> None:
    run("--dev", "--metrics-port", "8083")
    run("--dev", "--metrics-port", "8083", "--metrics-host", "0.0.0.0", "--host", " [::1] ")
    hosts = [(config.host, config.metrics_host, config.metrics_port) for config in configs]
    assert hosts == [("127.0.0.1", "127.0.0.1", 8083), ("::1", "0.0.0.0", 8083)]


@pytest.mark.parametrize("host", ["localhost", "worker-1.internal", "10.0.0.5", "::", "fe80::1%eth0"])
def test_the_health_endpoint_listens_where_it_is_told(host: str, configs: list[WorkerConfig]) -> None:
    assert run("--url", "wss://voice.example.com", *KEYS, "--host", host).exit_code == ExitStatus.OK
    assert (configs[0].host, configs[0].port) == (host, 8081)


NO_HOSTS = [
    "",
    " ",
    "256.1.1.1",
    "127.1",
    "0x7f000001",
    "127.0.0.1:8081",
    "http://127.0.0.1",
    "*",
    "a b",
    "-x.de",
]


@pytest.mark.parametrize("option", ["--host", "--metrics-host"])
@pytest.mark.parametrize("host", NO_HOSTS)
def test_what_is_no_host_is_2_and_never_means_every_interface(
    option: str, host: str, configs: list[WorkerConfig]
) -> None:
    result = run("--dev", option, host)
    assert (result.exit_code, configs) == (ExitStatus.INVALID, [])
    assert "is not the address of an interface of this machine" in result.stderr


def test_a_host_of_another_machine_is_one_line_and_status_3() -> None:
    result = run("--dev", "--metrics-port", "8083", "--metrics-host", "192.0.2.1")
    assert result.exit_code == ExitStatus.UNAVAILABLE
    assert "192.0.2.1:8083: cannot assign requested address (choose another with --metrics-host)" in result.stderr


def test_a_server_that_is_not_there_is_one_line_and_status_3(taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    result = run("--url", f"ws://127.0.0.1:{free}", *KEYS, "--port", "0")
    assert result.exit_code == ExitStatus.UNAVAILABLE
    assert result.stderr == f"cannot reach livekit-server at ws://127.0.0.1:{free}: connection refused\n"


def test_a_port_in_use_is_one_line_and_status_3(taken_port: int) -> None:
    result = run("--dev", "--port", str(taken_port))
    assert result.exit_code == ExitStatus.UNAVAILABLE
    assert result.stderr.startswith(f"cannot listen on port 127.0.0.1:{taken_port}: address already in use")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "LIVEKIT_URL and LIVEKIT_API_KEY and LIVEKIT_API_SECRET not set"),
        (("--url", "voice.example.com", *KEYS), "not a LiveKit URL: 'voice.example.com'"),
        (("--url", "ws://user:hunter2@127.0.0.1:9", *KEYS), "the LiveKit URL holds a user name or a password"),
        (("--url", "ws://[", *KEYS), "not a LiveKit URL: 'ws://['"),
        (("--dev", "--profile", "en-SU"), "did you mean 'en-US'?"),
        (("--dev", "--set", "interruption.grase=1 s"), "grase"),
    ],
)
def test_a_wrong_setting_is_one_line_and_status_2(arguments: tuple[str, ...], line: str) -> None:
    result = run(*arguments)
    assert result.exit_code == ExitStatus.INVALID
    assert line in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_tool_whose_function_is_not_there_is_one_line_and_status_2(
    configs: list[WorkerConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profiles(tmp_path / "profiles")
    monkeypatch.setenv("CALLAGENT_CONFIGS", str(tmp_path))
    result = run("--dev", "--profile", "broken")
    assert (result.exit_code, configs) == (ExitStatus.INVALID, [])
    place = f"{tmp_path / 'profiles' / 'broken.yaml'}:2: tools.explode.run"
    assert result.stderr.startswith(f"{place}: cannot import 'no_such_package:explode': there is no module")


@pytest.mark.room
@pytest.mark.any_speed
def test_a_key_that_the_server_refuses_is_one_line_and_status_2(livekit: Connection) -> None:
    result = run("--url", livekit.url, *KEYS, "--port", "0")
    assert result.exit_code == ExitStatus.INVALID
    assert result.stderr == f"livekit-server at {livekit.url} refuses the API key 'key'\n"

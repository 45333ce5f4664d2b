"""configs/stack agrees with itself, with the Dockerfile, and with the livekit-server of the tests."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from callagent.calls.room.livekit_server import HOW_TO_GET_IT
from callagent.profile.units import DURATION
from callagent.records.location import VARIABLE
from callagent.worker.farewell import GRACE_S
from callagent.worker.server import HANG_UP_TIMEOUT_S

ROOT = Path(__file__).parents[1]
STACK = ROOT / "configs" / "stack"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SECRET = re.compile(r"(key|secret|password|token)s?$", re.IGNORECASE)


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((STACK / name).read_text(encoding="utf-8"))
    return loaded


COMPOSE, LIVEKIT, SIP = load("compose.yaml"), load("livekit.yaml"), load("sip.yaml")
SERVICES: dict[str, Any] = COMPOSE["services"]
COMMENTS = [line for line in (STACK / "compose.yaml").read_text(encoding="utf-8").splitlines() if line.startswith("#")]


MARGIN_S = 30.0
"""What telling the agents and ending the processes may take besides, in seconds."""


def option(name: str) -> str:
    """What the worker's command says after that option."""
    command: list[str] = SERVICES["worker"]["command"]
    return command[command.index(name) + 1]


def leaves(value: Any, key: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, each in value.items() for leaf in leaves(each, name)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each, key)]
    return [(key, value)]


def test_every_image_is_pinned_to_a_version() -> None:
    images = {name: service["image"] for name, service in SERVICES.items() if "build" not in service}
    assert images.keys() == {"redis", "livekit", "sip"}
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert [image for image in (*images.values(), *bases) if not re.search(r":v?\d+\.\d+\.\d+", image)] == []


def test_livekit_server_is_the_version_that_the_tests_use() -> None:
    (version,) = re.findall(r"cmd/server@(v[\d.]+)", HOW_TO_GET_IT)
    assert SERVICES["livekit"]["image"] == f"livekit/livekit-server:{version}"
    assert f"@{version}" in (ROOT / "scripts" / "livekit_server.sh").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["compose.yaml", "livekit.yaml", "sip.yaml"])
def test_no_secret_is_in_a_file(name: str) -> None:
    held = [(key, value) for key, value in leaves(load(name)) if SECRET.search(key) and value]
    assert [(key, value) for key, value in held if not re.fullmatch(r"(\$\{[A-Z_]+:[-?][^}]*\}(: )?)+", value)] == []


def test_the_example_of_the_environment_names_every_variable_and_holds_no_secret() -> None:
    lines = [line for line in (STACK / ".env.example").read_text(encoding="utf-8").splitlines() if "=" in line]
    example = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    used = set(re.findall(r"\$\{([A-Z_]+)", (STACK / "compose.yaml").read_text(encoding="utf-8")))
    assert example.keys() == used
    assert [name for name, value in example.items() if value and SECRET.search(name)] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_comes_back_and_tells_whether_it_is_well(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert "healthcheck" in service or ("build" in service and "HEALTHCHECK" in DOCKERFILE)


def test_the_services_find_each_other() -> None:
    command = SERVICES["redis"]["command"]
    address = f"{command[command.index('--bind') + 1]}:{command[command.index('--port') + 1]}"
    assert LIVEKIT["redis"]["address"] == SIP["redis"]["address"] == address
    url = f"ws://127.0.0.1:{LIVEKIT['port']}"
    assert SERVICES["sip"]["environment"]["LIVEKIT_WS_URL"] == SERVICES["worker"]["environment"]["LIVEKIT_URL"] == url


def test_the_health_checks_ask_where_the_services_answer() -> None:
    assert f":{LIVEKIT['port']}/" in " ".join(SERVICES["livekit"]["healthcheck"]["test"])
    assert f"/{SIP['health_port']} " in " ".join(SERVICES["sip"]["healthcheck"]["test"])
    assert "127.0.0.1:8081" in DOCKERFILE


def test_every_port_is_documented_and_none_is_used_twice() -> None:
    ports = [LIVEKIT["port"], LIVEKIT["rtc"]["tcp_port"], LIVEKIT["rtc"]["udp_port"], SIP["sip_port"]]
    ports += [SIP["health_port"], option("--metrics-port"), 8081, 6379, SIP["rtp_port"]]
    documented = [line.split()[1] for line in COMMENTS if re.match(r"#\s{3}[\d-]+\s", line)]
    assert sorted(map(str, ports)) == sorted(documented)


def test_the_mounted_files_are_there() -> None:
    mounts = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert [mount for mount in mounts if mount.startswith(".") and not (STACK / mount).exists()] == []
    assert [mount for mount in mounts if not mount.startswith(".") and mount not in COMPOSE["volumes"]] == []
    assert (STACK / SERVICES["worker"]["build"]["context"] / "Dockerfile").resolve() == ROOT / "Dockerfile"


def test_the_worker_is_not_root_and_may_write_its_records() -> None:
    assert re.search(r"^USER callagent$", DOCKERFILE, re.MULTILINE)
    directory = option("--records")
    assert f"records:{directory}" in SERVICES["worker"]["volumes"]
    assert re.search(rf"chown callagent:callagent .*{directory}\b", DOCKERFILE)


def test_the_records_database_outlives_the_container_and_is_one_for_all_commands() -> None:
    database = Path(SERVICES["worker"]["environment"][VARIABLE])
    assert f"records:{database.parent}" in SERVICES["worker"]["volumes"]
    assert "--database" not in SERVICES["worker"]["command"]


def test_the_calls_are_ended_politely_before_docker_kills_the_worker() -> None:
    grace = re.fullmatch(r"(\d+)m", SERVICES["worker"]["stop_grace_period"])
    assert grace
    drain = DURATION.parse(option("--drain"))
    assert drain + GRACE_S + HANG_UP_TIMEOUT_S + MARGIN_S < int(grace[1]) * 60


def test_the_keys_of_the_stack_are_not_in_the_image() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert rules[0] == "*"
    last_included = max(at for at, rule in enumerate(rules) if rule.startswith("!"))
    assert {"**/.env", "configs/stack"} <= set(rules[last_included:])


def test_what_builds_the_image_is_locked() -> None:
    backend = re.findall(r'requires = \["([\w-]+)', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"\n{backend[0]}==" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--build-constraints requirements.lock" in DOCKERFILE


def test_the_worker_writes_to_its_volume_and_to_memory_alone() -> None:
    assert SERVICES["worker"]["read_only"] is True
    assert SERVICES["worker"]["tmpfs"] == ["/tmp:size=256m"]


def test_the_image_runs_any_command_of_callagent() -> None:
    assert 'ENTRYPOINT ["callagent"]' in DOCKERFILE and 'CMD ["serve"]' in DOCKERFILE
    assert SERVICES["worker"]["command"][0] == "serve"


def test_docker_compose_takes_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not here")
    env = {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "secret", "PATH": "/usr/bin:/bin"}
    command = [docker, "compose", "--file", str(STACK / "compose.yaml"), "config", "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, env=env, timeout=30)
    assert (result.returncode, result.stderr) == (0, "")

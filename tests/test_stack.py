"""configs/stack agrees with itself, with the Dockerfile, and with the livekit-server of the tests."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from callagent.profile.paths import VARIABLE
from callagent.scripted_calls.servers.livekit_server import HOW_TO_GET_IT
from callagent.worker.drain import GRACE_S
from callagent.worker.server import HANG_UP_TIMEOUT_S
from callagent.yaml_config.units import DURATION
from tests.support.loopback import unused_port

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


REFERENCE = re.compile(r"\$\{(?P<variable>[A-Z_]+):-(?P<image>[^@}]+)(?P<digest>@sha256:[0-9a-f]{64})?\}")
UNKNOWN_DIGESTS = {"SIP_IMAGE", "PROMETHEUS_IMAGE", "GRAFANA_IMAGE"}
"""Images whose digest was not known when the file was written: scripts/pin_images asks the registry for them."""

MARGIN_S = 30.0
"""What telling the agents and ending the processes may take besides, in seconds."""


def option(name: str) -> str:
    """What the worker's command says after that option."""
    command: list[str] = SERVICES["worker"]["command"]
    return command[command.index(name) + 1]


def prometheus_address() -> str:
    """Where the Prometheus of the stack listens."""
    (address,) = re.findall(r"--web.listen-address=(\S+)", "\n".join(SERVICES["prometheus"]["command"]))
    return str(address)


def default_image(reference: str) -> str:
    """The image of `${NAME_IMAGE:-image@digest}`, without its digest."""
    match = REFERENCE.fullmatch(reference)
    assert match is not None, reference
    return match["image"]


def leaves(value: Any, key: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, each in value.items() for leaf in leaves(each, name)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each, key)]
    return [(key, value)]


def test_every_image_is_pinned_to_a_version() -> None:
    images = {name: service["image"] for name, service in SERVICES.items() if "build" not in service}
    assert images.keys() == {"redis", "livekit", "sip", "prometheus", "grafana"}
    references = [*images.values(), SERVICES["worker"]["build"]["args"]["PYTHON_IMAGE"]]
    assert [image for image in references if not re.search(r":v?\d+\.\d+\.\d+", default_image(image))] == []
    found = [match for match in map(REFERENCE.fullmatch, references) if match is not None]
    assert {match["variable"] for match in found if match["digest"] is None} <= UNKNOWN_DIGESTS


def test_the_image_is_built_from_the_same_base_with_compose_and_without() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
    (base,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert SERVICES["worker"]["build"]["args"]["PYTHON_IMAGE"] == f"${{PYTHON_IMAGE:-{base}}}"


def test_the_digests_of_the_images_can_be_asked_for(tmp_path: Path) -> None:
    digest = f"sha256:{'ab' * 32}"
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\n[ "$3" = inspect ] && echo {digest}\n')
    docker.chmod(0o755)
    told = subprocess.run([ROOT / "scripts" / "pin_images"], capture_output=True, text=True, env=with_docker(docker))
    lines = dict(line.split("=", 1) for line in told.stdout.splitlines())
    assert lines.keys() == {f"{each}_IMAGE" for each in ("REDIS", "LIVEKIT", "SIP", "PYTHON", "PROMETHEUS", "GRAFANA")}
    assert lines["SIP_IMAGE"] == f"{default_image(SERVICES['sip']['image'])}@{digest}"


@pytest.mark.parametrize("answer", ["exit 1", "echo latest", "echo sha256:00"])
def test_an_image_without_a_digest_is_told_with_status_3(answer: str, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\n{answer}\n")
    docker.chmod(0o755)
    told = subprocess.run([ROOT / "scripts" / "pin_images"], capture_output=True, text=True, env=with_docker(docker))
    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr.startswith("pin_images: no digest of redis:")


def with_docker(docker: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "DOCKER": str(docker)}


def test_livekit_server_is_the_version_that_the_tests_use() -> None:
    (version,) = re.findall(r"cmd/server@(v[\d.]+)", HOW_TO_GET_IT)
    assert default_image(SERVICES["livekit"]["image"]) == f"livekit/livekit-server:{version}"
    assert f"@{version}" in (ROOT / "scripts" / "lib" / "livekit_server.sh").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["compose.yaml", "livekit.yaml", "sip.yaml"])
def test_no_secret_is_in_a_file(name: str) -> None:
    held = [(key, value) for key, value in leaves(load(name)) if SECRET.search(key) and value]
    assert [(key, value) for key, value in held if not re.fullmatch(r"(\$\{[A-Z_]+(:[-?][^}]*)?\}(: )?)+", value)] == []


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
    command = SERVICES["redis"]["command"][-1].split()
    address = f"{command[command.index('--bind') + 1]}:{command[command.index('--port') + 1]}"
    assert LIVEKIT["redis"]["address"] == SIP["redis"]["address"] == address
    url = f"ws://127.0.0.1:{LIVEKIT['port']}"
    assert SERVICES["sip"]["environment"]["LIVEKIT_WS_URL"] == SERVICES["worker"]["environment"]["LIVEKIT_URL"] == url


def test_redis_wants_the_password_that_the_others_have() -> None:
    password = "${REDIS_PASSWORD:?see .env.example}"
    holders = {
        name: key for name, each in SERVICES.items() for key, value in each["environment"].items() if value == password
    }
    assert holders == {"redis": "REDISCLI_AUTH", "livekit": "REDIS_PASSWORD", "sip": "REDIS_PASSWORD"}
    assert SIP["redis"]["password"] == "${REDIS_PASSWORD}"


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server is here")
def test_redis_is_started_with_its_password_which_is_in_no_list_of_processes(tmp_path: Path) -> None:
    port = unused_port()
    command = [part.replace("$$", "$").replace("6379", str(port)) for part in SERVICES["redis"]["command"]]
    env = {"PATH": os.environ["PATH"], "REDISCLI_AUTH": "s3cret"}
    check = ["sh", "-c", SERVICES["redis"]["healthcheck"]["test"][1].replace("6379", str(port))]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as redis:
        assert redis.stdout is not None
        assert any("Ready to accept connections" in line for line in redis.stdout)
        asked = {password: subprocess.run(check, env={**env, "REDISCLI_AUTH": password}) for password in ("s3cret", "")}
        listed = Path(f"/proc/{redis.pid}/cmdline").read_bytes()
        redis.terminate()  # the shell is redis-server now: it gets the signal
    assert {password: result.returncode for password, result in asked.items()} == {"s3cret": 0, "": 1}
    assert redis.returncode == 0 and b"redis-server" in listed and b"s3cret" not in listed


@pytest.mark.parametrize("password", ["0123456789abcdef", "a&b\\/c"])
def test_livekit_sip_gets_the_password_of_redis_in_its_configuration(password: str, tmp_path: Path) -> None:
    (tmp_path / "livekit-sip").write_text('#!/bin/sh\nprintf %s "$SIP_CONFIG_BODY"\n')
    (tmp_path / "livekit-sip").chmod(0o755)
    program = SERVICES["sip"]["command"][0].replace("$$", "$").replace("/sip/config.yaml", str(STACK / "sip.yaml"))
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "REDIS_PASSWORD": password}
    told = subprocess.run(
        [*SERVICES["sip"]["entrypoint"], program], capture_output=True, text=True, env=env, check=True
    )
    expected = (STACK / "sip.yaml").read_text(encoding="utf-8").replace("${REDIS_PASSWORD}", password)
    assert told.stdout == expected.rstrip("\n")


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_privileges_or_writes_elsewhere_than_to_its_volume_and_to_memory(name: str) -> None:
    service = SERVICES[name]
    assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [each for each in service["tmpfs"] if not re.fullmatch(r"/tmp:size=\d+m", each)] == []
    assert "cap_add" not in service and "privileged" not in service
    assert service.get("user") or ("build" in service and "USER callagent" in DOCKERFILE)


@pytest.mark.parametrize("option_name", ["--host", "--metrics-host"])
def test_the_workers_endpoints_are_for_this_machine_unless_env_says_otherwise(option_name: str) -> None:
    assert re.fullmatch(r"\$\{CALLAGENT_(HEALTH|METRICS)_HOST:-127\.0\.0\.1\}", option(option_name))


def test_the_health_checks_ask_where_the_services_answer() -> None:
    assert f":{LIVEKIT['port']}/" in " ".join(SERVICES["livekit"]["healthcheck"]["test"])
    assert f"/{SIP['health_port']} " in " ".join(SERVICES["sip"]["healthcheck"]["test"])
    assert "127.0.0.1:8081" in DOCKERFILE
    assert f"//{option('--host')}:8081/" in SERVICES["worker"]["healthcheck"]["test"][-1]


def test_every_port_is_documented_and_none_is_used_twice() -> None:
    ports = [LIVEKIT["port"], LIVEKIT["rtc"]["tcp_port"], LIVEKIT["rtc"]["udp_port"], SIP["sip_port"]]
    ports += [SIP["health_port"], option("--metrics-port"), 8081, 6379, SIP["rtp_port"]]
    ports += [SERVICES["grafana"]["environment"]["GF_SERVER_HTTP_PORT"], prometheus_address().partition(":")[2]]
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


def test_uv_is_installed_with_its_hashes(tmp_path: Path) -> None:
    (program,) = re.findall(r"^RUN (sed .*) >uv\.txt \\$", DOCKERFILE, re.MULTILINE)
    told = subprocess.run(["sh", "-c", program], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    lines = told.splitlines()
    assert lines[0].startswith("uv==") and len(lines) > 1
    assert [line for line in lines[1:] if not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)] == []
    assert "pip install --require-hashes --no-deps" in DOCKERFILE
    assert not re.search(r"pip install (?!--require-hashes)(?!--compile-bytecode)", DOCKERFILE)


def test_the_image_has_an_inventory_of_what_is_in_it() -> None:
    assert "-m scripts.supply_chain.sbom --installed --output" in DOCKERFILE
    assert "!scripts/supply_chain" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_the_image_runs_any_command_of_callagent() -> None:
    assert 'ENTRYPOINT ["callagent"]' in DOCKERFILE and 'CMD ["serve"]' in DOCKERFILE
    assert SERVICES["worker"]["command"][0] == "serve"


def test_docker_compose_takes_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not here")
    env = {name: "value" for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "REDIS_PASSWORD")} | {
        "PATH": "/usr/bin:/bin"
    }
    command = [docker, "compose", "--file", str(STACK / "compose.yaml"), "config", "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, env=env, timeout=30)
    assert (result.returncode, result.stderr) == (0, "")

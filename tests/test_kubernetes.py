"""configs/stack/kubernetes: valid for Kubernetes, and in agreement with itself, the worker and the image."""

import re
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from callagent.cli.commands.serve import serve
from callagent.worker.drain import GRACE_S
from callagent.worker.server import HANG_UP_TIMEOUT_S
from callagent.yaml_config.units import DURATION

ROOT = Path(__file__).parents[1]
DIRECTORY = ROOT / "configs" / "stack" / "kubernetes"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

VERSIONS = ("1.28", "1.31", "1.34")
"""Of Kubernetes: an old one, and newer ones."""

MARGIN_S = 30.0
"""What telling the agents and ending the processes may take besides, in seconds."""


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((DIRECTORY / name).read_text(encoding="utf-8"))
    return loaded


KUSTOMIZATION = load("kustomization.yaml")
RESOURCES = {name: load(name) for name in KUSTOMIZATION["resources"]}
DEPLOYMENT = RESOURCES["worker.yaml"]
POD = DEPLOYMENT["spec"]["template"]["spec"]
(WORKER,) = POD["containers"]
ARGUMENTS: list[str] = WORKER["args"]


def option(name: str) -> str:
    return ARGUMENTS[ARGUMENTS.index(name) + 1]


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("version", VERSIONS)
def test_each_resource_is_valid(name: str, version: str) -> None:
    kubernetes_validate.validate(RESOURCES[name], version, strict=True)


def test_a_resource_with_a_key_that_there_is_not_is_invalid() -> None:
    strange = {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(strange, VERSIONS[-1], strict=True)


def test_every_file_is_a_resource_of_the_kustomization() -> None:
    files = {path.name for path in DIRECTORY.glob("*.yaml")}
    assert files == {"kustomization.yaml", *RESOURCES}
    assert [image["name"] for image in KUSTOMIZATION["images"]] == [WORKER["image"]]


def test_the_workers_are_started_as_the_command_is() -> None:
    with serve.make_context("serve", ARGUMENTS[1:], resilient_parsing=True) as context:
        asked = context.params
    assert ARGUMENTS[0] == "serve"
    assert isinstance(serve, click.Command)
    assert asked["max_calls"] == 8
    assert asked["drain"] == DURATION.parse(option("--drain"))


def test_calls_have_their_time_before_a_pod_is_killed() -> None:
    grace = POD["terminationGracePeriodSeconds"]
    assert DURATION.parse(option("--drain")) + GRACE_S + HANG_UP_TIMEOUT_S + MARGIN_S < grace
    assert DEPLOYMENT["spec"]["progressDeadlineSeconds"] > grace


def test_a_new_worker_is_there_before_an_old_one_goes() -> None:
    assert DEPLOYMENT["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert RESOURCES["disruption.yaml"]["spec"]["maxUnavailable"] == 1
    assert DEPLOYMENT["spec"]["replicas"] >= 2


def test_probes_and_prometheus_find_the_worker() -> None:
    ports = {port["name"]: port["containerPort"] for port in WORKER["ports"]}
    assert {WORKER[probe]["httpGet"]["port"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")} == {
        "health"
    }
    assert ports["health"] == 8081
    assert str(ports["metrics"]) == option("--metrics-port")
    annotations = DEPLOYMENT["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == option("--metrics-port")
    allowed = {port["port"] for rule in RESOURCES["network.yaml"]["spec"]["ingress"] for port in rule["ports"]}
    assert allowed == set(ports.values())
    assert option("--host") == option("--metrics-host") == "0.0.0.0"


def test_the_autoscaler_counts_calls_and_starts_another_worker_at_60_percent() -> None:
    spec = RESOURCES["autoscaling.yaml"]["spec"]
    (metric,) = spec["metrics"]
    source = (ROOT / "callagent" / "worker" / "capacity.py").read_text(encoding="utf-8")
    assert f'"{metric["pods"]["metric"]["name"]}"' in source
    milli = int(metric["pods"]["target"]["averageValue"].removesuffix("m"))
    assert milli == int(option("--max-calls")) * 600
    assert spec["minReplicas"] == DEPLOYMENT["spec"]["replicas"]
    assert spec["scaleTargetRef"]["name"] == DEPLOYMENT["metadata"]["name"]


@pytest.mark.parametrize("name", ["worker.yaml", "disruption.yaml", "network.yaml"])
def test_every_selector_finds_the_workers(name: str) -> None:
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    spec = RESOURCES[name]["spec"]
    selector = spec.get("selector") or spec["podSelector"]
    assert selector["matchLabels"] == labels


def test_a_worker_has_no_rights_that_it_does_not_need() -> None:
    assert POD["automountServiceAccountToken"] is False
    assert POD["securityContext"]["runAsNonRoot"] is True
    (uid,) = re.findall(r"--uid (\d+)", DOCKERFILE)
    assert POD["securityContext"]["runAsUser"] == int(uid)
    rights = WORKER["securityContext"]
    assert rights == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {volume["name"] for volume in POD["volumes"]} == {mount["name"] for mount in WORKER["volumeMounts"]}


def test_the_example_names_what_a_worker_needs_and_has_no_secret() -> None:
    lines = (DIRECTORY / "secret.example.env").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert {"LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "CALLAGENT_DATABASE"} <= values.keys()
    assert {name for name, value in values.items() if value} == {"LIVEKIT_URL"}

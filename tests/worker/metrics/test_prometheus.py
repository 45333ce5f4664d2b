"""A real Prometheus reads the worker's metrics; the stack's alerts are raised when they should, and not otherwise."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import REGISTRY
from ruamel.yaml import YAML

from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.worker.config import WorkerConfig
from callagent.worker.metrics.breaker_gauge import breaker_gauge
from callagent.worker.metrics.call_figures import CallFigures
from callagent.worker.metrics.instruments import count
from callagent.worker.server import metrics_endpoint
from tests.support.loopback import unused_port

MONITORING = Path(__file__).parents[3] / "configs" / "stack" / "monitoring"
RULES = YAML(typ="safe").load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
DASHBOARD = json.loads((MONITORING / "grafana" / "callagent.json").read_text(encoding="utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
METRIC = re.compile(r"\bcallagent_\w+")

needs_prometheus = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="no promtool is here (Debian's prometheus has it)"
)

WRONG: dict[str, dict[str, str]] = {
    "WorkerDown": {'up{job="callagent", instance="w"}': "0+0x60"},
    "CallsRefused": {'callagent_calls_refused_total{instance="w"}': "0+0x30 1+1x30"},
    "NearlyFull": {
        'callagent_calls_active{instance="w"}': "7+0x60",
        'callagent_calls_max{instance="w"}': "8+0x60",
    },
    "CallsFail": {
        'callagent_calls_ended_total{instance="w", direction="inbound", ending="error"}': "0+1x60",
        'callagent_calls_ended_total{instance="w", direction="inbound", ending="caller hung up"}': "0+9x60",
    },
    "ProviderErrors": {'callagent_errors_total{instance="w", kind="APIError"}': "0+2x60"},
    "AnsweredLate": {
        'callagent_answer_seconds_bucket{instance="w", direction="inbound", le="3.0"}': "0+1x60",
        'callagent_answer_seconds_bucket{instance="w", direction="inbound", le="5.0"}': "0+9x60",
        'callagent_answer_seconds_bucket{instance="w", direction="inbound", le="+Inf"}': "0+9x60",
    },
    "SlowTurns": {
        'callagent_turn_latency_seconds_bucket{instance="w", part="all", le="3.0"}': "0+1x60",
        'callagent_turn_latency_seconds_bucket{instance="w", part="all", le="+Inf"}': "0+9x60",
        'callagent_turn_latency_seconds_bucket{instance="w", part="all", le="5.0"}': "0+9x60",
    },
    "TalksOnAtStop": {
        'callagent_yield_seconds_bucket{instance="w", le="1.5"}': "0+1x60",
        'callagent_yield_seconds_bucket{instance="w", le="2.0"}': "0+9x60",
        'callagent_yield_seconds_bucket{instance="w", le="+Inf"}': "0+9x60",
    },
    "TransfersFail": {
        'callagent_transfers_total{instance="w", outcome="failed"}': "0+1x60",
        'callagent_transfers_total{instance="w", outcome="accepted"}': "0+1x60",
    },
    "CallsUncounted": {'callagent_calls_uncounted_total{instance="w"}': "0+0x30 1+0x30"},
    "WebhooksWait": {'callagent_webhooks_oldest_seconds{instance="w", endpoint="crm"}': "0+60x60"},
    "AnalysesGivenUp": {'callagent_analyses_total{instance="w", outcome="given up"}': "0+0x30 1+0x30"},
    "WebhooksGivenUp": {'callagent_webhooks_given_up_total{instance="w", endpoint="crm"}': "0+0x30 1+0x30"},
    "RecordsWait": {'callagent_records_waiting{instance="w"}': "0+1x60"},
    "RecordingsWait": {'callagent_recordings_waiting{instance="w"}': "0 1+0x60"},
    "RecordingsNotDelivered": {'callagent_recording_deliveries_failed_total{instance="w"}': "0+1x60"},
    "RecordingsLost": {'callagent_recordings_total{instance="w", outcome="lost in part"}': "0+0x30 1+0x30"},
    "ProviderAway": {'callagent_provider_breaker{instance="w", part="llm", provider="openai"}': "0+0x20 2+0x40"},
    "FallsBackOften": {'callagent_fallbacks_total{instance="w", part="llm", provider="openai"}': "0+1x60"},
    "ChainGone": {'callagent_outages_total{instance="w", step="sentence"}': "0+0x30 1+0x30"},
    "CallBacksDue": {'callagent_call_backs_due_total{instance="w"}': "0+0x30 1+0x30"},
    "Hangs": {'callagent_hangs_total{instance="w", who="tool"}': "0+1x60"},
    "LoopBlocked": {'callagent_hangs_total{instance="w", who="event loop"}': "0+0x30 1+0x30"},
}
"""Figures of an hour, one a minute, about which each alert has to be raised."""

WELL = {
    'up{job="callagent", instance="w"}': "1+0x60",
    'callagent_calls_refused_total{instance="w"}': "3+0x60",
    'callagent_calls_active{instance="w"}': "6+0x60",
    'callagent_calls_max{instance="w"}': "8+0x60",
    'callagent_calls_ended_total{instance="w", direction="inbound", ending="error"}': "0+1x60",
    'callagent_calls_ended_total{instance="w", direction="inbound", ending="caller hung up"}': "0+30x60",
    'callagent_errors_total{instance="w", kind="APIError"}': "0 0 1+0x58",
    'callagent_answer_seconds_bucket{instance="w", direction="inbound", le="3.0"}': "0+9x60",
    'callagent_answer_seconds_bucket{instance="w", direction="inbound", le="+Inf"}': "0+9x60",
    'callagent_turn_latency_seconds_bucket{instance="w", part="all", le="3.0"}': "0+9x60",
    'callagent_turn_latency_seconds_bucket{instance="w", part="all", le="+Inf"}': "0+9x60",
    'callagent_yield_seconds_bucket{instance="w", le="1.5"}': "0+9x60",
    'callagent_yield_seconds_bucket{instance="w", le="+Inf"}': "0+9x60",
    'callagent_transfers_total{instance="w", outcome="failed"}': "0+1x60",
    'callagent_transfers_total{instance="w", outcome="accepted"}': "0+9x60",
    'callagent_calls_uncounted_total{instance="w"}': "2+0x60",
    'callagent_webhooks_oldest_seconds{instance="w", endpoint="crm"}': "0+0x30 60+0x30",
    'callagent_webhooks_given_up_total{instance="w", endpoint="crm"}': "4+0x60",
    'callagent_analyses_total{instance="w", outcome="given up"}': "4+0x60",
    'callagent_analyses_total{instance="w", outcome="found"}': "0+3x60",
    'callagent_records_waiting{instance="w"}': "0+0x20 3 2 1 0+0x10 1 0+0x30",
    'callagent_recordings_waiting{instance="w"}': "0 1 2 0 1 0 3 0 1 1 0 2 0 1 0 1 0 1 2 0 1 0 3 0 1 1 0 2 0 1",
    'callagent_recording_deliveries_failed_total{instance="w"}': "0+0x30 1+0x30",
    'callagent_recordings_total{instance="w", outcome="whole"}': "0+1x60",
    'callagent_recordings_total{instance="w", outcome="lost in part"}': "2+0x60",
    'callagent_provider_breaker{instance="w", part="llm", provider="openai"}': "0+0x20 2+0x3 1 0+0x40",
    'callagent_fallbacks_total{instance="w", part="llm", provider="openai"}': "0+0x20 1+0x40",
    'callagent_outages_total{instance="w", step="filler"}': "0+1x60",
    'callagent_outages_total{instance="w", step="sentence"}': "1+0x60",
    'callagent_call_backs_due_total{instance="w"}': "1+0x60",
    'callagent_hangs_total{instance="w", who="tool"}': "0+0x20 1+0x40",
    'callagent_hangs_total{instance="w", who="event loop"}': "2+0x60",
}
"""The figures of an hour in which nothing is wrong."""


def metrics_of_the_worker() -> set[str]:
    """The names of all series that the worker tells."""
    with breaker_gauge(MONITORING / "nowhere"):
        return named_in_the_registry()


def named_in_the_registry() -> set[str]:
    return {sample.name for metric in REGISTRY.collect() for sample in metric.samples} | {
        f"{metric.name}{ending}"
        for metric in REGISTRY.collect()
        for ending in {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}.get(metric.type, ("",))
    }


def alerts_of(tmp_path: Path, series: dict[str, str]) -> str:
    """What promtool says of an hour of these figures, for which nothing is expected to be raised."""
    tests = {
        "rule_files": [str(MONITORING / "alerts.yml")],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [
                    {"eval_time": "35m", "alertname": rule["alert"], "exp_alerts": []} for rule in RULES
                ],
            }
        ],
    }
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(tests))
    told = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, timeout=60, check=False)
    return told.stdout + told.stderr


@needs_prometheus
@pytest.mark.parametrize("alert", [rule["alert"] for rule in RULES])
def test_each_alert_is_raised_when_it_should(alert: str, tmp_path: Path) -> None:
    raised = re.findall(r"alertname: (\w+)", told := alerts_of(tmp_path, WRONG[alert]))
    assert raised == [alert], told


@needs_prometheus
def test_nothing_is_raised_in_an_hour_in_which_nothing_is_wrong(tmp_path: Path) -> None:
    assert "SUCCESS" in alerts_of(tmp_path, WELL)


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *(rule["expr"] for rule in RULES)])
def test_what_is_asked_for_is_told(expression: str) -> None:
    assert set(METRIC.findall(expression)) <= metrics_of_the_worker()


@asynccontextmanager
async def prometheus(tmp_path: Path, target: int) -> AsyncIterator[str]:
    """The Prometheus of the stack, which reads the metrics of this process every second."""
    config = (MONITORING / "prometheus.yml").read_text(encoding="utf-8")
    config = config.replace("127.0.0.1:8083", f"127.0.0.1:{target}").replace("interval: 15s", "interval: 1s")
    file = tmp_path / "prometheus.yml"
    await asyncio.to_thread(file.write_text, config.replace("alerts.yml", str(MONITORING / "alerts.yml")))
    address = f"127.0.0.1:{unused_port()}"
    command = ["prometheus", f"--config.file={file}", f"--web.listen-address={address}"]
    process = await ChildProcess.start(
        "prometheus", [*command, f"--storage.tsdb.path={tmp_path / 'data'}"], patience=10.0
    )
    try:
        yield f"http://{address}/api/v1/query"
    finally:
        await process.aclose()


async def answers(session: aiohttp.ClientSession, url: str, expression: str) -> list[Any]:
    """What Prometheus says to an expression of the dashboard."""
    asked = expression.replace("$__rate_interval", "1m").replace("$instance", ".*")
    async with session.get(url, params={"query": asked}) as response:
        told = await response.json()
    assert (response.status, told["status"]) == (200, "success"), (expression, told)
    results: list[Any] = told["data"]["result"]
    return results


@needs_prometheus
async def test_prometheus_reads_the_calls_that_were_counted(tmp_path: Path) -> None:
    ending = 'callagent_calls_ended_total{job="callagent", ending="no caller came"}'
    config = WorkerConfig("ws://127.0.0.1:1", "key", "secret", 1, metrics_port=unused_port())
    assert config.metrics_port is not None
    count(CallFigures("inbound", "no caller came"))
    async with (
        metrics_endpoint(config),
        prometheus(tmp_path, config.metrics_port) as url,
        aiohttp.ClientSession() as session,
        asyncio.timeout(60),
    ):
        await _until_it_answers(session, url, ending)
        for expression in EXPRESSIONS:
            await answers(session, url, expression)


async def _until_it_answers(session: aiohttp.ClientSession, url: str, expression: str) -> None:
    found: list[Any] = []
    while not found:
        await asyncio.sleep(0.5)
        with suppress(aiohttp.ClientError):
            found = await answers(session, url, expression)
    assert float(found[0]["value"][1]) >= 1

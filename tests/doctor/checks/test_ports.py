import pytest
from aiohttp import web

from callagent.doctor.checks.ports import check_ports
from tests.doctor.patients import subject
from tests.support.loopback import listening, serving, unused_port


async def test_free_ports_are_fine() -> None:
    port = unused_port()
    assert (await check_ports(subject(health_port=port))).found == f"free: {port}"
    assert (await check_ports(subject(health_port=0))).state == "ok"


async def test_a_port_in_use_is_told_with_its_option() -> None:
    with listening() as port:
        finding = await check_ports(subject(metrics_port=port))
    assert finding.state == "failed"
    assert f"port 127.0.0.1:{port}: address already in use" in finding.found and "--metrics-port" in finding.found


@pytest.mark.parametrize(
    ("told", "state"),
    [('{"agent_name": "callagent"}', "ok"), ('{"name": "x"}', "failed"), ("[]", "failed"), ("<", "failed")],
)
async def test_a_worker_that_runs_already_is_recognised(told: str, state: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(text=told, content_type="application/json")

    async with serving(handle) as port:
        finding = await check_ports(subject(health_port=port))
    assert finding.state == state
    assert ("agent callagent runs" in finding.found) == (state == "ok")

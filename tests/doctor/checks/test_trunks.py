from pathlib import Path

import pytest
from aiohttp import web
from livekit import api

from callagent.doctor.check import Finding
from callagent.doctor.checks.trunks import check_trunks, judge
from tests.doctor.patients import connection, subject
from tests.support.loopback import serving
from tests.support.profiles import Profiles

NUMBER = "+12025550100"
TRUNK = api.SIPInboundTrunkInfo(sip_trunk_id="ST_1", name="main", numbers=[NUMBER], auth_password="hunter2")
PROFILES = {"en-US", "de-DE"}


def rule(agent: str = "callagent", metadata: str = "", *, trunks: tuple[str, ...] = ()) -> api.SIPDispatchRuleInfo:
    agents = [api.RoomAgentDispatch(agent_name=agent, metadata=metadata)] if agent else []
    config = api.RoomConfiguration(agents=agents)
    return api.SIPDispatchRuleInfo(name="front desk", trunk_ids=trunks, room_config=config)


def judged(*rules: api.SIPDispatchRuleInfo, inbound: int = 1, outbound: int = 1) -> Finding:
    return judge([TRUNK] * inbound, outbound, rules, agent_name="callagent", profiles=PROFILES)


@pytest.mark.parametrize(
    ("finding", "state", "found"),
    [
        (judged(rule()), "ok", "1 inbound, 1 outbound, 1 dispatch rules"),
        (judged(rule(metadata='{"profile": "de-DE"}', trunks=("ST_1",))), "ok", ""),
        (judged(rule(), outbound=0), "ok", "cannot call out"),
        (judged(inbound=0), "ok", "only calls out"),
        (judged(inbound=0, outbound=0), "failed", "no call can come or go"),
        (judged(rule(trunks=("ST_2",))), "failed", "no dispatch rule for the inbound trunk main"),
        (judged(rule("receptionist")), "failed", "no rule dispatches the agent callagent"),
        (judged(rule("")), "failed", "no rule dispatches the agent callagent"),
        (judged(rule(), rule("")), "warning", "no agent in the rule front desk"),
        (judged(rule(metadata='{"profile": "de-AT"}')), "warning", "unknown profile 'de-AT'"),
        (judged(rule(metadata="not JSON")), "warning", "not JSON"),
    ],
)
def test_the_way_of_a_call_is_followed(finding: Finding, state: str, found: str) -> None:
    assert (finding.state, found in finding.found) == (state, True)
    assert NUMBER not in finding.found and "hunter2" not in finding.found


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path, monkeypatch)


async def test_of_the_profiles_only_the_names_are_looked_at(profiles: Profiles) -> None:
    profiles.write("broken", "name: [")

    async def nothing(_: web.Request) -> web.Response:
        return web.Response(content_type="application/protobuf")

    async with serving(nothing) as port:
        finding = await check_trunks(subject(connection(url=f"ws://127.0.0.1:{port}")))
    assert "no call can come or go" in finding.found

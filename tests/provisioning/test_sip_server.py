"""Against a real livekit-server with Redis."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from livekit import api

from callagent.livekit_api import Unauthorised
from callagent.livekit_api.connection import Connection, InvalidConnection
from callagent.provisioning import Fingerprints, Item, Outcome, Plan, SipServer, carry_out, make_plan
from callagent.provisioning.resources import Kind
from callagent.provisioning.secret import Secret
from tests.provisioning.files import load
from tests.provisioning.items import item, rule, trunk
from tests.provisioning.test_protobuf import FULL

ONE, TWO, THREE = "+12025550100", "+12025550101", "+12025550102"

pytestmark = [pytest.mark.room, pytest.mark.any_speed]


@pytest.fixture
async def server(sip_livekit: Connection) -> AsyncIterator[SipServer]:
    async with SipServer.open(sip_livekit, Fingerprints(sip_livekit.api_secret)) as server:
        yield server


async def plan(server: SipServer, wanted: Sequence[Item], *, adopt: bool = False) -> Plan:
    return make_plan(wanted, await server.existing("mine"), "mine", adopt=adopt)


async def apply(server: SipServer, wanted: Sequence[Item], *, adopt: bool = False) -> Outcome:
    outcome = await carry_out(await plan(server, wanted, adopt=adopt), server, "mine")
    assert outcome.failed == []
    return outcome


async def test_everything_that_a_file_can_say_arrives(server: SipServer, tmp_path: Path) -> None:
    wanted = load(tmp_path, FULL).items
    await apply(server, wanted)
    assert {(e.item.kind, e.item.name, e.stack) for e in await server.existing("mine")} == {
        (each.kind, each.name, "mine") for each in wanted
    }
    assert (await plan(server, wanted)).changes == ()


async def test_a_rule_dispatches_the_agent_with_its_profile(server: SipServer, livekit_api: api.LiveKitAPI) -> None:
    await apply(server, [trunk("main", ONE), rule("desk", "main", agent="callagent", profile="en-US")])
    (stored,) = (await livekit_api.sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest())).items
    (agent,) = stored.room_config.agents
    assert (agent.agent_name, agent.metadata) == ("callagent", '{"profile":"en-US"}')
    assert dict(stored.attributes) == {"callagent.profile": "en-US"}


async def test_trunks_and_rules_can_trade_what_they_match(server: SipServer) -> None:
    before = [trunk("a", ONE), trunk("b", TWO), rule("a", "a"), rule("b", "b"), rule("c", "a", pin=Secret("1"))]
    after = [trunk("a", TWO), trunk("b", ONE), rule("a", "b"), rule("b", "a", pin=Secret("1")), rule("c", "a")]
    await apply(server, before)
    ids = {(e.item.kind, e.item.name): e.id for e in await server.existing("mine")}
    await apply(server, after)
    assert (await plan(server, after)).changes == ()
    assert {(e.item.kind, e.item.name): e.id for e in await server.existing("mine")} == ids


async def test_a_renamed_trunk_takes_its_number_along(server: SipServer) -> None:
    await apply(server, [trunk("old", ONE), rule("desk", "old")])
    await apply(server, [trunk("new", ONE), rule("desk", "new")])
    assert [(e.item.name, e.item.fields.get("trunks")) for e in await server.existing("mine")] == [
        ("new", None),
        ("desk", ("new",)),
    ]


async def test_lists_and_mappings_can_become_empty(server: SipServer) -> None:
    await apply(server, [trunk("a", ONE, allowed_addresses=("10.0.0.1",), headers_to_attributes={"X-A": "a"})])
    await apply(server, [trunk("a", allowed_addresses=("10.0.0.1",))])
    assert (await plan(server, [trunk("a", allowed_addresses=("10.0.0.1",))])).changes == ()


async def test_a_changed_password_is_noticed(server: SipServer) -> None:
    def wanted(password: str) -> list[Item]:
        return [item(Kind.OUTBOUND, "a", address="b.com", numbers=(ONE,), auth__password=Secret(password))]

    await apply(server, wanted("old"))
    (change,) = (await plan(server, wanted("new"))).changes
    assert [each.field for each in getattr(change, "fields", ())] == ["auth.password"]
    await apply(server, wanted("new"))
    assert (await plan(server, wanted("new"))).changes == ()


async def test_what_somebody_else_made_stays_as_it_is(server: SipServer, livekit_api: api.LiveKitAPI) -> None:
    theirs = api.SIPInboundTrunkInfo(name="theirs", numbers=[THREE], metadata="hands off")
    stored = await livekit_api.sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=theirs))
    await apply(server, [trunk("a", ONE)])
    await apply(server, [])
    listed = (await livekit_api.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())).items
    assert list(listed) == [stored]
    assert (
        "takes them, which this file does not manage" in (await plan(server, [trunk("a", THREE)])).conflicts[0].message
    )


async def test_an_adopted_trunk_keeps_its_id_and_can_be_deleted_afterwards(
    server: SipServer, livekit_api: api.LiveKitAPI
) -> None:
    theirs = api.SIPInboundTrunkInfo(name="a", numbers=[ONE])
    stored = await livekit_api.sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=theirs))
    assert (await plan(server, [trunk("a", ONE)])).conflicts
    await apply(server, [trunk("a", ONE, krisp=True)], adopt=True)
    (adopted,) = await server.existing("mine")
    assert (adopted.id, adopted.stack) == (stored.sip_trunk_id, "mine")
    await apply(server, [])
    assert await server.existing("mine") == ()


async def test_what_fails_is_told_and_applying_again_completes_it(
    server: SipServer, livekit_api: api.LiveKitAPI
) -> None:
    wanted = [trunk("a", ONE), trunk("b", TWO), rule("a", "a"), rule("b", "b")]
    made_too_early = await plan(server, wanted)
    race = api.SIPInboundTrunkInfo(name="race", numbers=[TWO])
    stored = await livekit_api.sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=race))
    outcome = await carry_out(made_too_early, server, "mine")
    ((step, reason),) = outcome.failed
    assert (step.item.name, "Conflicting inbound SIP Trunks" in reason) == ("b", True)
    assert {each.item.name for each in outcome.left} == {"a", "b"}
    await livekit_api.sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=stored.sip_trunk_id))
    again = await apply(server, wanted)
    assert (len(again.done), (await plan(server, wanted)).changes) == (3, ())


async def test_what_is_gone_already_counts_as_deleted(server: SipServer, livekit_api: api.LiveKitAPI) -> None:
    await apply(server, [trunk("a", ONE), rule("a", "a")])
    too_late = await plan(server, [])
    for each in too_late.deletions:
        if each.item.kind is Kind.RULE:
            request = api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=each.existing.id)
            await livekit_api.sip.delete_dispatch_rule(request)
    assert (await carry_out(too_late, server, "mine")).complete


@pytest.mark.parametrize(
    "wanted",
    [
        [trunk("a", ONE), trunk("b", ONE)],
        [trunk("a", ONE, TWO), trunk("b", "2025550101", TWO)],
        [trunk("a")],
        [trunk("a", ONE, headers={"Contact": Secret("x")})],
        [trunk("a", ONE, headers_to_attributes={"X A": "a"})],
        [item(Kind.OUTBOUND, "a", address="b.com")],
        [item(Kind.OUTBOUND, "a", numbers=(ONE,))],
        [item(Kind.OUTBOUND, "a", numbers=(ONE,), address="sip:b.com")],
        [rule("a"), rule("b")],
        [rule("a", pin=Secret("1")), rule("b", pin=Secret("1"))],
        [rule("a", numbers=(ONE,)), rule("b", numbers=(TWO, ONE))],
    ],
    ids=lambda wanted: " ".join(repr({k: v for k, v in each.fields.items() if v}) for each in wanted)[:40],
)
async def test_livekit_refuses_what_we_refuse(server: SipServer, wanted: list[Item]) -> None:
    refused = 0
    for each in wanted:
        outcome = await carry_out(make_plan([each], [], "mine"), server, "mine")
        refused += len(outcome.failed)
    assert refused == 1


async def test_a_wrong_key_is_one_line(sip_livekit: Connection) -> None:
    wrong = Connection(sip_livekit.url, sip_livekit.api_key, "wrong" * 8)
    async with SipServer.open(wrong, Fingerprints("")) as server:
        with pytest.raises(Unauthorised, match="refuses the API key"):
            await server.existing()


async def test_a_url_that_is_none_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InvalidConnection):
        async with SipServer.open(Connection("voice.example.com", "k", "s"), Fingerprints("")):
            pass


async def test_numbers_of_a_pbx_national_numbers_and_any_caller_id_arrive(server: SipServer, tmp_path: Path) -> None:
    text = """
        inbound_trunks:
          pbx: {numbers: ["6002", "*97"], allowed_numbers: ["100"], allowed_addresses: [198.51.100.7]}
          desk: {numbers: ["02627855555"]}
        outbound_trunks:
          pbx: {address: "127.0.0.1:5070", numbers: ["6002"]}
          any: {address: sip.example.com, numbers: ["*"]}
        dispatch_rules:
          desk: {trunks: [desk], numbers: ["02627855555"], profiles: {"02627855555": en-US}}
    """
    wanted = load(tmp_path, text).items
    await apply(server, wanted)
    assert (await plan(server, wanted)).changes == ()

"""Which outbound trunk is meant."""

import pytest
from livekit import api

from callagent.livekit_api import LiveKitClient
from callagent.telephony.outbound import UnknownTrunk
from callagent.telephony.outbound.originate import find_trunk
from tests.support.livekit_peer import LiveKitPeer


def have(peer: LiveKitPeer, **names: str) -> None:
    peer.trunks = [
        api.SIPOutboundTrunkInfo(sip_trunk_id=trunk_id, name=name, numbers=["6002"]) for trunk_id, name in names.items()
    ]


async def test_the_only_trunk_need_not_be_named(peer: LiveKitPeer, server: LiveKitClient) -> None:
    have(peer, ST_1="main")
    trunk = await find_trunk(server, None)
    assert (trunk.id, trunk.name, trunk.numbers) == ("ST_1", "main", ("6002",))


@pytest.mark.parametrize(("wanted", "found"), [("main", "ST_1"), ("ST_2", "ST_2"), ("spare", "ST_2")])
async def test_a_trunk_has_a_name_and_an_id(peer: LiveKitPeer, server: LiveKitClient, wanted: str, found: str) -> None:
    have(peer, ST_1="main", ST_2="spare")
    assert (await find_trunk(server, wanted)).id == found


@pytest.mark.parametrize(
    ("names", "wanted", "problem"),
    [
        ({}, None, "there is not just one outbound trunk (found: none); create one with `callagent sip apply`"),
        (
            {"ST_1": "main", "ST_2": ""},
            None,
            "there is not just one outbound trunk (found: ST_2, main); choose one with --trunk",
        ),
        ({"ST_1": "a", "ST_2": "a"}, "a", "2 outbound trunks are named 'a'; give the id of one"),
        ({"ST_1": "main"}, "mian", "no outbound trunk 'mian' (found: main); did you mean 'main'?"),
        ({"ST_1": "main"}, "zzzz", "no outbound trunk 'zzzz' (found: main)"),
    ],
)
async def test_none_or_not_just_one(
    peer: LiveKitPeer, server: LiveKitClient, names: dict[str, str], wanted: str | None, problem: str
) -> None:
    have(peer, **names)
    with pytest.raises(UnknownTrunk) as raised:
        await find_trunk(server, wanted)
    assert str(raised.value) == problem

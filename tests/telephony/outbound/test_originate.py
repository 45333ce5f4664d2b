"""Every outcome of the table, over HTTP, with the client that the job uses."""

import pytest

from callagent.livekit_api import LiveKitClient, open_client
from callagent.livekit_api.connection import Connection
from callagent.telephony.outbound import CallFailed, DialOrder, place_call
from tests.support.livekit_peer import TRUNK, Line, LiveKitPeer, TwirpError

NUMBER = "+12025550123"
ROOM = "a-room"


def order(**given: object) -> DialOrder:
    return DialOrder.model_validate({"attempt": "a", "to": NUMBER, "trunk": TRUNK, "ringing_timeout": 1.0, **given})


@pytest.fixture(autouse=True)
async def room(server: LiveKitClient) -> None:
    await server.create_room(ROOM)


async def test_an_answered_call_gives_its_id(peer: LiveKitPeer, server: LiveKitClient) -> None:
    assert await place_call(server, order(), ROOM) == "SCL_1"
    assert peer.rooms[ROOM].participants["callee"].attributes["sip.callStatus"] == "active"


@pytest.mark.parametrize(
    ("line", "outcome", "status"),
    [
        (Line(486, "Busy Here"), "busy", 486),
        (Line(600, "Busy Everywhere"), "busy", 600),
        (Line(603, "Decline"), "declined", 603),
        (Line(403, "Forbidden"), "forbidden", 403),
        (Line(480, "Temporarily Unavailable"), "unavailable", 480),
        (Line(404, "Not Found"), "not in service", 404),
        (Line(410, "Gone"), "not in service", 410),
        (Line(484, "Address Incomplete"), "not in service", 484),
        (Line(604, "Does Not Exist Anywhere"), "not in service", 604),
        (Line(408, "Request Timeout"), "no answer", 408),
        (Line(487, "Request Terminated"), "no answer", 487),
        (Line(407, "Proxy Authentication Required"), "trunk failure", 407),
        (Line(500, "Server Internal Error"), "trunk failure", 500),
        (Line(503, "Service Unavailable"), "trunk failure", 503),
        (Line(None), "no answer", None),
        (Line(error=(503, "deadline_exceeded", "context deadline exceeded")), "no answer", None),
        (Line(error=(503, "canceled", "context canceled")), "no answer", None),
        (Line(error=(408, "unavailable", "request timeout")), "no answer", None),
        (Line(error=(404, "not_found", "requested sip trunk does not exist")), "trunk failure", None),
        (Line(error=(500, "internal", "no sip service")), "trunk failure", None),
        (Line(error=(503, "unavailable", "no response from servers")), "trunk failure", None),
        (Line(error=(429, "resource_exhausted", "no more calls")), "trunk failure", None),
    ],
    ids=lambda value: str(value.status or value.error or "silence") if isinstance(value, Line) else None,
)
async def test_what_livekit_says_is_an_outcome(
    peer: LiveKitPeer, server: LiveKitClient, line: Line, outcome: str, status: int | None
) -> None:
    peer.lines[NUMBER] = line
    with pytest.raises(CallFailed) as raised:
        await place_call(server, order(), ROOM)
    failure = raised.value.failure
    assert (failure.outcome, failure.sip_status) == (outcome, status)
    assert line.reason in failure.detail or status is None
    assert len(peer.asked("CreateSIPParticipant")) == 1, "a call is never placed twice"


async def test_a_trunk_that_does_not_exist_is_a_failure_of_the_trunk(server: LiveKitClient) -> None:
    with pytest.raises(CallFailed, match="sip trunk does not exist"):
        await place_call(server, order(trunk="ST_other"), ROOM)


async def test_a_server_that_is_not_there_is_a_failure_of_the_trunk() -> None:
    async with open_client(Connection("http://127.0.0.1:9", "key", "secret" * 8)) as nowhere:
        with pytest.raises(CallFailed, match="cannot reach livekit-server") as raised:
            await place_call(nowhere, order(), ROOM)
    assert raised.value.failure.outcome == "trunk failure"


async def test_a_wrong_key_is_a_failure_of_the_trunk(peer: LiveKitPeer) -> None:
    async with peer.client(secret="wrong" * 8) as stranger:
        with pytest.raises(CallFailed, match=r"livekit-server at .* refuses the API key"):
            await place_call(stranger, order(), ROOM)


async def test_hostile_words_of_a_carrier_stay_one_line(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.lines[NUMBER] = Line(603, "Decline\r\n\x1b[2J" + "x" * 5000)
    with pytest.raises(CallFailed) as raised:
        await place_call(server, order(), ROOM)
    assert raised.value.failure.detail.isprintable()
    assert len(raised.value.failure.detail) <= 300


async def test_the_request_carries_the_order(peer: LiveKitPeer, server: LiveKitClient) -> None:
    await place_call(server, order(caller_id="+12025550100", extension="17", max_call=60.5, meta={"order": "9"}), ROOM)
    (request,) = peer.asked("CreateSIPParticipant")
    assert (request.sip_call_to, request.sip_number, request.room_name) == (NUMBER, "+12025550100", ROOM)
    assert (request.ringing_timeout.ToTimedelta().seconds, request.max_call_duration.ToNanoseconds()) == (
        1,
        60_500_000_000,
    )
    assert request.dtmf == "wwww17"
    assert dict(request.participant_attributes) == {"callagent.meta.order": "9"}
    assert request.wait_until_answered


async def test_failing_with_metadata_of_another_kind(peer: LiveKitPeer, server: LiveKitClient) -> None:
    peer.failing["CreateSIPParticipant"] = TwirpError(503, "unavailable", "odd", sip_status_code="banana")
    with pytest.raises(CallFailed, match="odd"):
        await place_call(server, order(), ROOM)

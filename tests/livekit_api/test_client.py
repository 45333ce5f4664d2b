"""Over HTTP: whatever answers, or does not, a request fails with a ServerError of the right kind, in time."""

from collections.abc import Awaitable, Callable

import pytest
from livekit import api

from callagent.livekit_api import (
    CallRefused,
    LiveKitClient,
    NotFound,
    Refused,
    ServerError,
    SipDisabled,
    TimeLimits,
    Unauthorised,
    Unreachable,
    open_client,
)
from callagent.livekit_api.connection import Connection
from tests.support.livekit_peer import KEY, SECRET
from tests.support.strange_server import PAGE, STRANGE, Answer, http, strange_server, twirp

IMPATIENT = TimeLimits(question=0.2, call=0.2, move=0.2, dial_margin=0.2)

REQUESTS: dict[str, Callable[[LiveKitClient], Awaitable[object]]] = {
    "create_room": lambda client: client.create_room("r"),
    "delete_room": lambda client: client.delete_room("r"),
    "rooms": lambda client: client.rooms(),
    "participants": lambda client: client.participants("r"),
    "remove_participant": lambda client: client.remove_participant("r", "p"),
    "set_attributes": lambda client: client.set_attributes("r", "p", {}),
    "subscribe": lambda client: client.subscribe("r", "p", ["t"], to=True),
    "move_participant": lambda client: client.move_participant("r", "p", "s"),
    "send_data": lambda client: client.send_data("r", "p", "t"),
    "dispatch_agent": lambda client: client.dispatch_agent("a", "r", ""),
    "dispatches": lambda client: client.dispatches("r"),
    "delete_dispatch": lambda client: client.delete_dispatch(api.AgentDispatch(id="d", room="r")),
    "dispatch_again": lambda client: client.dispatch_again(api.AgentDispatch(id="d", agent_name="a", room="r")),
    "inbound_trunks": lambda client: client.inbound_trunks(),
    "outbound_trunks": lambda client: client.outbound_trunks(),
    "dispatch_rules": lambda client: client.dispatch_rules(),
    "create": lambda client: client.create(api.SIPInboundTrunkInfo()),
    "update": lambda client: client.update("i", api.SIPDispatchRuleInfo()),
    "delete_trunk": lambda client: client.delete_trunk("t"),
    "delete_rule": lambda client: client.delete_rule("r"),
    "call": lambda client: client.call(api.CreateSIPParticipantRequest()),
    "transfer": lambda client: client.transfer(api.TransferSIPParticipantRequest(ringing_timeout={"nanos": 1000})),
}


def test_every_request_is_tried_here() -> None:
    methods = {name for name in vars(LiveKitClient) if not name.startswith("_")}
    assert methods == REQUESTS.keys()


async def failure(
    answer: Answer, ask: Callable[[LiveKitClient], Awaitable[object]] = REQUESTS["participants"]
) -> ServerError:
    async with strange_server(answer) as server, open_client(server, IMPATIENT) as client:
        with pytest.raises(ServerError) as raised:
            await ask(client)
    return raised.value


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS.keys())
@pytest.mark.parametrize("kind", ["a page of HTML", "an empty page", "a list that is an error", "a hang"])
async def test_no_request_takes_a_stranger_for_livekit(
    kind: str, ask: Callable[[LiveKitClient], Awaitable[object]]
) -> None:
    assert isinstance(await failure(STRANGE[kind], ask), Unreachable)


@pytest.mark.parametrize("kind", STRANGE)
async def test_whatever_a_stranger_answers_is_unreachable_in_one_line(kind: str) -> None:
    error = await failure(STRANGE[kind])
    assert type(error) is Unreachable
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (http(401, b"invalid token", "text/plain"), Unauthorised, "refuses the API key"),
        (http(403, PAGE, "text/html"), Unauthorised, "refuses the API key"),
        (twirp(401, b'["no"]'), Unauthorised, "refuses the API key"),
        (
            twirp(403, b'{"code": "permission_denied", "msg": "no grant"}'),
            Unauthorised,
            "refuses the API key: no grant",
        ),
        (twirp(404, b'{"code": "not_found", "msg": "no such room"}'), NotFound, "no such room"),
        (twirp(404, b'{"code": "bad_route", "msg": "no handler"}'), Refused, "no handler"),
        (twirp(500, b'{"code": "internal", "msg": "sip not connected (redis required)"}'), SipDisabled, "no Redis"),
        (twirp(500, b'{"code": "internal", "msg": "a\\nb\\u001b[2J"}'), Refused, r"^a b \[2J$"),
        (twirp(503, b'{"code": "unavailable"}'), Refused, r"livekit-server at .* failed \(unavailable\)"),
    ],
)
async def test_what_livekit_answers_is_an_error_of_its_kind(answer: bytes, kind: type[ServerError], told: str) -> None:
    error = await failure(Answer(answer))
    assert type(error) is kind
    with pytest.raises(kind, match=told):
        raise error


async def test_a_call_that_the_network_refuses_keeps_its_sip_status() -> None:
    meta = b'{"code": "unavailable", "msg": "busy", "meta": {"sip_status_code": "486", "sip_status": "Busy Here"}}'
    error = await failure(Answer(twirp(503, meta)), REQUESTS["call"])
    assert isinstance(error, CallRefused)
    assert (error.sip_status, error.reason) == (486, "Busy Here")


@pytest.mark.parametrize("method", ["delete_room", "delete_trunk", "delete_rule"])
async def test_what_is_gone_is_deleted_already(method: str) -> None:
    gone = Answer(twirp(404, b'{"code": "not_found", "msg": "gone"}'))
    async with strange_server(gone) as server, open_client(server) as client:
        await REQUESTS[method](client)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "ws://nowhere.invalid", "ws://a..b", f"ws://{'a' * 70}.example"])
async def test_where_nobody_answers_is_unreachable(url: str) -> None:
    async with open_client(Connection(url, KEY, SECRET)) as client:
        with pytest.raises(Unreachable, match=r"^cannot reach livekit-server at ws://"):
            await client.rooms()


async def test_a_password_in_the_url_is_not_told() -> None:
    async with open_client(Connection("ws://user:geheim@127.0.0.1:9", KEY, SECRET)) as client:
        with pytest.raises(Unreachable) as raised:
            await client.rooms()
    assert "geheim" not in str(raised.value)

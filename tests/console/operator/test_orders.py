"""Orders from a browser to the agent of a call, over a peer that answers as livekit-server does."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

import callagent.console.operator.order_post as post
from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.console.operator.order_desk import NOT_ALLOWED, OFFERED
from callagent.journal.codec import Line
from callagent.journal.operator.operator_events import OperatorOrder, OrderState
from callagent.livekit_api.connection import Connection
from callagent.operator_orders import TOPIC, Order, OrderReader
from callagent.records import Packet, RecordStore
from tests.support.kept_calls import head_of, keep, raw
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError

TOKEN = "a token that is long enough"
PAGE = "http://127.0.0.1:8084"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "LOOK_S", 0.01)


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as peer:
        yield peer


class Agent:
    """The agent of a call: reads its orders and writes into its journal what comes of them."""

    def __init__(self, peer: LiveKitPeer, store: RecordStore, call: str = "AJ_1") -> None:
        self._peer, self._store, self._call = peer, store, call
        self._reader = OrderReader(SECRET, call)
        self.orders: list[Order] = []

    async def answers(self, *states: tuple[OrderState, str]) -> None:
        await self._peer.has_been_asked("SendData", len(self.orders) + 1)
        asked = self._peer.asked("SendData")[-1]
        assert (asked.room, asked.topic) == (f"room-{self._call}", TOPIC)
        assert list(asked.destination_identities) == [f"agent-{self._call}"]
        order = self._reader.read(asked.data)
        self.orders.append(order)
        for state, result in states:
            line = OperatorOrder(1.0, order.id, order.act, order.by, state, order.pii_text, result)
            await asyncio.to_thread(self._write, line)

    def _write(self, line: Line) -> None:
        self._store.append(Packet(self._call, self._store.get(self._call).lines, raw([line])))


def console(store: RecordStore, peer: LiveKitPeer, *, operator: bool = True, token: str | None = None) -> TestClient:
    server = Connection(peer.url, KEY, SECRET)
    config = ConsoleConfig("127.0.0.1", token=token, operator=operator, server=server if operator else None)
    return TestClient(create_app(config, store), base_url=PAGE, headers={"Accept": "application/json"})


def begin(store: RecordStore, call: str = "AJ_1", destinations: tuple[str, ...] = ("sales",)) -> None:
    store.begin(replace(head_of(call), destinations=destinations))


def form_token(client: TestClient, call: str = "AJ_1") -> str:
    found = re.search(r'name="form_token" value="(\w+)"', client.get(f"/calls/{call}").text)
    assert found is not None
    return found[1]


def given(client: TestClient, call: str = "AJ_1", **fields: str) -> Any:
    """An order is given by a form of the call's page; the answer is that of httpx."""
    return client.post(f"/calls/{call}/orders", data={"form_token": form_token(client, call), **fields})


async def beside(agent: Callable[[], Any], work: Callable[[], Any]) -> Any:
    """What the work comes to, in a thread, while the agent does its part."""
    _, answer = await asyncio.gather(agent(), asyncio.to_thread(work))
    return answer


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "say", "text": "Grüß Gott"},
        {"act": "whisper", "text": "offer 10 %", "now": "1"},
        {"act": "transfer", "destination": "sales"},
        {"act": "warm transfer", "destination": "sales"},
        {"act": "hang up", "text": ""},
    ],
)
async def test_an_order_goes_to_the_agent_alone_and_what_came_of_it_is_told(
    store: RecordStore, peer: LiveKitPeer, fields: dict[str, str]
) -> None:
    await asyncio.to_thread(begin, store)
    agent, client = Agent(peer, store), console(store, peer)
    answer = await beside(lambda: agent.answers(("begun", ""), ("done", "well")), lambda: given(client, **fields))
    assert (answer.status_code, answer.json()) == (200, {"state": "done", "result": "well", "message": "done: well"})
    (order,) = agent.orders
    assert (order.act, order.pii_text, order.destination) == (
        *(fields["act"], fields.get("text", "")),
        fields.get("destination", ""),
    )
    assert order.now is ("now" in fields)
    assert re.fullmatch(r"browser [0-9a-f]{4} at the console of \S+", order.by)
    assert fields.get("text", "") in (await asyncio.to_thread(client.get, "/calls/AJ_1")).text


async def test_what_the_agent_refuses_is_told(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store)
    agent, client = Agent(peer, store), console(store, peer)
    answer = await beside(
        lambda: agent.answers(("begun", ""), ("failed", "There is no destination 'x'.")),
        lambda: given(client, act="transfer", destination="x"),
    )
    assert answer.json()["message"] == "not done: There is no destination 'x'."


async def test_what_takes_long_is_under_way(
    store: RecordStore, peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "DONE_S", 0.05)
    await asyncio.to_thread(begin, store)
    agent, client = Agent(peer, store), console(store, peer)
    answer = await beside(lambda: agent.answers(("begun", "")), lambda: given(client, act="say", text="Hello"))
    assert answer.json() == {"state": "begun", "result": "", "message": "under way"}


async def test_an_agent_that_says_nothing_is_told(
    store: RecordStore, peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "TAKEN_S", 0.05)
    await asyncio.to_thread(begin, store)
    answer = await asyncio.to_thread(given, console(store, peer), act="say", text="Hello")
    assert (answer.status_code, answer.json()["state"]) == (502, "failed")
    assert "the call has not taken it" in answer.json()["message"]


async def test_a_server_that_refuses_is_told(store: RecordStore, peer: LiveKitPeer) -> None:
    peer.failing["SendData"] = TwirpError(404, "not_found", "requested room does not exist")
    await asyncio.to_thread(begin, store)
    answer = await asyncio.to_thread(given, console(store, peer), act="say", text="Hello")
    assert (answer.status_code, "room does not exist" in answer.json()["message"]) == (502, True)


async def test_a_call_that_is_over_gets_no_order(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store)
    await asyncio.to_thread(keep, store, head_of("AJ_over", 1))
    client = console(store, peer)
    token = await asyncio.to_thread(form_token, client)
    answer = await asyncio.to_thread(client.post, "/calls/AJ_over/orders", data={"form_token": token, "act": "hang up"})
    assert (answer.status_code, answer.json()["result"]) == (409, "the call is over")
    page = (await asyncio.to_thread(client.get, "/calls/AJ_over")).text
    assert "data-order" not in page and peer.requests == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "dance"}, "there are: hang up, whisper, say"),
        ({"act": "take over"}, "no such order"),
        ({}, "no such order"),
        ({"act": "say"}, "nothing to say"),
        ({"act": "say", "text": "x" * 1001}, "1001 characters"),
        ({"act": "transfer"}, "destination"),
    ],
)
async def test_what_is_no_order_is_told(
    store: RecordStore, peer: LiveKitPeer, fields: dict[str, str], said: str
) -> None:
    await asyncio.to_thread(begin, store)
    answer = await asyncio.to_thread(lambda: given(console(store, peer), **fields))
    assert (answer.status_code, said in answer.json()["message"]) == (400, True)
    assert peer.requests == []


@pytest.mark.parametrize("act", OFFERED)
async def test_without_operator_there_is_no_button_and_nothing_is_done(
    store: RecordStore, peer: LiveKitPeer, act: str
) -> None:
    await asyncio.to_thread(begin, store)
    client = console(store, peer, operator=False)
    page = (await asyncio.to_thread(client.get, "/calls/AJ_1")).text
    assert "data-order" not in page and "<textarea" not in page
    fields = {"act": act, "text": "Hello", "destination": "sales"}
    answer = await asyncio.to_thread(client.post, "/calls/AJ_1/orders", data=fields, headers={"Accept": "text/html"})
    assert (answer.status_code, NOT_ALLOWED.partition(":")[0] in answer.text) == (403, True)
    assert peer.requests == []


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({}, {}, 403),
        ({"form_token": "guessed"}, {}, 403),
        ({}, {"Origin": "http://evil.example"}, 403),
        ({}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, {"Host": "evil.example"}, 421),
        ({}, {"Authorization": f"Bearer {TOKEN}"}, 403),
    ],
)
async def test_pages_from_elsewhere_give_no_orders(
    store: RecordStore, peer: LiveKitPeer, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    await asyncio.to_thread(begin, store)
    client = console(store, peer)
    token = await asyncio.to_thread(form_token, client)
    sent = {"act": "hang up", **({"form_token": token} if "Origin" in headers else {}), **fields}
    answer = await asyncio.to_thread(client.post, "/calls/AJ_1/orders", data=sent, headers=headers)
    assert answer.status_code == status
    assert peer.requests == []


async def test_a_program_shows_the_token_instead_of_a_form(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store)
    agent, client = Agent(peer, store), console(store, peer, token=TOKEN)
    fields = {"act": "say", "text": "Hello"}
    for headers in ({}, {"Authorization": "Bearer another token than that one"}):
        refused = await asyncio.to_thread(client.post, "/calls/AJ_1/orders", data=fields, headers=headers)
        assert refused.status_code == 401
    assert peer.requests == []
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await beside(
        lambda: agent.answers(("done", "")),
        lambda: client.post("/calls/AJ_1/orders", data=fields, headers=headers),
    )
    assert answer.status_code == 200 and agent.orders[0].by.startswith("program at the console of")


async def test_a_browser_without_scripts_is_led_back_to_the_call(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store)
    agent, client = Agent(peer, store), console(store, peer)
    client.headers["Accept"] = "text/html"
    client.follow_redirects = False
    answer = await beside(lambda: agent.answers(("done", "")), lambda: given(client, act="say", text="Hello"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls/AJ_1")
    refused = await asyncio.to_thread(given, client, act="say")
    assert refused.status_code == 400 and "Not done: there is nothing to say." in refused.text


async def test_destinations_are_those_of_the_profile(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store, destinations=("sales", "<b>"))
    await asyncio.to_thread(begin, store, "AJ_2", ())
    client = console(store, peer)
    page = (await asyncio.to_thread(client.get, "/calls/AJ_1")).text
    assert "<option>sales</option>" in page and "<option>&lt;b&gt;</option>" in page
    assert "the profile names no destination" in (await asyncio.to_thread(client.get, "/calls/AJ_2")).text


@pytest.mark.parametrize("operator", [True, False])
async def test_nobody_from_elsewhere_takes_a_call_over(store: RecordStore, peer: LiveKitPeer, operator: bool) -> None:
    await asyncio.to_thread(begin, store)
    client = console(store, peer, operator=operator)
    for path in ("/calls/AJ_1/take-over", "/microphones/guessed", "/microphones/guessed/hand-back"):
        for headers in ({}, {"X-Form-Token": "guessed"}):
            answer = await asyncio.to_thread(client.post, path, content=b"\0\0", headers=headers)
            assert answer.status_code == 403, path
    assert peer.requests == []


async def test_a_microphone_of_a_call_that_is_handed_back_is_told(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store)
    client = console(store, peer)
    token = {"X-Form-Token": await asyncio.to_thread(form_token, client)}
    answer = await asyncio.to_thread(client.post, "/microphones/gone", content=b"\0\0", headers=token)
    assert (answer.status_code, answer.text) == (410, "the agent has the call again")
    assert peer.requests == []

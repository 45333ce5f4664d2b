"""Who hears a call, and what is told before; the sound itself is of a room that a test stands for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

import callagent.console.operator.listening_desk as desk
import callagent.console.operator.order_post as post
from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.console.operator.call_rooms import NoSound
from callagent.livekit_api.connection import Connection
from callagent.records import RecordStore
from tests.console.operator.test_orders import PAGE, TOKEN, Agent, begin
from tests.support.kept_calls import head_of, keep
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "LOOK_S", 0.01)


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as peer:
        yield peer


def console(store: RecordStore, peer: LiveKitPeer, *, listen: bool = True, operator: bool = False) -> TestClient:
    server = Connection(peer.url, KEY, SECRET)
    config = ConsoleConfig("127.0.0.1", token=TOKEN, listen=listen, operator=operator, server=server)
    return TestClient(create_app(config, store), base_url=PAGE, headers=BEARER)


class Heard:
    """Three pieces of sound, and the end of the call."""

    async def pieces(self) -> AsyncIterator[bytes]:
        for number in range(3):
            yield bytes([number]) * 4


def a_room(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> None:
    @asynccontextmanager
    async def listening(*_: Any) -> AsyncIterator[Heard]:
        if error is not None:
            raise error
        yield Heard()

    monkeypatch.setattr(desk, "listening", listening)


@pytest.mark.parametrize("operator", [True, False])
async def test_the_journal_has_who_listens_before_the_sound_comes_and_when_it_is_over(
    store: RecordStore, peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch, operator: bool
) -> None:
    a_room(monkeypatch)
    await asyncio.to_thread(begin, store)
    agent = Agent(peer, store)

    async def answers() -> None:
        await agent.answers(("begun", ""), ("done", ""))
        await agent.answers(("done", ""))

    with console(store, peer, listen=not operator, operator=operator) as client:
        _, answer = await asyncio.gather(answers(), asyncio.to_thread(client.post, "/calls/AJ_1/listen"))
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content.startswith(b"RIFF") and answer.content[44:] == b"\0\0\0\0\1\1\1\1\2\2\2\2"
    assert [(each.act, each.by.partition(" ")[0]) for each in agent.orders] == [
        ("listen", "program"),
        ("stop listening", "program"),
    ]


@pytest.mark.parametrize("told", [True, False])
async def test_nothing_is_heard_of_a_call_that_does_not_say_so(
    store: RecordStore, peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    a_room(monkeypatch, AssertionError("the room was joined"))
    monkeypatch.setattr(post, "TAKEN_S", 20 if told else 0.05)
    await asyncio.to_thread(begin, store)
    agent = Agent(peer, store)
    monkeypatch.setattr(desk, "LAST_ORDERS_S", 0.0)
    with console(store, peer) as client:
        asking = asyncio.to_thread(client.post, "/calls/AJ_1/listen")
        if told:
            _, answer = await asyncio.gather(agent.answers(("failed", "not now")), asking)
        else:
            answer = await asking
    assert (answer.status_code, answer.text) == (502, "not now") if told else "not taken it" in answer.text


async def test_a_room_that_cannot_be_joined_is_told(
    store: RecordStore, peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_room(monkeypatch, NoSound("the room of the call cannot be joined: gone"))
    monkeypatch.setattr(desk, "LAST_ORDERS_S", 0.0)
    await asyncio.to_thread(begin, store)
    agent = Agent(peer, store)
    with console(store, peer) as client:
        asking = asyncio.to_thread(client.post, "/calls/AJ_1/listen")
        _, answer = await asyncio.gather(agent.answers(("done", "")), asking)
    assert (answer.status_code, answer.text) == (502, "the room of the call cannot be joined: gone")


async def test_no_more_listen_than_can(store: RecordStore, peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST_LISTENERS", 0)
    await asyncio.to_thread(begin, store)
    answer = await asyncio.to_thread(console(store, peer).post, "/calls/AJ_1/listen")
    assert (answer.status_code, peer.requests) == (503, [])


async def test_who_may_not_listen_hears_nothing(store: RecordStore, peer: LiveKitPeer) -> None:
    await asyncio.to_thread(begin, store)
    await asyncio.to_thread(keep, store, head_of("AJ_over", 1))
    reads = console(store, peer, listen=False)
    assert (await asyncio.to_thread(reads.post, "/calls/AJ_1/listen")).status_code == 403
    assert "Listen in" not in (await asyncio.to_thread(reads.get, "/calls/AJ_1")).text
    listens = console(store, peer)
    assert "Listen in" in (await asyncio.to_thread(listens.get, "/calls/AJ_1")).text
    assert "data-order" not in (await asyncio.to_thread(listens.get, "/calls/AJ_1")).text
    assert (await asyncio.to_thread(listens.post, "/calls/AJ_1/orders", data={"act": "hang up"})).status_code == 403
    assert (await asyncio.to_thread(listens.post, "/calls/AJ_over/listen")).status_code == 409
    assert (await asyncio.to_thread(listens.get, "/calls/AJ_1/listen")).status_code == 405
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer of something else"}):
        assert (await asyncio.to_thread(listens.post, "/calls/AJ_1/listen", headers=headers)).status_code == 401
    assert peer.requests == []

"""Orders and taking over in a call on a real livekit-server, with a worker that speaks in beeps."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from livekit.protocol.models import ParticipantInfo
from starlette.testclient import TestClient

from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.console.operator.call_rooms import listening
from callagent.console.operator.mixed_sound import RATE
from callagent.console.operator.order_post import OrderPost
from callagent.livekit_api import is_party, open_client
from callagent.operator_orders import new_order
from callagent.records import RecordStore
from tests.console.operator.test_orders import PAGE, TOKEN
from tests.support.livekit_server import SOON_S, RunningWorker, livekit, own_loop, phone_call, record_of, worker

__all__ = ["livekit", "own_loop", "worker"]

pytestmark = [pytest.mark.room, pytest.mark.any_speed, pytest.mark.timeout(400)]

TONE = (np.sin(np.arange(RATE // 10) * 0.2) * 12_000).astype(np.int16).tobytes()


@pytest.fixture
def client(worker: RunningWorker) -> Iterator[TestClient]:
    with closing(RecordStore(str(worker.database))) as store:
        config = ConsoleConfig("127.0.0.1", token=TOKEN, operator=True, server=worker.server)
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
        with TestClient(create_app(config, store), base_url=PAGE, headers=headers) as client:
            yield client


def call_in(worker: RunningWorker, room: str) -> str:
    with closing(RecordStore(str(worker.database))) as store:
        return next((call.id for call in store.find(limit=None) if call.room == room), "")


async def until(look: Callable[[], Any]) -> Any:
    async with asyncio.timeout(SOON_S):
        while not (found := await asyncio.to_thread(look)):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.2)
    return found


async def order(client: TestClient, call: str, act: str, **fields: str) -> tuple[str, str]:
    answer = await asyncio.to_thread(client.post, f"/calls/{call}/orders", data={"act": act, **fields})
    return answer.json()["state"], answer.json()["result"]


async def who(worker: RunningWorker, room: str) -> list[ParticipantInfo]:
    async with open_client(worker.server) as server:
        return list(await server.participants(room))


async def test_who_listens_hears_the_agent_is_seen_by_nobody_and_is_no_party(worker: RunningWorker) -> None:
    async with phone_call(worker) as caller:
        call = await until(lambda: call_in(worker, caller.room.name))
        seen = [*caller.room.remote_participants]
        async with listening(worker.server, caller.room.name, call) as heard, asyncio.timeout(SOON_S):
            assert [*caller.room.remote_participants] == seen
            assert sum(is_party(each) for each in await who(worker, caller.room.name)) == 2
            with closing(RecordStore(str(worker.database))) as store:
                row = await asyncio.to_thread(store.get, call)
                post = OrderPost(worker.server, store)
                saying = asyncio.create_task(post.send(row, new_order("say", "test", text="Hello")), name="test.say")
                async for piece in heard.pieces():
                    if np.abs(np.frombuffer(piece, np.int16).astype(int)).max() > 3000:
                        break
                assert (await saying).state == "done"
        await caller.aclose()


async def test_a_call_is_whispered_to_taken_over_and_hung_up_on(worker: RunningWorker, client: TestClient) -> None:
    async with phone_call(worker) as caller:
        call = await until(lambda: call_in(worker, caller.room.name))
        assert await order(client, call, "whisper", text="offer ten percent") == (
            "done",
            "the agent knows it from its next answer on",
        )
        assert (await order(client, call, "transfer", destination="+19005550123"))[0] == "failed"
        taken = await asyncio.to_thread(client.post, f"/calls/{call}/take-over")
        assert taken.status_code == 200, taken.text
        assert (await order(client, call, "say", text="Not now."))[0] == "failed"
        caller.audible.clear()
        microphone = f"/microphones/{taken.json()['session']}"
        async with asyncio.timeout(SOON_S):
            while not caller.audible.is_set():
                answer = await asyncio.to_thread(client.post, microphone, content=TONE)
                assert answer.status_code == 204
                await asyncio.sleep(0.1)
        assert sum(is_party(each) for each in await who(worker, caller.room.name)) == 3
        await asyncio.to_thread(client.post, f"{microphone}/hand-back")
        await until(lambda: client.post(microphone, content=TONE).status_code == 410)
        assert await order(client, call, "say", text="Back again.") == ("done", "")
        await order(client, call, "hang up")
        async with asyncio.timeout(SOON_S):
            await caller.ended
        record = await record_of(worker, caller.room.name)
    acts = [each["act"] for each in record["events"] if each["type"] == "operator" and each["outcome"] == "done"]
    assert acts == ["whisper", "take over", "hand back", "say", "hang up"]
    assert (record["reason"], record["because"]) == ("agent hung up", "operator")

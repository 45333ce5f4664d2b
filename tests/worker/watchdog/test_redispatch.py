"""Callers whose dispatch no worker took, on a real livekit-server that has forgotten about them."""

import asyncio
import secrets
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.protocol.agent_dispatch import AgentDispatch

from callagent.livekit_api import open_client
from callagent.worker import Connection, WorkerConfig
from callagent.worker.server import mind
from callagent.worker.watchdog import redispatch
from callagent.worker.watchdog.abandoned_rooms import RoomGuard
from tests.support.livekit_server import call_for, new_room

pytestmark = [pytest.mark.room, pytest.mark.any_speed, pytest.mark.timeout(120)]

LOOK_S = 0.1
"""Seconds between two looks at the server, whose list of rooms is some seconds behind."""


@pytest.fixture
def config(livekit: Connection, monkeypatch: pytest.MonkeyPatch) -> WorkerConfig:
    """A worker under a name for which nobody has registered; it gives up on a dispatch at once."""
    monkeypatch.setattr(redispatch, "GIVEN_UP_S", 0.0)
    return WorkerConfig(livekit.url, livekit.api_key, livekit.api_secret, 1, agent_name=f"test-{secrets.token_hex(4)}")


async def lost(config: WorkerConfig, room: str, participants: int = 1) -> list[str]:
    """The lost calls, once the server's list of rooms knows who is in the room."""
    async with open_client(config) as server:
        counted = -1
        while counted != participants:
            await asyncio.sleep(LOOK_S)
            counted = sum(each.num_participants for each in await server.rooms([room]))
        return [each.room async for each in redispatch.lost_calls(server, config.agent_name)]


async def dispatches(config: WorkerConfig, room: str) -> list[AgentDispatch]:
    async with open_client(config) as server:
        return list(await server.dispatches(room))


async def sweeps(config: WorkerConfig, workers: int, room: str, known: str) -> list[AgentDispatch]:
    """The background tasks of so many workers run until a dispatch is there that was not known."""
    idle: Any = SimpleNamespace(active_jobs=[])
    sweeping = [asyncio.create_task(mind(config, idle, RoomGuard(config))) for _ in range(workers)]
    try:
        there = await dispatches(config, room)
        while not there or known in [each.id for each in there]:
            await asyncio.sleep(LOOK_S)
            there = await dispatches(config, room)
    finally:
        for task in sweeping:
            task.cancel()
        await asyncio.wait(sweeping)
    return await dispatches(config, room)


async def test_an_agent_is_sent_for_again_and_once_however_many_workers_look(
    config: WorkerConfig, livekit: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redispatch, "INTERVAL_S", (0.0, 0.0))
    room = new_room()
    async with call_for(livekit, config.agent_name, '{"profile": "en-GB"}', room=room):
        (first,) = await dispatches(config, room)
        monkeypatch.setattr(redispatch, "GIVEN_UP_S", 1.0)
        (second,) = await sweeps(config, 4, room, first.id)
    assert (second.agent_name, second.metadata) == (config.agent_name, '{"profile": "en-GB"}')


async def test_a_call_is_lost_when_nobody_took_it(config: WorkerConfig, livekit: Connection) -> None:
    room = new_room()
    async with call_for(livekit, config.agent_name, room=room):
        assert await lost(config, room) == [room]


async def test_a_call_for_another_agent_is_not_ours(config: WorkerConfig, livekit: Connection) -> None:
    room = new_room()
    async with call_for(livekit, "somebody-else", room=room):
        assert await lost(config, room) == []


async def test_who_is_no_phone_is_not_looked_after(config: WorkerConfig, livekit: Connection) -> None:
    room = new_room()
    async with call_for(livekit, config.agent_name, kind="standard", room=room):
        assert await lost(config, room) == []


async def test_a_call_with_two_parties_is_not_lost(config: WorkerConfig, livekit: Connection) -> None:
    room, agent = new_room(), config.agent_name
    async with call_for(livekit, agent, room=room), call_for(livekit, agent, room=room, identity="sip_+12025550124"):
        assert await lost(config, room, participants=2) == []


async def test_a_young_dispatch_may_still_be_taken(
    config: WorkerConfig, livekit: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redispatch, "GIVEN_UP_S", 60.0)
    room = new_room()
    async with call_for(livekit, config.agent_name, room=room):
        assert await lost(config, room) == []

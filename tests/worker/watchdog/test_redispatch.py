"""Callers whose dispatch no worker took, on a real livekit-server that has forgotten about them."""

import asyncio
import secrets
from collections.abc import Mapping
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


async def known(config: WorkerConfig, participants: Mapping[str, int]) -> None:
    """Waits until the server's list of rooms knows how many are in each of them."""
    async with open_client(config) as server:
        counted: dict[str, int] = {}
        while counted != participants:
            await asyncio.sleep(LOOK_S)
            counted = {each.name: each.num_participants for each in await server.rooms([*participants])}


async def lost(config: WorkerConfig) -> list[str]:
    async with open_client(config) as server:
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


async def test_only_a_call_of_ours_that_nobody_took_in_time_is_lost(
    config: WorkerConfig, livekit: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_took_it, anothers, no_phone, two_parties = (new_room() for _ in range(4))
    ours = config.agent_name
    async with (
        call_for(livekit, ours, room=nobody_took_it),
        call_for(livekit, "somebody-else", room=anothers),
        call_for(livekit, ours, kind="standard", room=no_phone),
        call_for(livekit, ours, room=two_parties),
        call_for(livekit, ours, room=two_parties, identity="sip_+12025550124"),
    ):
        await known(config, {nobody_took_it: 1, anothers: 1, no_phone: 1, two_parties: 2})
        assert await lost(config) == [nobody_took_it]
        monkeypatch.setattr(redispatch, "GIVEN_UP_S", 60.0)
        assert await lost(config) == [], "a young dispatch may still be taken"

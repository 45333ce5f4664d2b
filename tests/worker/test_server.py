import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit.agents import AgentServer
from livekit.protocol import agent

from callagent.profile import load_profile
from callagent.worker import WorkerConfig
from callagent.worker.capacity import Capacity
from callagent.worker.guard import RoomGuard
from callagent.worker.server import JOB, build_server, modules_of
from tests.support.dispatch_peer import DispatchPeer
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer


@pytest.mark.parametrize(("providers", "whisper"), [("local", True), ("cloud", False)])
def test_only_what_the_profile_needs_is_imported_ahead(providers: str, whisper: bool) -> None:
    modules = modules_of(load_profile("en-US", env={"CALLAGENT_PROVIDERS": providers}))
    assert modules[0] == JOB
    assert ("faster_whisper" in modules) is whisper
    assert ("openai.resources.models" in modules) is not whisper
    assert len(modules) == len(set(modules))


def test_what_livekit_imports_in_calls_is_there_before_them() -> None:
    for module in modules_of(load_profile("en-US", env={"CALLAGENT_PROVIDERS": "cloud"})):
        assert importlib.util.find_spec(module), module


@asynccontextmanager
async def running(server: AgentServer) -> AsyncIterator[None]:
    """A server that takes jobs, with processes that have nothing to prepare."""
    server.setup_fnc = id
    task = asyncio.create_task(server.run())
    try:
        yield
    finally:
        await server.aclose()
        await asyncio.wait([task])


async def test_every_call_above_the_limit_is_refused_by_us_and_gets_a_busy() -> None:
    """Also while those below the limit are being answered: what livekit-agents refuses by itself would ring on."""
    peer, rooms, max_calls = DispatchPeer(), LiveKitPeer(), 2
    async with peer.running(), rooms.running():
        capacity = Capacity(max_calls)
        guard = RoomGuard(WorkerConfig(rooms.url, KEY, SECRET, max_calls))
        config = WorkerConfig(peer.url, KEY, SECRET, max_calls, port=0)
        async with running(build_server(config, capacity, guard, preload=[])):
            await peer.registered.wait()
            offers = [peer.offer(f"AJ_{number}") for number in range(max_calls + 3)]
            answers = await asyncio.gather(*offers)
            await guard.aclose()
    assert answers == [True] * max_calls + [False] * 3
    assert capacity.refused == 3
    assert [asked.room for asked in rooms.asked("ListParticipants")][:3] == [
        f"room-AJ_{number}" for number in range(max_calls, max_calls + 3)
    ]
    assert agent.WorkerStatus.WS_FULL not in peer.statuses

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from livekit.agents import AgentServer
from livekit.protocol import agent

from callagent.profile import load_profile
from callagent.worker import ServerUnavailable, WorkerConfig
from callagent.worker.capacity import Capacity
from callagent.worker.server import JOB, build_server, metrics_endpoint, modules_of
from callagent.worker.watchdog.abandoned_rooms import RoomGuard
from tests.support.dispatch_peer import DispatchPeer
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer
from tests.support.loopback import listening, unused_port


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


def has_metrics(host: str, port: int | None) -> bool | None:
    """Whether the metrics of livekit-agents are told there; None where nobody listens."""
    try:
        with urlopen(f"http://{host}:{port}/metrics", timeout=5) as answer:
            return b"lk_agents_active_job_count" in answer.read()
    except URLError:
        return None


@pytest.mark.parametrize(("host", "elsewhere"), [("127.0.0.1", None), ("0.0.0.0", True)])
async def test_metrics_are_told_on_their_interface_alone(host: str, elsewhere: bool | None) -> None:
    config = WorkerConfig("ws://127.0.0.1:1", KEY, SECRET, 1, metrics_host=host, metrics_port=unused_port())
    async with metrics_endpoint(config):
        told = [await asyncio.to_thread(has_metrics, each, config.metrics_port) for each in ("127.0.0.1", "127.0.0.2")]
    assert told == [True, elsewhere]
    assert await asyncio.to_thread(has_metrics, "127.0.0.1", config.metrics_port) is None


async def test_a_metrics_port_that_is_taken_meanwhile_is_one_line() -> None:
    with listening() as port:
        config = WorkerConfig("ws://127.0.0.1:1", KEY, SECRET, 1, metrics_port=port)
        with pytest.raises(ServerUnavailable, match=f"^cannot listen on port {port}: address already in use$"):
            async with metrics_endpoint(config):
                pass


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

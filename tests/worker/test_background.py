"""A background task of the worker that dies ends the worker in order; a server that is away ends nothing."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from livekit.protocol.models import ParticipantInfo

from callagent.cli.main import main
from callagent.cli.output import ExitStatus
from callagent.livekit_api.connection import Connection
from callagent.worker import WorkerConfig, WorkerFailed, server
from callagent.worker.server import mind, serve
from callagent.worker.watchdog import abandoned_rooms as guard
from callagent.worker.watchdog.abandoned_rooms import RoomGuard
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError, peer_in_a_thread
from tests.support.strange_server import STRANGE, strange_server


class Server:
    """livekit's AgentServer, as far as `serve` and the guard need it: it runs until it is closed."""

    def __init__(self, **_: object) -> None:
        self.jobs: list[Any] = []
        self.broken = False
        self.calls: list[str] = []
        self._closed = asyncio.Event()

    @property
    def active_jobs(self) -> list[Any]:
        if self.broken:
            self.broken = False
            raise LookupError("broken on purpose")
        return self.jobs

    def rtc_session(self, *_: object, **__: object) -> None:
        return

    def once(self, *_: object) -> None:
        return

    async def run(self, *, devmode: bool) -> None:
        await self._closed.wait()

    async def drain(self, _: int) -> None:
        self.calls.append("drain")

    async def aclose(self) -> None:
        self.calls.append("aclose")
        self._closed.set()

    def begin(self, room: str) -> None:
        self.jobs.append(SimpleNamespace(job=SimpleNamespace(id=f"job of {room}", room=SimpleNamespace(name=room))))


def config(url: str = "ws://127.0.0.1:9") -> WorkerConfig:
    return WorkerConfig(url, KEY, SECRET, max_calls=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "INTERVAL_S", 0.005)
    monkeypatch.setattr(guard, "PAUSES_S", (0.01,) * 500)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Server]:
    """The servers that `serve` has built. What looks at the jobs of one first, which is the guard, fails."""
    built: list[Server] = []

    def build(**options: object) -> Server:
        built.append(Server(**options))
        built[0].broken = True
        return built[0]

    monkeypatch.setattr(server, "AgentServer", build)
    return built


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it watches from outside
            await asyncio.sleep(0.005)


async def test_a_guard_that_dies_drains_the_worker_and_is_told(
    failing: list[Server], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[bool] = []
    close = RoomGuard.aclose

    async def aclose(guard: RoomGuard) -> None:
        await close(guard)
        closed.append(True)

    monkeypatch.setattr(RoomGuard, "aclose", aclose)
    async with LiveKitPeer().running() as peer:
        with pytest.raises(WorkerFailed, match="background task"):
            await serve(config(peer.url), on_ready=lambda: None)
    assert (failing[0].calls, closed) == (["drain", "aclose"], [True])
    assert "LookupError: broken on purpose" in caplog.text


async def test_one_background_task_that_dies_ends_the_others() -> None:
    jobs: Any = Server()
    jobs.broken = True
    async with asyncio.timeout(10):
        with pytest.raises(ExceptionGroup):
            await mind(config(), jobs, RoomGuard(config()))


@pytest.mark.usefixtures("failing")
def test_a_worker_that_has_failed_has_a_status_of_its_own() -> None:
    with peer_in_a_thread(LiveKitPeer()) as peer:
        keys = ["--url", peer.url, "--api-key", KEY, "--api-secret", SECRET, "--port", "0"]
        result = CliRunner().invoke(main, ["serve", *keys, "--profile", "en-US"])
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        ExitStatus.SOFTWARE,
        "a background task of the worker has failed, see the log",
    )


@pytest.mark.parametrize("kind", ["a page of HTML", "an error of a proxy", "a connection that is closed"])
async def test_the_watch_outlives_a_server_that_is_none(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    async with strange_server(STRANGE[kind]) as stranger:
        jobs: Any = Server()
        watched = RoomGuard(config(stranger.url))
        watching = asyncio.create_task(watched.watch(jobs), name="test.watch")
        watched.abandon("job", "room")
        await until(lambda: caplog.text.count("room not looked at") > 2)
        assert not watching.done()
        watching.cancel()
        await asyncio.wait([watching])
        await watched.aclose()


async def test_a_caller_left_alone_while_the_server_was_away_is_hung_up_on_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with LiveKitPeer().running() as peer:
        peer.open("room")
        peer.join("room", "caller", ParticipantInfo.Kind.SIP)
        peer.strange["ListParticipants"] = "<html>restarting</html>"
        peer.failing["DeleteRoom"] = TwirpError(503, "unavailable", "restarting")
        jobs: Any = Server()
        jobs.begin("room")
        watched = RoomGuard(config(Connection(peer.url, KEY, SECRET).url))
        watching = asyncio.create_task(watched.watch(jobs), name="test.watch")
        await until(lambda: "room" in watched._rooms.values())
        jobs.jobs.clear()
        await until(lambda: "room not looked at" in caplog.text)
        gone = peer.rooms["room"].deleted
        peer.strange.clear()
        await until(lambda: "a caller was left alone" in caplog.text)
        peer.failing.clear()
        async with asyncio.timeout(10):
            await gone.wait()
        watching.cancel()
        await asyncio.wait([watching])

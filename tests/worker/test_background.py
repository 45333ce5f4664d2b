"""A background task of the worker that dies ends the worker in order; a server that is away ends nothing."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import nullcontext
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
from callagent.worker.watchdog import rooms as guard
from callagent.worker.watchdog.rooms import RoomGuard
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError
from tests.support.strange_server import STRANGE, strange_server


class Server:
    """An AgentServer, as far as `serve` and the guard need it: it runs until it is closed."""

    def __init__(self) -> None:
        self.active_jobs: list[Any] = []
        self.calls: list[str] = []
        self._closed = asyncio.Event()

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
        self.active_jobs.append(
            SimpleNamespace(job=SimpleNamespace(id=f"job of {room}", room=SimpleNamespace(name=room)))
        )


def config(url: str = "ws://127.0.0.1:9") -> WorkerConfig:
    return WorkerConfig(url, KEY, SECRET, max_calls=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "INTERVAL_S", 0.005)
    monkeypatch.setattr(guard, "PAUSES_S", (0.01,) * 500)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Server]]:
    """The servers that `serve` has built: none is asked before."""
    built: list[Server] = []

    def build(*_: object, **__: object) -> Server:
        built.append(Server())
        return built[0]

    async def fine(_: object) -> None:
        return

    monkeypatch.setattr(server, "preflight", fine)
    monkeypatch.setattr(server, "TemporaryDirectory", lambda **_: nullcontext("sounds"))
    monkeypatch.setattr(server, "build_server", build)
    monkeypatch.setattr(server, "look_after_orphans", fine)
    yield built


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it watches from outside
            await asyncio.sleep(0.005)


def broken(*_: object) -> None:
    raise LookupError("broken on purpose")


async def test_a_guard_that_dies_drains_the_worker_and_is_told(
    running: list[Server], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(RoomGuard, "_compare", broken)
    closed: list[bool] = []

    async def aclose(_: RoomGuard) -> None:
        closed.append(True)

    monkeypatch.setattr(RoomGuard, "aclose", aclose)
    with pytest.raises(WorkerFailed, match="background task"):
        await serve(config(), on_ready=lambda: None)
    assert (running[0].calls, closed) == (["drain", "aclose"], [True])
    assert "LookupError: broken on purpose" in caplog.text


async def test_one_background_task_that_dies_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(_: object) -> None:
        broken()

    monkeypatch.setattr(server, "look_after_orphans", dies)
    jobs: Any = Server()
    async with asyncio.timeout(10):
        with pytest.raises(ExceptionGroup):
            await mind(config(), jobs, RoomGuard(config()))


def test_a_worker_that_has_failed_has_a_status_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise WorkerFailed("a background task of the worker has failed")

    monkeypatch.setattr("callagent.cli.commands.serve.run_worker", fails)
    result = CliRunner().invoke(main, ["serve", "--dev", "--profile", "en-US"])
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        ExitStatus.SOFTWARE,
        "a background task of the worker has failed",
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
        jobs.active_jobs.clear()
        await until(lambda: "room not looked at" in caplog.text)
        gone = peer.rooms["room"].deleted
        peer.strange.clear()
        await until(lambda: "a caller was left alone" in caplog.text)
        peer.failing.clear()
        async with asyncio.timeout(10):
            await gone.wait()
        watching.cancel()
        await asyncio.wait([watching])

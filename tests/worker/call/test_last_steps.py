"""Whatever ends a call and whatever fails meanwhile, its room is deleted and its record is filed."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from callagent.livekit_api import TimeLimits, client, rooms
from callagent.worker import WorkerConfig
from callagent.worker.call import lifecycle as life
from callagent.worker.call.lifecycle import CallLife
from callagent.worker.server import HANG_UP_TIMEOUT_S
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer
from tests.support.strange_server import STRANGE, strange_server

ROOM = "call-1"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LIMITS", TimeLimits(call=0.1))
    monkeypatch.setattr(rooms, "RETRY_DELAY_S", 0.0)
    monkeypatch.setattr(life, "FAREWELLS_S", 0.1)
    monkeypatch.setattr(life, "JOB_ENDS_S", 0.1)


class Job:
    """A job as CallLife sees it; `ends` is what livekit-agents does when it is over."""

    def __init__(self, url: str, records: Path | None) -> None:
        self._callbacks: list[Callable[[str], Awaitable[None]]] = []
        self.shutdowns: list[str] = []
        ctx: Any = SimpleNamespace(
            job=SimpleNamespace(id="AJ_1", room=SimpleNamespace(name=ROOM)),
            shutdown=self.shutdowns.append,
            add_shutdown_callback=self._callbacks.append,
        )
        config = WorkerConfig(url=url, api_key=KEY, api_secret=SECRET, max_calls=1, records=records)
        self.life = CallLife(config, ctx)

    async def ends(self, reason: str) -> None:
        for callback in self._callbacks:
            await callback(reason)

    async def filed(self) -> dict[str, Any]:
        """Ends the call and the job in the usual way, and gives the record."""
        self.life.end("agent hung up")
        await self.ends("agent hung up")
        return self.record

    @property
    def record(self) -> dict[str, Any]:
        assert self.life._config.records is not None
        (path,) = self.life._config.records.glob("*.json")
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return record


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as server:
        server.open(ROOM)
        yield server


@pytest.fixture
async def job(peer: LiveKitPeer, tmp_path: Path) -> Job:
    return Job(peer.url, tmp_path)


async def raises() -> None:
    raise RuntimeError("broken on purpose")


async def hangs() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(("farewell", "told"), [(raises, "RuntimeError: broken on purpose"), (hangs, "TimeoutError: ")])
async def test_a_farewell_that_fails_keeps_neither_the_next_one_nor_the_hang_up_nor_the_record(
    peer: LiveKitPeer, job: Job, farewell: Callable[[], Awaitable[None]], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[bool] = []

    async def says_something() -> None:
        said.append(ROOM in peer.rooms)

    for each in (says_something, farewell, says_something):
        job.life.before_hang_up(each)
    record = await job.filed()
    assert (said, peer.rooms) == ([True, True], {})
    assert (record["reason"], record["notes"]) == ("agent hung up", [f"a last step of the call failed: {told}"])
    assert "a last step of the call failed" in caplog.text


@pytest.mark.parametrize("kind", STRANGE)
async def test_a_server_that_is_none_does_not_keep_the_record(kind: str, tmp_path: Path) -> None:
    async with strange_server(STRANGE[kind]) as server:
        record = await Job(server.url, tmp_path).filed()
    assert (record["reason"], record["notes"]) == ("agent hung up", [])


async def test_a_server_that_is_gone_does_not_keep_the_record(tmp_path: Path) -> None:
    record = await Job("ws://127.0.0.1:9", tmp_path).filed()
    assert record["reason"] == "agent hung up"


async def test_a_record_that_cannot_be_filed_is_logged_after_the_hang_up(
    peer: LiveKitPeer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    job = Job(peer.url, tmp_path / "file" / "records")
    job.life.end("caller left")
    await job.ends("caller hung up")
    assert peer.rooms == {}
    assert "record not written" in caplog.text


async def test_a_job_whose_process_goes_hangs_up_and_files(peer: LiveKitPeer, job: Job) -> None:
    await asyncio.sleep(0)
    job.life._holding.cancel()
    await asyncio.wait([job.life._holding])
    assert (peer.rooms, job.record["reason"]) == ({}, "worker stopped")


async def test_a_job_whose_process_goes_during_the_farewells_hangs_up_and_files(peer: LiveKitPeer, job: Job) -> None:
    begun = asyncio.Event()

    async def slow() -> None:
        begun.set()
        await hangs()

    job.life.before_hang_up(slow)
    job.life.end("job failed", "ValueError: why")
    await begun.wait()
    job.life._holding.cancel()
    await asyncio.wait([job.life._holding])
    assert (peer.rooms, job.record["reason"], job.record["error"]) == ({}, "error", "ValueError: why")


async def test_a_session_that_does_not_close_does_not_keep_the_record(job: Job) -> None:
    job.life.end("agent hung up")
    await asyncio.wait([job.life._holding])
    assert job.record["reason"] == "agent hung up"


async def test_what_is_known_for_sure_is_not_corrected_by_the_job(job: Job) -> None:
    job.life.end("caller left")
    job.life.hand_over(False)
    await job.ends("caller hung up")
    assert job.record["reason"] == "transferred"


async def test_what_the_job_tells_too_late_still_corrects_the_record(job: Job) -> None:
    job.life.end("agent hung up")
    await asyncio.wait([job.life._holding])
    await job.ends("room disconnected")
    assert job.record["reason"] == "room closed"


async def test_the_record_waits_for_the_reason_of_the_job(
    peer: LiveKitPeer, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "JOB_ENDS_S", 60.0)
    job.life.end("agent hung up")
    await peer.rooms[ROOM].deleted.wait()
    assert os.listdir(tmp_path) == []
    await job.ends("shutting down worker")
    assert job.record["reason"] == "worker stopped"


def test_the_worker_gives_a_process_the_time_for_its_last_steps() -> None:
    assert HANG_UP_TIMEOUT_S > life.LAST_STEPS_S == 10.0 + 10.5 + 21.0 + 2 * 5.0

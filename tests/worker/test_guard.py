"""Who is hung up on when a job is gone, without a server: the worker sees its jobs only now and then."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents import AgentServer, AssignmentTimeoutError

from callagent.worker import WorkerConfig, guard
from callagent.worker.capacity import Capacity
from callagent.worker.guard import RoomGuard
from callagent.worker.server import build_server

CONFIG = WorkerConfig("ws://127.0.0.1:1", "key", "s" * 32, 1)


class Jobs:
    """Stands for the AgentServer: the jobs in progress."""

    def __init__(self) -> None:
        self.active_jobs: list[Any] = []

    def begin(self, job: str, room: str) -> None:
        self.active_jobs.append(SimpleNamespace(job=SimpleNamespace(id=job, room=SimpleNamespace(name=room))))


@pytest.fixture(autouse=True)
def ended(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The rooms that were closed. A caller is alone in each of them."""
    rooms: list[str] = []

    async def alone(*_: object) -> int:
        return 1

    async def close(_: object, room: str) -> bool:
        rooms.append(room)
        return True

    monkeypatch.setattr(guard, "count_parties", alone)
    monkeypatch.setattr(guard, "hang_up", close)
    monkeypatch.setattr(guard, "INTERVAL_S", 0.005)
    yield rooms


@asynccontextmanager
async def watching(jobs: Jobs) -> AsyncIterator[RoomGuard]:
    watched = RoomGuard(CONFIG)
    task = asyncio.create_task(watched.watch(jobs))  # type: ignore[arg-type]  # all that it looks at
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it watches from outside
            await asyncio.sleep(0.005)


async def test_a_job_that_is_gone_leaves_nobody_alone(ended: list[str]) -> None:
    jobs = Jobs()
    async with watching(jobs) as watched:
        watched.accepted("job", "room")
        jobs.begin("job", "room")
        await asyncio.sleep(0.1)
        assert ended == []
        jobs.active_jobs.clear()
        await until(lambda: ended)
    assert ended == ["room"]


async def test_a_job_that_died_before_anybody_looked_leaves_nobody_alone(
    ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "START_S", 0.05)
    async with watching(Jobs()) as watched:
        watched.accepted("job", "room")
        await until(lambda: ended)
        await asyncio.sleep(0.05)
    assert ended == ["room"]


async def test_a_job_that_takes_its_time_to_begin_is_waited_for(ended: list[str]) -> None:
    jobs = Jobs()
    async with watching(jobs) as watched:
        watched.accepted("job", "room")
        await asyncio.sleep(0.1)
        jobs.begin("job", "room")
        await asyncio.sleep(0.1)
    assert ended == []


async def test_at_the_end_of_the_worker_jobs_that_never_began_are_looked_at_too(ended: list[str]) -> None:
    async with watching(Jobs()) as watched:
        watched.accepted("job", "room")
        await watched.aclose()
    assert ended == ["room"]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The rooms that another worker's agent is in, or on its way to."""
    rooms: set[str] = set()

    async def has_agent(_: object, room: str) -> bool:
        return room in rooms

    monkeypatch.setattr(guard, "has_agent", has_agent)
    monkeypatch.setattr(guard, "UNASSIGNED_AFTER_S", 0.05)
    return rooms


async def test_a_call_that_the_server_gave_to_nobody_is_hung_up_on_soon(ended: list[str], taken: set[str]) -> None:
    async with watching(Jobs()) as watched:
        watched.unassigned("job", "room")
        await until(lambda: ended)
    assert ended == ["room"]


async def test_a_call_that_the_server_gave_to_another_worker_stays(
    ended: list[str], taken: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def two(*_: object) -> int:
        return 2

    monkeypatch.setattr(guard, "count_parties", two)
    monkeypatch.setattr(guard, "START_S", 0.1)
    taken.add("room")
    async with watching(Jobs()) as watched:
        watched.unassigned("job", "room")
        await asyncio.sleep(0.2)
    assert ended == []


async def test_an_acceptance_that_the_server_does_not_answer_is_told_to_the_guard(
    ended: list[str], taken: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(AgentServer, "active_jobs", ())
    monkeypatch.setattr(AgentServer, "rtc_session", lambda self, entrypoint, **options: asked.update(options))

    async def accept(**_: str) -> None:
        raise AssignmentTimeoutError

    request = SimpleNamespace(id="job", room=SimpleNamespace(name="room"), accept=accept)
    async with watching(Jobs()) as watched:
        build_server(CONFIG, Capacity(1), watched, preload=[])
        with pytest.raises(AssignmentTimeoutError):
            await asked["on_request"](request)
        await until(lambda: ended)
    assert ended == ["room"]

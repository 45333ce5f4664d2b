"""A new worker takes the place of an old one while calls go on and others come: none is cut, none is lost."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from callagent.worker import Connection
from tests.support.livekit_server import Caller, RunningWorker, line_of, new_room, phone_call, record_of, run_worker

pytestmark = [pytest.mark.room, pytest.mark.any_speed, pytest.mark.timeout(400)]

SOON_S = 60
"""Seconds; how long anything may take on a busy machine."""

CALLS = 2
"""Calls that go on, and calls that come meanwhile; the old worker would have room for one of those."""


async def test_a_deploy_cuts_no_call_and_loses_none(livekit: Connection, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        old = await started(stack, livekit, tmp_path / "old", "")
        staying = [await answered(stack, old, new_room()) for _ in range(CALLS)]
        new = await started(stack, livekit, tmp_path / "new", old.agent_name)
        os.kill(old.pid, signal.SIGTERM)
        await asyncio.wait_for(line_of(old, "draining"), SOON_S)
        rooms = [new_room() for _ in range(CALLS)]
        async with AsyncExitStack() as coming:
            await asyncio.gather(*(answered(coming, old, room) for room in rooms))
            assert [caller.ended.done() for _, caller, _ in staying] == [False] * CALLS
        for room in rooms:
            assert (await record_of(new, room))["reason"] == "caller hung up"
        assert old.process.running
        for room, _, call in staying:
            await call.aclose()
            assert (await record_of(old, room))["reason"] == "caller hung up"
        assert await asyncio.wait_for(asyncio.shield(old.process.exited), SOON_S) == 0
        assert len(list(old.records.glob("*.json"))) == len(list(new.records.glob("*.json"))) == CALLS


async def answered(stack: AsyncExitStack, worker: RunningWorker, room: str) -> tuple[str, Caller, AsyncExitStack]:
    """A call that has been greeted; it is hung up with the stack, or before by its own."""
    call = await stack.enter_async_context(AsyncExitStack())
    caller = await call.enter_async_context(phone_call(worker, room=room))
    await asyncio.wait_for(caller.audible.wait(), SOON_S)
    return room, caller, call


async def started(stack: AsyncExitStack, server: Connection, directory: Path, agent_name: str) -> RunningWorker:
    worker = await run_worker(server, directory, "--max-calls", str(CALLS + 1), agent_name=agent_name)
    stack.push_async_callback(worker.process.aclose)
    return worker

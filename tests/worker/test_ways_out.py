"""Whatever ends a call, the caller is hung up on: against a real livekit-server."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from callagent.calls.room.livekit_server import LiveKitServer
from callagent.worker import Connection
from tests.support.livekit_server import RunningWorker, line_of, new_room, phone_call, record_of, run_worker

pytestmark = [pytest.mark.room, pytest.mark.local_models, pytest.mark.timeout(400)]

SOON = 60
"""Seconds; how long anything may take on a busy machine."""


def last_turn(record: dict[str, Any]) -> str:
    turns: list[dict[str, str]] = record["turns"]
    return turns[-1]["text"] if turns else ""


async def test_a_job_that_fails_after_the_answer_hangs_up(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "breaking"}), room=room) as caller:
        assert await asyncio.wait_for(caller.ended, SOON) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["error"]) == ("error", "RuntimeError: broken on purpose")


async def test_when_the_llm_fails_in_the_call_the_caller_is_told_and_hung_up_on(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "failing"}), room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON)
        await caller.press("1#")
        assert await asyncio.wait_for(caller.ended, SOON) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["because"]) == ("error", "provider failure")
    assert "APIConnectionError" in record["error"]
    assert last_turn(record).startswith("I am sorry, something has gone wrong")


async def test_who_says_nothing_is_asked_and_then_hung_up_on(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "impatient"}), room=room) as caller:
        assert await asyncio.wait_for(caller.ended, SOON) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["because"]) == ("agent hung up", "silence")
    assert [turn["text"] for turn in record["turns"]] == ["Hello.", "Still there?", "Bye."]


async def test_the_call_above_the_limit_gets_a_busy(worker: RunningWorker) -> None:
    async with phone_call(worker) as first, phone_call(worker) as second:
        await asyncio.wait_for(asyncio.gather(first.audible.wait(), second.audible.wait()), SOON)
        async with phone_call(worker) as third:
            assert await asyncio.wait_for(third.ended, SOON) == "ROOM_DELETED"
        assert not (first.ended.done() or second.ended.done())


async def test_a_drain_that_takes_too_long_ends_the_call_with_a_last_sentence(
    livekit: Connection, tmp_path: Path
) -> None:
    worker = await run_worker(livekit, tmp_path, "--drain", "1 s", "--max-calls", "1")
    room = new_room()
    try:
        async with phone_call(worker, room=room) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON)
            os.kill(worker.pid, signal.SIGTERM)
            assert await asyncio.wait_for(caller.ended, SOON) == "ROOM_DELETED"
        record = await record_of(worker, room)
        assert (record["reason"], record["because"]) == ("worker stopped", "worker stopped")
        assert last_turn(record).startswith("I am sorry, I have to end this call.")
        assert await asyncio.wait_for(asyncio.shield(worker.process.exited), SOON) == 0
    finally:
        await worker.process.aclose()


async def test_a_server_that_starts_anew_ends_the_call_and_gets_the_next_one(tmp_path: Path) -> None:
    server = await LiveKitServer.start()
    worker = await run_worker(server.connection, tmp_path, "--max-calls", "1")
    room = new_room()
    try:
        async with phone_call(worker, room=room) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON)
            await server.aclose()
            worker.process.tail.clear()
            server = await LiveKitServer.start(again=server)
            await asyncio.wait_for(caller.ended, SOON)
        # How the end of the server shows depends on who notices it first; that it ends the call does not.
        assert (await record_of(worker, room))["reason"] in ("room closed", "caller hung up")
        await asyncio.wait_for(line_of(worker, "registered worker"), SOON)
        async with phone_call(worker) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON)
    finally:
        await worker.process.aclose()
        await server.aclose()


async def test_a_caller_whom_a_killed_worker_left_alone_is_hung_up_on_by_the_next_one(
    livekit: Connection, tmp_path: Path
) -> None:
    gone = await run_worker(livekit, tmp_path / "gone", "--max-calls", "1")
    async with phone_call(gone) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON)
        gone.kill_all()
        await gone.process.aclose()
        worker = await run_worker(livekit, tmp_path / "next", "--max-calls", "1", agent_name=gone.agent_name)
        try:
            assert await asyncio.wait_for(caller.ended, SOON) == "ROOM_DELETED"
        finally:
            await worker.process.aclose()

"""Whatever ends a call, the caller is hung up on: against a real livekit-server."""

import asyncio
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from livekit.protocol.models import ParticipantInfo

from callagent.cli.output import ExitStatus
from callagent.livekit_api import open_client
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from callagent.worker import Connection
from callagent.worker.drain import TOPIC as FAREWELL
from tests.support.livekit_server import RunningWorker, line_of, new_room, phone_call, record_of, run_worker
from tests.support.page_proxy import page_proxy

pytestmark = [pytest.mark.room, pytest.mark.any_speed, pytest.mark.timeout(400)]

SOON_S = 60
"""Seconds; how long anything may take on a busy machine."""


def last_turn(record: dict[str, Any]) -> str:
    turns: list[dict[str, str]] = record["turns"]
    return turns[-1]["text"] if turns else ""


async def end(worker: RunningWorker, room: str) -> None:
    """Has the agent in the room say a last sentence and end the call, as a worker does that has to stop."""
    async with open_client(worker.server) as server:
        (agent,) = [one for one in await server.participants(room) if one.kind == ParticipantInfo.Kind.AGENT]
        await server.send_data(room, agent.identity, FAREWELL)


async def test_a_job_that_fails_after_the_answer_hangs_up(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "explode"}), room=room) as caller:
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["error"]) == ("error", "RuntimeError: broken on purpose")


@pytest.mark.parametrize(
    ("profile", "told"), [("farewell_raises", "RuntimeError: broken on purpose"), ("farewell_hangs", "TimeoutError: ")]
)
async def test_a_farewell_that_fails_hangs_up_and_files(worker: RunningWorker, profile: str, told: str) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": profile}), room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
        await end(worker, room)
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["because"]) == ("worker stopped", "worker stopped")
    assert f"a last step of the call failed: {told}" in record["notes"]


async def test_behind_a_proxy_that_answers_with_a_page_the_call_is_filed_and_hung_up_on_when_the_server_is_back(
    livekit: Connection, tmp_path: Path
) -> None:
    async with page_proxy(livekit) as (proxy, front):
        worker = await run_worker(front, tmp_path, "--max-calls", "1")
        try:
            room = new_room()
            async with phone_call(replace(worker, server=livekit), room=room) as caller:
                await asyncio.wait_for(caller.audible.wait(), SOON_S)
                proxy.page = True
                await end(replace(worker, server=livekit), room)
                record = await asyncio.wait_for(record_of(worker, room), SOON_S)
                assert (record["reason"], record["because"]) == ("worker stopped", "worker stopped")
                assert "is not a livekit-server" in await asyncio.wait_for(line_of(worker, "could not hang up"), SOON_S)
                await asyncio.wait_for(line_of(worker, "room not looked at"), SOON_S)
                assert not caller.ended.done()
                proxy.page = False
                assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
            async with phone_call(worker) as caller:
                await asyncio.wait_for(caller.audible.wait(), SOON_S)
        finally:
            await worker.process.aclose()


async def test_a_full_disk_keeps_no_caller_on_the_line(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "disk_full"}), room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
        await end(worker, room)
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    assert "No space left on device" in await asyncio.wait_for(line_of(worker, "record not written"), SOON_S)


async def test_a_guard_that_dies_ends_the_worker_after_the_call(livekit: Connection, tmp_path: Path) -> None:
    worker = await run_worker(livekit, tmp_path, "--profile", "guard_dies", "--drain", "1 s", "--max-calls", "1")
    room = new_room()
    try:
        async with phone_call(worker, room=room) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON_S)
            assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
        record = await record_of(worker, room)
        assert (record["reason"], record["because"]) == ("worker stopped", "worker stopped")
        assert last_turn(record).startswith("I am sorry, I have to end this call.")
        assert await asyncio.wait_for(asyncio.shield(worker.process.exited), SOON_S) == ExitStatus.SOFTWARE
        assert any("a background task has failed" in line for line in worker.process.tail)
    finally:
        await worker.process.aclose()


async def test_when_the_llm_fails_in_the_call_the_caller_is_told_and_hung_up_on(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "failing"}), room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
        await caller.press("1#")
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["because"]) == ("error", "provider failure")
    assert "APIConnectionError" in record["error"]
    assert last_turn(record).startswith("I am sorry, something has gone wrong")


async def test_who_says_nothing_is_asked_and_then_hung_up_on(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "impatient"}), room=room) as caller:
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["because"]) == ("agent hung up", "silence")
    assert [turn["text"] for turn in record["turns"]] == ["Hello.", "Still there?", "Bye."]


async def test_the_call_above_the_limit_gets_a_busy(worker: RunningWorker) -> None:
    async with phone_call(worker) as first, phone_call(worker) as second:
        await asyncio.wait_for(asyncio.gather(first.audible.wait(), second.audible.wait()), SOON_S)
        async with phone_call(worker) as third:
            assert await asyncio.wait_for(third.ended, SOON_S) == "ROOM_DELETED"
        assert not (first.ended.done() or second.ended.done())


async def test_a_drain_that_takes_too_long_ends_the_call_with_a_last_sentence(
    livekit: Connection, tmp_path: Path
) -> None:
    worker = await run_worker(livekit, tmp_path, "--drain", "1 s", "--max-calls", "1")
    room = new_room()
    try:
        async with phone_call(worker, room=room) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON_S)
            os.kill(worker.pid, signal.SIGTERM)
            assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
        record = await record_of(worker, room)
        assert (record["reason"], record["because"]) == ("worker stopped", "worker stopped")
        assert last_turn(record).startswith("I am sorry, I have to end this call.")
        assert await asyncio.wait_for(asyncio.shield(worker.process.exited), SOON_S) == 0
    finally:
        await worker.process.aclose()


async def test_a_server_that_starts_anew_ends_the_call_and_gets_the_next_one(tmp_path: Path) -> None:
    server = await LiveKitServer.start()
    worker = await run_worker(server.connection, tmp_path, "--max-calls", "1")
    room = new_room()
    try:
        async with phone_call(worker, room=room) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON_S)
            await server.aclose()
            worker.process.tail.clear()
            server = await LiveKitServer.start(again=server)
            await asyncio.wait_for(caller.ended, SOON_S)
        # How the end of the server shows depends on who notices it first; that it ends the call does not.
        assert (await record_of(worker, room))["reason"] in ("room closed", "caller hung up")
        await asyncio.wait_for(line_of(worker, "registered worker"), SOON_S)
        async with phone_call(worker) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON_S)
    finally:
        await worker.process.aclose()
        await server.aclose()


async def test_a_caller_whom_a_killed_worker_left_alone_is_hung_up_on_by_the_next_one(
    livekit: Connection, tmp_path: Path
) -> None:
    gone = await run_worker(livekit, tmp_path / "gone", "--max-calls", "1")
    async with phone_call(gone) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
        gone.kill_all()
        await gone.process.aclose()
        worker = await run_worker(livekit, tmp_path / "next", "--max-calls", "1", agent_name=gone.agent_name)
        try:
            assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
        finally:
            await worker.process.aclose()

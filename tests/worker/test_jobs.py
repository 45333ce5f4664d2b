"""Calls that a real livekit-server dispatches to a real worker."""

import asyncio
import json
import os
import re
import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callagent.journal import AgentAudible, CallJournal, find_journals, read_journal
from callagent.records import RecordStore
from callagent.worker import Connection
from tests.support.livekit_server import RunningWorker, kept_call, line_of, new_room, phone_call, record_of, run_worker

pytestmark = [pytest.mark.room, pytest.mark.any_speed, pytest.mark.timeout(400)]

SOON_S = 60
"""Seconds; how long anything may take on a busy machine."""


@pytest.mark.parametrize("kind", ["sip", "standard"])
async def test_a_caller_is_greeted_and_the_call_recorded(worker: RunningWorker, kind: Any) -> None:
    room = new_room()
    async with phone_call(worker, kind=kind, room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
    record = await record_of(worker, room)
    assert (record["reason"], record["profile"], record["error"]) == ("caller hung up", "en-US", None)
    assert record["caller"].get("sip.phoneNumber") == ("+12025550123" if kind == "sip" else None)
    assert record["started"] <= record["answered"] <= record["ended"]
    journal = await journal_of(worker, room)
    assert (journal.head.call, journal.head.profile, journal.cut_off) == (record["call"], "en-US", False)
    assert [turn.text for turn in journal.log.turns] == [turn["text"] for turn in record["turns"]]
    assert journal.log.ended is not None
    assert round(journal.log.ended.at, 3) == record["seconds"]
    call = await kept_call(worker, room)
    assert (call.id, call.state, call.reason, call.profile) == (record["call"], "ended", "caller hung up", "en-US")
    assert (call.seconds, call.turns, len(call.profile_hash)) == (record["seconds"], len(record["turns"]), 64)
    assert call.offered is not None and call.answered is not None and call.first_audio is not None
    assert call.offered <= call.answered < call.first_audio
    with closing(RecordStore(str(worker.database))) as store:
        assert store.journal(call.id).lines == journal.lines


async def test_a_dispatch_that_makes_no_sense_is_answered_with_the_default_profile(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, "[" * 40_000, room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
    record = await record_of(worker, room)
    assert record["profile"] == "en-US"
    assert len(record["notes"]) == 1


async def test_a_dispatch_for_a_call_that_nobody_may_make_is_recorded(worker: RunningWorker) -> None:
    room, order = new_room(), {"attempt": "a", "to": "911", "trunk": "ST_1"}
    async with phone_call(worker, json.dumps({"dial": order}), room=room) as caller:
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    problem = "the dispatch asks for a call that cannot be made: to: 911 is an emergency or short number"
    assert (await record_of(worker, room))["error"] == problem


async def test_a_job_that_fails_before_the_answer_hangs_up(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "beginning_raises"}), room=room) as caller:
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    record = await record_of(worker, room)
    assert (record["reason"], record["error"]) == ("error", "RuntimeError: broken on purpose")


async def test_a_profile_whose_function_cannot_be_loaded_gives_way_to_the_default(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, json.dumps({"profile": "broken"}), room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
    record = await record_of(worker, room)
    assert record["profile"] == "en-US"
    assert any("no_such_package" in note for note in record["notes"])


async def test_a_job_that_is_killed_is_hung_up_on_by_the_worker(worker: RunningWorker) -> None:
    room = new_room()
    async with phone_call(worker, room=room) as caller:
        await asyncio.wait_for(caller.audible.wait(), SOON_S)
        os.kill(await job_process(worker, room), signal.SIGKILL)
        assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
    journal = await journal_of(worker, room)
    assert journal.cut_off
    assert journal.log.last(AgentAudible) is not None
    call = await kept_call(worker, room)
    assert (call.state, call.ending, call.first_audio is not None) == ("cut off", "", True)


async def test_the_first_signal_drains_and_the_second_hangs_up(livekit: Connection, tmp_path: Path) -> None:
    worker = await run_worker(livekit, tmp_path)
    ending, staying = new_room(), new_room()
    try:
        async with phone_call(worker, room=staying) as stays:
            async with phone_call(worker, room=ending) as ends:
                await asyncio.wait_for(asyncio.gather(stays.audible.wait(), ends.audible.wait()), SOON_S)
                os.kill(worker.pid, signal.SIGTERM)
                await asyncio.wait_for(line_of(worker, "draining"), SOON_S)
            assert (await record_of(worker, ending))["reason"] == "caller hung up"
            assert worker.process.running
            assert not stays.ended.done()
            os.kill(worker.pid, signal.SIGTERM)
            assert await asyncio.wait_for(stays.ended, SOON_S) == "ROOM_DELETED"
        assert (await record_of(worker, staying))["reason"] == "worker stopped"
        assert await asyncio.wait_for(asyncio.shield(worker.process.exited), SOON_S) == 0
    finally:
        await worker.process.aclose()


async def test_a_worker_that_is_killed_hangs_up(livekit: Connection, tmp_path: Path) -> None:
    worker = await run_worker(livekit, tmp_path, "--max-calls", "1")
    room = new_room()
    try:
        async with phone_call(worker, room=room) as caller:
            await asyncio.wait_for(caller.audible.wait(), SOON_S)
            os.kill(worker.pid, signal.SIGKILL)
            assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
        assert (await record_of(worker, room))["reason"] == "worker stopped"
    finally:
        await worker.process.aclose()


async def journal_of(worker: RunningWorker, room: str) -> CallJournal:
    """The journal of the call in that room."""
    journals = [await asyncio.to_thread(read_journal, path) for path in find_journals(worker.records)]
    return next(journal for journal in journals if journal.head.room == room)


async def job_process(worker: RunningWorker, room: str) -> int:
    """Process id of the call in that room, as the worker's log has it."""
    line = await asyncio.wait_for(line_of(worker, f"call answered room={room}"), SOON_S)
    found = re.search(r"\bpid=(\d+)", line)
    assert found, line
    return int(found[1])


@pytest.mark.local_models
async def test_the_log_of_a_worker_at_debug_tells_neither_words_nor_numbers(
    livekit: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callagent.scripted_calls.servers.child_processes.KEPT_LINES", 100_000)
    worker = await run_worker(livekit, tmp_path, "--log-level", "debug", "--max-calls", "1", quiet=False)
    room = f"call-_+12025550123_{new_room()}"
    try:
        async with phone_call(worker, json.dumps({"profile": "impatient", "name": "Wombat"}), room=room) as caller:
            assert await asyncio.wait_for(caller.ended, SOON_S) == "ROOM_DELETED"
        record = await record_of(worker, room)
        await asyncio.wait_for(line_of(worker, "call ended"), SOON_S)
    finally:
        await worker.process.aclose()
    log = "\n".join(worker.process.tail)
    assert record["caller"]["sip.phoneNumber"] == "+12025550123"
    assert [turn["text"] for turn in record["turns"]][:1] == ["Hello."]
    assert "conversation_item_added" in log and "call-_+1***23_" in log
    assert [word for word in ("5550123", "Wombat", "Hello", "Still there", "Bye") if word in log] == []

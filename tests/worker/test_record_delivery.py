"""From the process of a call over the spool into the database, as a worker does it."""

import asyncio
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from callagent.journal.events import TurnAdded
from callagent.records import RecordStore, spool
from callagent.sanitise.redaction import Redaction
from callagent.telephony import CallContext
from callagent.turns.gate.events import CallerStarted
from callagent.worker import WorkerConfig
from callagent.worker.call.lifecycle import CallLife
from callagent.worker.kept_calls import delivered_records
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer
from tests.support.webhook_receiver import receiving

ROOM = "call-1"


def life_of(config: WorkerConfig) -> tuple[CallLife, list[Any]]:
    callbacks: list[Any] = []
    job = SimpleNamespace(id="AJ_1", room=SimpleNamespace(name=ROOM, creation_time=1_700_000_000))
    ctx: Any = SimpleNamespace(
        job=job, room=SimpleNamespace(), shutdown=lambda _: None, add_shutdown_callback=callbacks.append
    )
    return CallLife(config, ctx), callbacks


async def test_a_call_is_in_the_database_when_the_worker_ends(tmp_path: Path) -> None:
    location = str(tmp_path / "records.db")
    async with LiveKitPeer().running() as peer:
        peer.open(ROOM)
        asked = WorkerConfig(
            url=peer.url, api_key=KEY, api_secret=SECRET, max_calls=1, database=location, keep_calls=True
        )
        async with delivered_records(asked) as config:
            life, callbacks = life_of(config)
            assert life.keeps
            life.about(CallContext(number="+12025550123"))
            life.begins("de-DE", "route", "5a")
            life.record.answer()
            life.record.log.add(TurnAdded(1.0, "user", "hello"))
            life.keep(CallerStarted(2.0, 1.9))
            life.end("caller left")
            for callback in callbacks:
                await callback(life.record.reason)
    with closing(RecordStore(location)) as store:
        call = store.get("AJ_1")
        assert (call.room, call.pii_number, call.profile, call.profile_source, call.profile_hash) == (
            *(ROOM, "+12025550123", "de-DE"),
            *("route", "5a"),
        )
        assert (call.agent, call.state, call.ending, call.turns) == ("callagent", "ended", "caller hung up", 1)
        assert call.offered is not None and call.offered.timestamp() == 1_700_000_000
        assert call.answered is not None and call.host
        assert store.journal("AJ_1").events == [CallerStarted(2.0, 1.9)]
    assert spool.waiting(config.spool) == []


async def test_an_endpoint_is_told_of_a_call_whose_numbers_its_profile_masks(tmp_path: Path) -> None:
    async with LiveKitPeer().running() as peer, receiving() as receiver:
        peer.open(ROOM)
        asked = WorkerConfig(
            url=peer.url,
            api_key=KEY,
            api_secret=SECRET,
            max_calls=1,
            database=str(tmp_path / "records.db"),
            keep_calls=True,
            webhooks=(receiver.endpoint(),),
        )
        async with delivered_records(asked) as config:
            life, callbacks = life_of(config)
            life.about(CallContext(number="+12025550123"))
            life.record.log.redact(Redaction(["phone"]))
            life.record.redact = ("phone",)
            life.begins("en-US", "route", "5a")
            life.record.answer()
            life.record.log.add(TurnAdded(1.0, "user", "call +1 202 555 0123"))
            life.end("caller left")
            for callback in callbacks:
                await callback(life.record.reason)
    assert receiver.types == [("AJ_1", "call.started"), ("AJ_1", "call.answered"), ("AJ_1", "call.ended")]
    ended = receiver.taken[-1]["data"]
    assert (ended["call"]["number"], ended["call"]["reason"]) == ("[phone]", "caller hung up")
    assert ended["turns"][0]["text"] == "call [phone]"


async def test_a_worker_that_keeps_no_calls_opens_no_database(tmp_path: Path) -> None:
    location = str(tmp_path / "records.db")
    asked = WorkerConfig(url="http://127.0.0.1:9", api_key=KEY, api_secret=SECRET, max_calls=1, database=location)
    async with delivered_records(asked) as config:
        assert config is asked
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))

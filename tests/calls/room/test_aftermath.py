import asyncio
import json
from pathlib import Path
from typing import Any

from callagent.calls.observe import GateDecided, ObservationLog, TransferRequested, Trouble, TurnAdded
from callagent.calls.room.aftermath import complete, read_record
from callagent.line import CallClock

ORIGIN = 1_700_000_000.0
OVERLAP = {"at": 4.0, "heard": "Okay.", "decision": "drop", "rule": "acknowledgement", "reaction_ms": 300}


def record(**fields: Any) -> dict[str, Any]:
    turns = [
        {"role": "assistant", "text": "Hello.", "at": 1.0},
        {"role": "user", "text": "Bye.", "at": 3.0},
    ]
    started = "2023-11-14T22:13:20.500+00:00"  # half a second after the caller's clock
    return {"room": "call-1", "started": started, "turns": turns, "tools": [], "decisions": [], "error": None, **fields}


def test_what_the_log_has_is_not_added_again_and_times_are_the_callers() -> None:
    log = ObservationLog(lambda: 5.0)
    log.add(TurnAdded(1.5, "assistant", "Hello."))
    complete(log, CallClock(ORIGIN), record(decisions=[OVERLAP]))
    assert log.of(TurnAdded)[1:] == [TurnAdded(3.5, "user", "Bye.")]
    assert log.of(GateDecided) == [GateDecided(4.5, "Okay.", "drop", "acknowledgement", 300)]


def test_why_the_worker_failed_is_told() -> None:
    log = ObservationLog(lambda: 5.0)
    complete(log, CallClock(ORIGIN), record(error="ValueError: no"))
    assert log.of(Trouble) == [Trouble(5.0, "the worker reports: ValueError: no")]


def test_transfers_are_told_with_what_became_of_them() -> None:
    log = ObservationLog(lambda: 5.0)
    accepted = {"at": 2.0, "type": "transfer", "outcome": "accepted", "to": "+12025550111"}
    refused = {"at": 3.0, "type": "transfer", "outcome": "failed", "to": "+12025550111", "detail": "busy"}
    complete(log, CallClock(ORIGIN), record(events=[accepted, refused, {"at": 1.0, "type": "key", "key": "1"}]))
    assert log.of(TransferRequested) == [
        TransferRequested(2.5, "+12025550111"),
        TransferRequested(3.5, "+12025550111", "busy"),
    ]


async def test_the_record_is_the_one_of_the_room(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(record(room="call-0")))
    reading = asyncio.create_task(read_record(tmp_path, "call-1"))
    await asyncio.sleep(0)
    (tmp_path / "b.json").write_text(json.dumps(record()))
    assert await reading == record()

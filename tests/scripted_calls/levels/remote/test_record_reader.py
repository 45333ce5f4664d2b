import asyncio
import json
from pathlib import Path

from callagent.audio import CallClock
from callagent.journal import (
    CallEnded,
    CallerKeys,
    CallJournal,
    GateDecided,
    Head,
    Observation,
    ObservationLog,
    TransferRequested,
    Trouble,
    TurnAdded,
    write_journal,
)
from callagent.private_files import whole_file
from callagent.scripted_calls.levels.remote.record_reader import complete, journal_of_room

ORIGIN = 1_700_000_000.0
HELLO = TurnAdded(1.0, "assistant", "Hello.")
BYE = TurnAdded(3.0, "user", "Bye.", {"stopped_speaking_at": 2.5, "end_of_turn_delay": 0.5})


def journal(*entries: Observation, room: str = "call-1") -> CallJournal:
    started = "2023-11-14T22:13:20.500+00:00"  # half a second after the caller's clock
    lines = [HELLO, BYE, *entries, CallEnded(9.0, "agent hung up")]
    return CallJournal(Head("AJ_1", "en-US", "real", room=room, started=started), lines)


def test_what_the_log_has_is_not_added_again_and_times_are_the_callers() -> None:
    log = ObservationLog(lambda: 5.0)
    log.add(TurnAdded(1.5, "assistant", "Hello."))
    complete(log, CallClock(ORIGIN), journal(GateDecided(4.0, "Okay.", "drop", "acknowledgement", 300)))
    metrics = {"stopped_speaking_at": 3.0, "end_of_turn_delay": 0.5}
    assert log.of(TurnAdded)[1:] == [TurnAdded(3.5, "user", "Bye.", metrics)]
    assert log.of(GateDecided) == [GateDecided(4.5, "Okay.", "drop", "acknowledgement", 300)]
    assert log.ended is None


def test_why_the_worker_failed_is_told() -> None:
    log = ObservationLog(lambda: 5.0)
    failed = CallJournal(journal().head, [CallEnded(9.0, "error", "ValueError: no")])
    complete(log, CallClock(ORIGIN), failed)
    assert log.of(Trouble) == [Trouble(5.0, "the worker reports: ValueError: no")]


def test_transfers_are_told_with_what_became_of_them() -> None:
    log = ObservationLog(lambda: 5.0)
    accepted = TransferRequested(2.0, "+12025550111", warm=True, way="moved")
    refused = TransferRequested(3.0, "+12025550111", "busy")
    complete(log, CallClock(ORIGIN), journal(accepted, refused, CallerKeys(1.0, "1")))
    assert log.of(TransferRequested) == [
        TransferRequested(2.5, "+12025550111", warm=True, way="moved"),
        TransferRequested(3.5, "+12025550111", "busy"),
    ]
    assert log.of(CallerKeys) == []


async def test_the_journal_is_the_one_of_the_room_once_the_record_is_there(tmp_path: Path) -> None:
    for name, room in (("a", "call-0"), ("b", "call-1")):
        write_journal(journal(room=room), tmp_path / f"{name}.events.jsonl")
    (tmp_path / "a.json").write_text(json.dumps({"room": "call-0"}))
    reading = asyncio.create_task(journal_of_room(tmp_path, "call-1"))
    await asyncio.sleep(0)
    assert not reading.done()
    with whole_file(tmp_path / "b.json") as file:
        file.write(json.dumps({"room": "call-1"}).encode())
    assert await reading == journal()

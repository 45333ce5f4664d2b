"""What the worker's record of a call knows and the caller, who has left the room by then, could not hear any more."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from callagent.calls.observe import GateDecided, ObservationLog, ToolCalled, TransferRequested, Trouble, TurnAdded
from callagent.line import CallClock

RECORD_TIMEOUT_S = 5.0
"""How long the record of a call is waited for: the worker closes the session first."""

POLL_S = 0.05

TRANSFERS = ("transfer", "warm transfer")


async def read_record(directory: Path, room: str) -> dict[str, Any] | None:
    """The record of the call in that room; None when there is none in time."""
    try:
        async with asyncio.timeout(RECORD_TIMEOUT_S):
            while True:
                if (record := await asyncio.to_thread(_find, directory, room)) is not None:
                    return record
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        return None


def complete(log: ObservationLog, clock: CallClock, record: dict[str, Any]) -> None:
    """Adds the turns, tool calls and decisions that came after the ones in the log, and why the worker failed."""
    offset = clock.of(datetime.fromisoformat(record["started"]).timestamp())
    for turn in record["turns"][len(log.of(TurnAdded)) :]:
        log.add(TurnAdded(offset + turn["at"], turn["role"], turn["text"]))
    for tool in record["tools"][len(log.of(ToolCalled)) :]:
        log.add(ToolCalled(offset + tool["at"], tool["name"], tool["arguments"]))
    for overlap in record["decisions"][len(log.of(GateDecided)) :]:
        decided = (overlap["heard"], overlap["decision"], overlap["rule"], overlap["reaction_ms"])
        log.add(GateDecided(offset + overlap["at"], *decided))
    for event in record.get("events", ()):
        if event["type"] in TRANSFERS:
            refused = str(event.get("detail", "refused")) if event.get("outcome") == "failed" else ""
            log.add(TransferRequested(offset + event["at"], str(event.get("to", "")), refused))
    if record["error"]:
        log.add(Trouble(log.now(), f"the worker reports: {record['error']}"))


def _find(directory: Path, room: str) -> dict[str, Any] | None:
    for path in directory.glob("*.json"):
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if record["room"] == room:
            return record
    return None

"""What the worker's journal of a call knows and the caller, who has left the room by then, could not hear any more."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from callagent.audio import CallClock
from callagent.journal import (
    AuthorNote,
    CallJournal,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    Observation,
    ObservationLog,
    OptedOut,
    StateChanged,
    ToolCalled,
    TransferRequested,
    Trouble,
    TurnAdded,
    read_journal,
)
from callagent.journal.call_record import journal_beside

RECORD_TIMEOUT_S = 5.0
"""How long the record of a call is waited for: the worker closes the session first."""

POLL_S = 0.05

LATE = (
    *(TurnAdded, ToolCalled, StateChanged, GateDecided, HandedOver, AuthorNote),
    *(Disclosed, DisclosureMissed, OptedOut),
)
"""Kinds of which the last ones may come when the caller has left the room."""


async def journal_of_room(directory: Path, room: str) -> CallJournal | None:
    """Return the journal of the call in that room, which is complete once its record
    is there; None when it is not in time.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        async with asyncio.timeout(RECORD_TIMEOUT_S):
            while True:
                if (journal := await asyncio.to_thread(_find, directory, room)) is not None:
                    return journal
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        return None


def complete(log: ObservationLog, clock: CallClock, journal: CallJournal) -> None:
    """Add what came after that which the log has of each kind (turns, tools, …), and why the worker failed."""
    offset = clock.of(datetime.fromisoformat(journal.head.started).timestamp())
    for kind in LATE:
        for entry in journal.log.of(kind)[len(log.of(kind)) :]:
            log.add(_later(entry, offset))
    for transfer in journal.log.of(TransferRequested):
        log.add(_later(transfer, offset))
    ended = journal.log.ended
    if ended is not None and ended.error:
        log.add(Trouble(log.now(), f"the worker reports: {ended.error}"))


def _later(entry: Observation, by: float) -> Observation:
    """Return the same on a clock that began so many seconds earlier."""
    if isinstance(entry, TurnAdded):
        metrics = {name: value + by if name.endswith("_at") else value for name, value in entry.metrics.items()}
        return replace(entry, at=entry.at + by, metrics=metrics)
    return replace(entry, at=entry.at + by)


def _find(directory: Path, room: str) -> CallJournal | None:
    for path in directory.glob("*.json"):
        if json.loads(path.read_text(encoding="utf-8"))["room"] == room:
            return read_journal(journal_beside(path))
    return None

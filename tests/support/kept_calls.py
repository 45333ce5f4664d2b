"""Journals of calls for tests of what is kept of them."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

from callagent.database.tables import WorkerRow
from callagent.journal.codec import REAL, Head, Line, written
from callagent.journal.endings import Ending
from callagent.journal.events import (
    AgentAudible,
    AgentState,
    Answered,
    AuthorNote,
    CallEnded,
    GateDecided,
    Note,
    Ringing,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.records import Packet, RecordStore
from callagent.turns import Heard, OverlapRecord

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER, OURS = "+12025550123", "+12025550199"


def head_of(
    call: str, minute: float = 0, *, number: str = NUMBER, direction: str = "inbound", profile: str = "en-US"
) -> Head:
    context = {"number": number, "own_number": OURS, "direction": direction, "country": "US", "trunk": "ST_1"}
    started = (NOON + timedelta(minutes=minute)).isoformat(timespec="milliseconds")
    return Head(
        call, profile, REAL, room=f"room-{call}", started=started, context=context, made_by="callagent 0.2",
        profile_source="default", profile_hash="5a", agent="callagent", offered=NOON.isoformat(), attempt="at-1",
    )  # fmt: skip


def talk(*, said: str = "I need an appointment", ending: Ending = "caller hung up") -> list[Line]:
    """A call of ten seconds with two turns answered, one interruption, one hum, a tool and notes."""
    overlap = OverlapRecord(6.0, 6.8, 6.5, "interrupt", "words", (Heard(6.4, "wait", True, 0.9),), 6.9)
    hum = OverlapRecord(7.0, 7.2, 7.3, "drop", "acknowledgement", (Heard(7.2, "mhm", True, 0.9),))
    return [
        Ringing(0.2),
        Answered(0.5),
        AgentAudible(0.8),
        TurnAdded(0.8, "assistant", "How can I help?"),
        TurnAdded(2.0, "user", said, {"stopped_speaking_at": 3.0, "end_of_turn_delay": 0.4}),
        AgentState(3.4, "thinking"),
        ToolCalled(3.5, "find_slot", {"day": "monday"}, "c1"),
        ToolReturned(4.0, "c1", "done", "ten o'clock"),
        AgentAudible(4.2),
        TurnAdded(4.2, "assistant", "Monday at ten is free", {"started_speaking_at": 4.2}, interrupted=True),
        GateDecided.of(overlap),
        GateDecided.of(hum),
        Trouble(8.0, "APIError: 503"),
        Note(8.1, "no such voice"),
        AuthorNote(8.2, "wants Monday"),
        CallEnded(10.0, ending),
    ]


def worker_row(id_: str = "w1", *, calls: int = 1, draining: bool = False, seen: datetime | None = None) -> WorkerRow:
    """A worker of at most eight calls that has refused two."""
    return WorkerRow(
        id=id_, host="desk", pid=7, agent="callagent", calls=calls, max_calls=8, refused=2, draining=draining,
        started=NOON, seen=seen or datetime.now(UTC),
    )  # fmt: skip


def raw(lines: Sequence[Line]) -> list[bytes]:
    return [written(line).encode() for line in lines]


def keep(store: RecordStore, head: Head, lines: Sequence[Line] | None = None) -> None:
    """A whole call, over."""
    store.append(Packet(head.call, 0, raw([head, *(talk() if lines is None else lines)])))
    store.end(head.call)


def keep_twenty(location: str, name: str) -> None:
    """Twenty calls, one after the other, in a database that others may write to."""
    with closing(RecordStore(location)) as store:
        for number in range(20):
            keep(store, head_of(f"AJ_{name}_{number}", number))

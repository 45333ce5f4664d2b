"""What keeping a call costs: processor time in its own process and in the worker, and calls an hour."""

import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callagent.journal.codec import REAL, Head, Line
from callagent.journal.events import (
    AgentAudible,
    AgentState,
    AgentWords,
    CallEnded,
    CallerHeard,
    PlayoutEnded,
    TurnAdded,
)
from callagent.records import Delivery, places
from callagent.records.spool_writer import SpoolWriter
from callagent.turns.gate.events import CallerStarted, CallerStopped, Transcript

TURN_S = 8.0
"""How long a turn of the caller and the answer to it take, in seconds."""

SAID = "I would like to have an appointment on Monday please"


@dataclass(frozen=True)
class Cost:
    """Processor time for calls of so many seconds each, in seconds, and the wall time that one took to be kept."""

    calls: int
    seconds: float
    writing_s: float
    delivering_s: float
    wall_s: float

    @property
    def share(self) -> float:
        """The part of the calls' time that a processor is busy with them."""
        return (self.writing_s + self.delivering_s) / (self.calls * self.seconds)

    @property
    def calls_an_hour(self) -> float:
        """How many calls can be kept in an hour."""
        return 3600 * self.calls / self.wall_s


def conversation(seconds: float) -> list[Line]:
    """Return what a call tells in which both sides talk all the time."""
    lines: list[Line] = []
    for turn in range(round(seconds / TURN_S)):
        at = turn * TURN_S
        lines += [AgentState(at, "listening"), CallerStarted(at + 0.1, at)]
        for part in range(12):
            heard = "I would like to have an appointment on Monday"[: 4 * (part + 1)]
            lines += [Transcript(at + 0.3 * part, turn, heard, False), CallerHeard(at + 0.3 * part, heard, False)]
        lines += [CallerHeard(at + 4, SAID, True), CallerStopped(at + 4.2, at + 4)]
        lines += [TurnAdded(at, "user", SAID, {"stopped_speaking_at": at + 4})]
        lines += [AgentState(at + 4, "thinking"), AgentState(at + 5, "speaking"), AgentAudible(at + 5)]
        lines += [AgentWords(at + 5 + 0.2 * word, f" word{word}") for word in range(14)]
        lines += [
            PlayoutEnded(at + 8, False),
            TurnAdded(at + 5, "assistant", "word " * 14, {"started_speaking_at": at + 5}),
        ]
    return [*lines, CallEnded(seconds, "caller hung up")]


def measure(calls: int, seconds: float) -> Cost:
    """Keep so many calls in an SQLite file, each as fast as it goes."""
    with tempfile.TemporaryDirectory(prefix="callagent-cost-") as directory:
        location = str(Path(directory) / "records.db")
        found = places(location)
        lines = conversation(seconds)
        began, busy = time.perf_counter(), _processor()
        with closing(Delivery(location, found)) as delivery:
            delivery.round()
            writing = 0.0
            for number in range(calls):
                before = _processor()
                _write(f"AJ_{number}", found, lines)
                writing += _processor() - before
                delivery.round()
        return Cost(calls, seconds, writing, _processor() - busy - writing, time.perf_counter() - began)


def _write(call: str, found: Sequence[Path], lines: Sequence[Line]) -> None:
    writer = SpoolWriter(call, found)
    writer.begin(Head(call, "en-US", REAL, room=call, started=datetime.now(UTC).isoformat()))
    for line in lines:
        writer.put(line)
    writer.close()
    writer.join(60)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

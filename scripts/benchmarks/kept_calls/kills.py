"""Processes of calls that are killed at a random moment, and what is left of their calls."""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callagent.journal.codec import REAL, Head
from callagent.journal.events import CallerHeard, Observation
from callagent.records import Delivery, open_records, places
from callagent.records.spool_writer import SpoolWriter

EVERY_S = 0.02
"""Seconds between two things that happen in a call."""

SHORTEST_S, LONGEST_S = 0.1, 1.5
"""Seconds that a call lasts before its process is killed: at least until there is a call, which takes milliseconds."""


@dataclass(frozen=True)
class Killed:
    """What is left of a call: whether there is a record, marked as cut off, and how many seconds of its end are not."""

    call: str
    recorded: bool
    cut_off: bool
    missing_s: float


def kill(count: int, seed: int = 1, database: str | None = None) -> Iterator[Killed]:
    """Kill the processes of so many calls, one after the other, while their calls are delivered."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="callagent-kills-") as directory:
        location = database or str(Path(directory) / "records.db")
        with closing(Delivery(location)) as delivery:
            ends = {f"AJ_kill{number}": _one(f"AJ_kill{number}", location, delivery, rng) for number in range(count)}
        with closing(open_records(location)) as store:
            there = {call.id: call for call in store.find(limit=None)}
            for call, (began, ended) in ends.items():
                if call not in there:
                    yield Killed(call, False, False, ended - began)
                    continue
                lines = [line.at for line in store.journal(call).lines if isinstance(line, Observation)]
                last = max(lines, default=0.0)
                yield Killed(call, True, there[call].state == "cut off", ended - began - last)


def _one(call: str, location: str, delivery: Delivery, rng: random.Random) -> tuple[float, float]:
    """Kill one; return when its call began, and when it was killed, as `time.time()`."""
    began, lasts = time.time(), rng.uniform(SHORTEST_S, LONGEST_S)
    process = os.fork()
    if process == 0:
        _talk(call, location, began)
    while time.time() < began + lasts:
        if rng.random() < 0.2:
            delivery.round()
        time.sleep(min(0.05, lasts))
    os.kill(process, signal.SIGKILL)
    ended = time.time()
    os.waitpid(process, 0)
    return began, ended


def _talk(call: str, location: str, began: float) -> None:
    """Be the process of a call, until it is killed."""
    sys.stdout.flush()
    started = datetime.fromtimestamp(began, UTC).isoformat(timespec="milliseconds")
    writer = SpoolWriter(call, places(location))
    writer.begin(Head(call, "en-US", REAL, room=call, started=started))
    while True:
        writer.put(CallerHeard(time.time() - began, "and then I said", False))
        time.sleep(EVERY_S)

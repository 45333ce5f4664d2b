"""What `callagent console` takes while calls are under way, and how soon what is said in them is there.

The console is a process of its own, as for whoever looks; this one plays the workers and the browsers.
"""

import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click

from callagent.cli.output import ExitStatus
from callagent.journal.codec import REAL, Head, Line, written
from callagent.records import Packet, RecordStore
from scripts.benchmarks.kept_calls.cost import conversation

SHARE_LIMIT = 0.05
"""Part of a core that the console may take."""

WARM_UP_S = 5.0
"""How long the console runs before it is measured, in seconds: it loads its templates."""

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Seen:
    """When the lines of the call that a browser looks at were written, and when they came; in seconds."""

    written: dict[int, float] = field(default_factory=dict)
    came: dict[int, float] = field(default_factory=dict)
    cards: int = 0

    @property
    def delays(self) -> list[float]:
        """How long lines took."""
        return sorted(came - self.written[line] for line, came in self.came.items() if line in self.written)


@click.command()
@click.option("--calls", type=click.IntRange(min=1), default=50, show_default=True, help="Calls under way.")
@click.option("--browsers", type=click.IntRange(min=1), default=3, show_default=True, help="Browsers that look.")
@click.option("--seconds", type=click.FloatRange(min=5), default=60.0, show_default=True, help="How long.")
def console(calls: int, browsers: int, seconds: float) -> None:
    """Measure the processor time of the console with so many calls under way in which both sides talk all the time."""
    with tempfile.TemporaryDirectory(prefix="callagent-console-") as directory:
        database = str(Path(directory) / "records.db")
        with closing(RecordStore(database)) as store:
            share, seen = asyncio.run(_measure(store, database, calls, browsers, seconds))
    delays = seen.delays
    click.echo(f"{calls} calls under way, {browsers} browsers, {seconds:g} s, {seen.cards} cards drawn for each")
    click.echo(f"  console: {100 * share:.2f} % of a core (limit {100 * SHARE_LIMIT:g} %)")
    if delays:
        click.echo(f"  written to seen: median {statistics.median(delays):.2f} s, longest {delays[-1]:.2f} s")
    if share > SHARE_LIMIT or not delays:
        raise click.exceptions.Exit(ExitStatus.FAILED)


async def _measure(
    store: RecordStore, database: str, calls: int, browsers: int, seconds: float
) -> tuple[float, Seen]:  # fmt: skip
    seen = Seen()
    for number in range(calls):
        head = Head(f"AJ_{number}", "en-US", REAL, room=f"call-{number}", started=datetime.now(UTC).isoformat())
        store.begin(head)
    lines = conversation(seconds + 2 * WARM_UP_S)
    async with _console(database) as (pid, port), asyncio.TaskGroup() as group:
        listening = [
            group.create_task(_browse(port, "/live/events", seen if number == 0 else Seen()), name=f"browser {number}")
            for number in range(browsers)
        ]
        listening.append(group.create_task(_browse(port, "/calls/AJ_0/events", seen), name="browser of a call"))
        writing = group.create_task(_talk(store, calls, lines, seen), name="workers")
        await asyncio.sleep(WARM_UP_S)
        before, began = _processor_s(pid), time.monotonic()
        await asyncio.sleep(seconds)
        share = (_processor_s(pid) - before) / (time.monotonic() - began)
        for task in (*listening, writing):
            task.cancel()
    return share, seen


@asynccontextmanager
async def _console(database: str) -> AsyncIterator[tuple[int, int]]:
    """Run the console; give its process and its port."""
    command = ("-m", "callagent", "console", "--port", "0", "--database", database)
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        said = (await process.stdout.readline()).decode()
        found = re.search(r":(\d+)/", said)
        if found is None:
            raise click.ClickException(f"the console did not begin: {said}")
        yield process.pid, int(found[1])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _talk(store: RecordStore, calls: int, lines: Sequence[Line], seen: Seen) -> None:
    """Write what is said in all calls, once a second, as workers do."""
    began, sent = time.monotonic(), 0
    while sent < len(lines):
        await asyncio.sleep(1.0)
        now = time.monotonic() - began
        due = next((at for at, line in enumerate(lines[sent:], sent) if getattr(line, "at", 0.0) > now), len(lines))
        raw = [written(line).encode() for line in lines[sent:due]]
        if raw:
            packets = [Packet(f"AJ_{number}", 1 + sent, raw) for number in range(calls)]
            await asyncio.to_thread(store.append, *packets)
            seen.written |= dict.fromkeys(range(1 + sent, 1 + due), time.monotonic())
        sent = due


async def _browse(port: int, path: str, seen: Seen) -> None:
    """Listen as a browser does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
        event = ""
        while raw := await reader.readline():
            name, _, value = raw.decode().strip().partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "entry":
                seen.came.setdefault(json.loads(value)["line"], time.monotonic())
            elif name == "data" and event == "card":
                seen.cards += 1
    finally:
        writer.close()


def _processor_s(pid: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS

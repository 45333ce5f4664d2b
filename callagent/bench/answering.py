"""How soon calls are answered and what they take: callers of kind SIP join rooms of a real livekit-server.

The time of a call is counted from the moment in which the caller begins to join until the first audible sample of the
greeting has come back; a phone call adds what SIP needs before it (about 0.1 s on a quiet gateway).
"""

import asyncio
import json
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, quantiles

import click
from livekit import api, rtc
from rich.console import Console
from rich.table import Table

from callagent.bench.standins import standing_in
from callagent.calls.room.level import start_worker
from callagent.calls.room.livekit_server import LiveKitServer
from callagent.calls.room.processes import ChildProcess
from callagent.calls.stage import LevelUnavailable
from callagent.line import AUDIBLE_DBFS
from callagent.worker import Connection
from callagent.worker.ahead import GREETING_S

ANSWER_TIMEOUT_S = 30.0
AUDIBLE = round(32768 * 10 ** (AUDIBLE_DBFS / 20))
CALM_S = 3 * GREETING_S
"""How long the worker must have had nothing to do before a round: new processes have loaded their models then, and none
waits for the end of a greeting to do so."""

CALM_LOAD = 0.15
"""Part of a core that the worker uses when it has nothing to do."""

LONGEST_WAIT_S = 90.0


@dataclass(frozen=True)
class Figures:
    """Seconds to the greeting in one round, and how many calls were not answered."""

    round: str
    calls: int
    p50: float
    p95: float
    longest: float
    unanswered: int

    @classmethod
    def of(cls, round_: str, times: list[float | None]) -> "Figures":
        """The figures of these times; None is a call that nobody answered."""
        answered = sorted(time for time in times if time is not None) or [float("nan")]
        cuts = quantiles(answered, n=20, method="inclusive") if len(answered) > 1 else answered * 19
        return cls(round_, len(times), cuts[9], cuts[18], answered[-1], times.count(None))


class Caller:
    """One phone: joins, and listens until the agent is audible."""

    def __init__(self, server: Connection, agent_name: str) -> None:
        self._server = server
        self._agent_name = agent_name
        self._room = rtc.Room()
        self._audible = asyncio.Event()
        self._gone = asyncio.Event()
        self._listening: list[asyncio.Task[None]] = []
        self._room.on("track_subscribed", self._subscribed)
        self._room.on("disconnected", lambda _: self._gone.set())

    async def call(self) -> float | None:
        """Seconds to the greeting; None when there was none."""
        return await self._until(self._audible)

    async def refused(self) -> float | None:
        """Seconds to the end of a call that nobody takes; None when it is left waiting."""
        return await self._until(self._gone)

    async def hang_up(self) -> None:
        """Leaves."""
        await self._room.disconnect()
        for task in self._listening:
            task.cancel()
        if self._listening:
            await asyncio.wait(self._listening)

    async def _until(self, event: asyncio.Event) -> float | None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._room.connect(self._server.url, self._token())
                track = rtc.LocalAudioTrack.create_audio_track("phone", rtc.AudioSource(8000, 1))
                options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
                await self._room.local_participant.publish_track(track, options)
                await event.wait()
        except TimeoutError:
            return None
        return time.monotonic() - began

    def _token(self) -> str:
        dispatch = api.RoomAgentDispatch(agent_name=self._agent_name)
        return (
            api.AccessToken(self._server.api_key, self._server.api_secret)
            .with_identity("sip_+12025550123")
            .with_kind("sip")
            .with_grants(api.VideoGrants(room_join=True, room=f"bench-{secrets.token_hex(6)}"))
            .with_room_config(api.RoomConfiguration(agents=[dispatch]))
            .with_attributes({"sip.callStatus": "active", "sip.phoneNumber": "+12025550123"})
            .to_jwt()
        )

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        self._listening.append(asyncio.create_task(self._listen(track), name="callagent.bench.caller"))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=8000, num_channels=1)
        try:
            async for event in stream:
                if max(event.frame.data, default=0) > AUDIBLE:
                    self._audible.set()
                    return
        finally:
            await stream.aclose()


@dataclass(frozen=True)
class Stack:
    """A server with a worker."""

    server: Connection
    worker: ChildProcess
    agent_name: str

    def processes(self) -> list[float]:
        """Megabytes of each process of the worker, shared pages counted once (PSS), the largest first."""
        return sorted(map(pss, family(self.worker.pid)), reverse=True)

    async def calm(self) -> None:
        """Waits until the worker is warm: its processes have nothing more to load."""
        deadline = time.monotonic() + LONGEST_WAIT_S
        load = 1.0
        while load > CALM_LOAD and time.monotonic() < deadline:
            before = sum(map(cpu_seconds, family(self.worker.pid)))
            await asyncio.sleep(CALM_S)
            load = (sum(map(cpu_seconds, family(self.worker.pid))) - before) / CALM_S


@asynccontextmanager
async def running(max_calls: int, *, cloud: bool = False) -> AsyncIterator[Stack]:
    """A server and a worker of our own, with a process ready for every call.

    Args:
        cloud: the providers are those of the cloud, with stand-ins for them on this machine.
    """
    async with AsyncExitStack() as stack:
        server = await LiveKitServer.start()
        stack.push_async_callback(server.aclose)
        name = f"bench-{secrets.token_hex(4)}"
        options, env = await stack.enter_async_context(standing_in()) if cloud else ((), {})
        worker = await start_worker(server.connection, name, "--max-calls", str(max_calls), *options, env=env)
        stack.push_async_callback(worker.aclose)
        yield Stack(server.connection, worker, name)


async def measure(single: int, at_once: int, *, cloud: bool) -> tuple[list[Figures], dict[str, float]]:
    """Calls all at once with one more that is refused, then one after the other: the figures of each, and megabytes."""
    async with running(at_once, cloud=cloud) as stack:
        idle = stack.processes()
        await stack.calm()
        callers = [Caller(stack.server, stack.agent_name) for _ in range(at_once)]
        try:
            figures = [Figures.of("at once", list(await asyncio.gather(*(one.call() for one in callers))))]
            busy = stack.processes()
            callers.append(Caller(stack.server, stack.agent_name))
            figures.append(Figures.of("above the limit, to the busy", [await callers[-1].refused()]))
        finally:
            await asyncio.gather(*(one.hang_up() for one in callers))
        times = [await _alone(stack) for _ in range(single)]
        figures.append(Figures.of("one after the other", times))
    memory = {
        "worker without calls": sum(idle),
        "process ready for a call": fmean(idle[:at_once]),
        "process in a call": fmean(busy[:at_once]),
    }
    return figures, {name: round(megabytes, 1) for name, megabytes in memory.items()}


async def _alone(stack: Stack) -> float | None:
    await stack.calm()
    caller = Caller(stack.server, stack.agent_name)
    try:
        return await caller.call()
    finally:
        await caller.hang_up()


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [pid, *(each for text in lists for child in text.split() for each in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(pid: int) -> float:
    """Megabytes of a process, pages shared with n others counted as an nth; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


@click.command()
@click.option("--single", default=8, show_default=True, type=click.IntRange(1, 50), help="Calls one after the other.")
@click.option("--at-once", default=8, show_default=True, type=click.IntRange(1, 50), help="Calls at the same time.")
@click.option(
    "--providers",
    default="local",
    show_default=True,
    type=click.Choice(["local", "cloud"]),
    help="Whose: this machine's models, or the cloud's, with stand-ins for them on this machine.",
)
@click.option("--out", default="out", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def main(single: int, at_once: int, providers: str, out: Path) -> None:
    """Time from joining to the greeting, and memory, on this machine."""
    try:
        figures, memory = asyncio.run(measure(single, at_once, cloud=providers == "cloud"))
    except LevelUnavailable as error:
        click.echo(str(error), err=True)
        sys.exit(3)
    table = Table(
        "calls",
        "number",
        "p50",
        "p95",
        "longest",
        "not answered",
        title=f"To the greeting, {providers} providers, {os.cpu_count()} cores",
    )
    for each in figures:
        row = (f"{each.p50:.2f} s", f"{each.p95:.2f} s", f"{each.longest:.2f} s", str(each.unanswered))
        table.add_row(each.round, str(each.calls), *row)
    Console().print(table)
    told = ", ".join(f"{name} {megabytes:g} MB" for name, megabytes in memory.items())
    click.echo(f"memory (PSS): {told}")
    out.mkdir(parents=True, exist_ok=True)
    report = {
        "providers": providers,
        "cores": os.cpu_count(),
        "rounds": [asdict(each) for each in figures],
        "memory_mb": memory,
    }
    (out / "answering.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

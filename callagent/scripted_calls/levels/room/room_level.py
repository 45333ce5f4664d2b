"""The level `room`: what its calls share is a livekit-server and one `callagent serve` process."""

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from callagent.scripted_calls.levels.remote.profile_files import ProfileFiles
from callagent.scripted_calls.levels.room.room_call import RoomStage
from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.call_script import LevelName
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import LiveKitServer, running_server
from callagent.worker import Connection

READY_LINE = "ready:"
"""How the line begins that `callagent serve` prints when calls can come."""

READY_TIMEOUT_S = 120.0
PATIENCE_S = 5.0
CALLS = 2
"""Calls of the worker at a time: the one before may still be clearing up when the next comes."""


class RoomLevel:
    """Uses the server that `LIVEKIT_URL` names or that runs on this machine, otherwise starts one.

    The worker is registered under a name of its own, so that no call of another worker's gets here or goes there.
    """

    name: LevelName = "room"
    shared_loop = True

    def __init__(self, *, server: Connection | None = None, worker_options: tuple[str, ...] = ()) -> None:
        self._given, self._connection = server, server
        self._files = ProfileFiles()
        self._worker_options = worker_options
        self._agent_name = f"callagent-{secrets.token_hex(4)}"
        self._started = AsyncExitStack()
        self._broken: asyncio.Future[str] | None = None
        self._records: Path | None = None

    @property
    def outdated(self) -> bool:
        """Whether the worker that runs lacks the profile of a call."""
        return self._files.outdated

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Note which profiles the worker needs."""
        self._files.want(plans)

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Return an ordinary event loop."""
        return asyncio.new_event_loop()

    async def start(self) -> None:
        """Start the server, unless there is one, and the worker, and wait until calls can come."""
        broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with AsyncExitStack() as started:
            connection = self._given or await running_server()
            if connection is None:
                server = await LiveKitServer.start()
                started.push_async_callback(server.aclose)
                report_end(server.process, broken)
                connection = server.connection
            self._records = Path(started.enter_context(TemporaryDirectory(prefix="callagent-")))
            options = (*records_options(self._records), *self._files.options(), *self._worker_options)
            worker = await start_worker(connection, self._agent_name, *options)
            started.push_async_callback(worker.aclose)
            report_end(worker, broken)
            self._connection, self._broken = connection, broken
            self._started = started.pop_all()

    def stage(self, plan: CallPlan) -> Stage:
        """Return a new call, not yet started."""
        if self._connection is None or self._broken is None:
            raise RuntimeError("the level has not been started")
        return RoomStage(plan, self._connection, self._agent_name, broken=self._broken, records=self._records)

    async def aclose(self) -> None:
        """End the worker, then the server that was started for it; idempotent."""
        await self._started.aclose()
        self._files.forget_worker()
        if self._broken is not None:
            self._broken.cancel()


def records_options(directory: Path) -> tuple[str, ...]:
    """Return options of a worker that keeps its records and its database to itself."""
    return ("--records", str(directory), "--database", str(directory / "records.db"))


def report_end(process: ChildProcess, broken: "asyncio.Future[str]") -> None:
    """Resolve `broken` with the cause when the process ends."""

    def ended(_: "asyncio.Task[int]") -> None:
        if not broken.done():
            broken.set_result(f"{process.name} ended in the middle of the call: {process.last_words}")

    process.exited.add_done_callback(ended)


async def start_worker(
    connection: Connection,
    agent_name: str,
    *options: str,
    command: Sequence[str] = ("serve", "--dev"),
    env: Mapping[str, str] | None = None,
) -> ChildProcess:
    """Start `callagent serve --dev` for that server and wait until it is registered.

    Args:
        options: further options of the command; of one that is given twice the last counts.
        command: another command of callagent that answers calls.
        env: variables to set besides ours.

    Raises:
        LevelUnavailable: it ended, or was not ready in time.
    """
    words = [sys.executable, "-m", "callagent", *command, "--url", connection.url]
    words += ["--agent-name", agent_name, "--max-calls", str(CALLS), *options]
    worker = await ChildProcess.start(
        "callagent serve", words, env=_environment(connection, env or {}), patience=PATIENCE_S
    )
    async with AsyncExitStack() as on_failure:
        on_failure.push_async_callback(worker.aclose)
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                ready = await worker.wait_for_line(READY_LINE)
        except TimeoutError:
            raise LevelUnavailable(f"callagent serve was not ready within {READY_TIMEOUT_S:g} s") from None
        if ready is None:
            raise LevelUnavailable(f"callagent serve did not start: {worker.last_words}")
        on_failure.pop_all()
    return worker


def _environment(connection: Connection, extra: Mapping[str, str]) -> Mapping[str, str]:
    keys = {"LIVEKIT_API_KEY": connection.api_key, "LIVEKIT_API_SECRET": connection.api_secret}
    return {**os.environ, **keys, "PYTHONUNBUFFERED": "1", **extra}

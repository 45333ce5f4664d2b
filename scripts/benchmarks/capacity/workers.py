"""The workers that are compared, side by side at one livekit-server: callagent's, and a plain one."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from callagent.scripted_calls.levels.room.room_level import READY_LINE, READY_TIMEOUT_S, start_worker
from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from callagent.worker import Connection
from scripts.benchmarks.answering.cloud_standins import standing_in_at
from scripts.benchmarks.answering.system import RoomSystem
from scripts.benchmarks.capacity.plain_worker import PEERS

OURS, PLAIN = "callagent", "plain livekit-agents"
PATIENCE_S = 5.0
LET_BE = ("--set", "flow.idle=10 min")
"""Options of a worker that leaves silent callers alone."""


@asynccontextmanager
async def both_running(
    max_calls: int, *, names: tuple[str, ...] = (OURS, PLAIN), env: Mapping[str, str] | None = None
) -> AsyncIterator[dict[str, RoomSystem]]:
    """Run a livekit-server, stand-ins for the providers, and workers of these names, each ready for so many calls.

    Args:
        names: `OURS`, `PLAIN`; another name is callagent with `env`.
        env: variables of workers of another name.

    Raises:
        LevelUnavailable: a program is missing or does not start.
    """
    async with AsyncExitStack() as stack:
        address, options, variables = await stack.enter_async_context(standing_in_at())
        kept = Path(stack.enter_context(TemporaryDirectory(prefix="callagent-bench-")))
        server = await LiveKitServer.start()
        stack.push_async_callback(server.aclose)
        systems = {}
        for name in names:
            agent = f"bench-{secrets.token_hex(4)}"
            if name == PLAIN:
                worker = await _start_plain(server.connection, agent, max_calls, address)
            else:
                records = ("--database", str(kept / f"{agent}.db"), "--max-calls", str(max_calls))
                extra = (env or {}) if name != OURS else {}
                worker = await start_worker(
                    server.connection, agent, *records, *options, *LET_BE, env={**variables, **extra}
                )
            stack.push_async_callback(worker.aclose)
            systems[name] = RoomSystem(server, worker, agent)
        yield systems


async def _start_plain(server: Connection, agent: str, processes: int, address: str) -> ChildProcess:
    words = [sys.executable, "-m", "scripts.benchmarks.capacity.plain_worker", agent, str(processes)]
    env = {
        **os.environ,
        "LIVEKIT_URL": server.url,
        "LIVEKIT_API_KEY": server.api_key,
        "LIVEKIT_API_SECRET": server.api_secret,
        PEERS: address,
    }
    worker = await ChildProcess.start("plain worker", words, env=env, patience=PATIENCE_S)
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            ready = await worker.wait_for_line(READY_LINE)
    except TimeoutError:
        ready = None
    if ready is None:
        await worker.aclose()
        raise LevelUnavailable(f"the plain worker did not start: {worker.last_words}")
    return worker

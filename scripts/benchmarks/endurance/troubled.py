"""A worker whose providers fail: chains of two, of which the first ones get into trouble, and callers for it."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from callagent.audio import Samples
from callagent.scripted_calls.levels.room.room_level import start_worker
from callagent.scripted_calls.run.caller_audio import render
from callagent.scripted_calls.script.caller import Speech
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from scripts.benchmarks.endurance.talking_caller import TalkingCaller
from tests.support.provider_peers import ProviderPeers, Recogniser, Trouble

Part = Literal["stt", "llm", "tts"]
PARTS: Final[tuple[Part, ...]] = ("stt", "llm", "tts")
TROUBLES: Final = (
    Trouble("refuse", status=503),
    Trouble("refuse", status=429),
    Trouble("stall"),
    Trouble("stall", after=1),
    Trouble("cut", after=1),
    Trouble("garble", after=1),
    Trouble("slow", seconds=10.0),
)
WORDS: Final = "Hello, I would like to know your opening hours, please."


@dataclass
class Troubled:
    """The system: `first` are the providers that get into trouble, `spare` those behind them in the chains.

    Args:
        server, worker: which a test may kill, and start again.
        agent: its name.
        words: of every caller.
        database: the records.
        metrics_port: of the worker.
    """

    first: ProviderPeers
    spare: ProviderPeers
    server: LiveKitServer
    worker: ChildProcess
    agent: str
    words: Samples
    database: Path
    options: tuple[str, ...]
    metrics_port: int

    def caller(self) -> TalkingCaller:
        """Return one more who can call."""
        return TalkingCaller(self.server.connection, self.agent, self.words)

    def trouble(self, part: Part, trouble: Trouble | None, *, spare: bool = False) -> None:
        """Have the first provider of a part fail from now on, and the one behind it where `spare` says so."""
        getattr(self.first, part).trouble = trouble
        getattr(self.spare, part).trouble = trouble if spare else None

    async def start_worker(self) -> None:
        """Start a worker in the place of one that has ended."""
        self.worker = await start_worker(self.server.connection, self.agent, *self.options)


@asynccontextmanager
async def troubled(max_calls: int) -> AsyncIterator[Troubled]:
    """Run a livekit-server, providers and their spares, and a worker for so many calls.

    Raises:
        LevelUnavailable: a program is missing or does not start.
    """
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(ProviderPeers(stt=Recogniser(coarse=True)).serving())
        spare = await stack.enter_async_context(ProviderPeers(stt=Recogniser(coarse=True)).serving())
        kept = Path(stack.enter_context(TemporaryDirectory(prefix="callagent-bench-")))
        profile = kept / "troubled.yaml"
        await asyncio.to_thread(profile.write_text, json.dumps(_profile(first, spare)), encoding="utf-8")
        server = await LiveKitServer.start()
        agent, database, port = f"bench-{secrets.token_hex(4)}", kept / "records.db", free_port()
        kept_at = ("--profile", str(profile), "--database", str(database))
        options = (*kept_at, "--max-calls", str(max_calls), "--metrics-port", str(port), "--log-level", "warning")
        words = await render(Speech(WORDS))
        worker = await start_worker(server.connection, agent, *options)
        system = Troubled(first, spare, server, worker, agent, words, database, options, port)
        try:
            yield system
        finally:
            await system.worker.aclose()
            await system.server.aclose()


def _profile(first: ProviderPeers, spare: ProviderPeers) -> dict[str, object]:
    chains = {part: [first.options(part), spare.options(part)] for part in PARTS}
    return {"extends": "en-US", "providers": chains, "flow": {"idle": "10 min"}}


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])

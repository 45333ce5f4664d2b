"""The system under test: servers and a worker on this machine, and callers who can reach it."""

import asyncio
import itertools
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from livekit import api

from callagent.livekit_api import open_client
from callagent.scripted_calls.levels.room.room_level import start_worker
from callagent.scripted_calls.levels.sip.phone import SipUri
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from callagent.scripted_calls.servers.local_stack import start_stack
from callagent.worker import Connection
from callagent.worker.process.prompt_cache import GREETING_S
from scripts.benchmarks.answering.callers import Caller, PhoneCaller, RoomCaller
from scripts.benchmarks.answering.cloud_standins import standing_in
from scripts.benchmarks.answering.process_usage import cpu_seconds, family, pss

CALM_S = 3 * GREETING_S
"""How long the worker must have had nothing to do before a round: new processes have loaded their models then, and none
waits for the end of a greeting to do so."""

CALM_LOAD = 0.15
"""Part of a core that the worker uses when it has nothing to do."""

LONGEST_WAIT_S = 90.0
NUMBER = "+12025550111"


class System(ABC):
    """A worker with what leads calls to it.

    Args:
        others: the processes besides the worker's.
    """

    def __init__(self, worker: ChildProcess, others: Sequence[ChildProcess]) -> None:
        self._worker = worker
        self._others = others

    @property
    def pid(self) -> int:
        """Process id of the worker's leash; all its processes descend from it."""
        return self._worker.pid

    @abstractmethod
    def caller(self) -> Caller:
        """Return one more who can call."""

    def megabytes(self) -> list[float]:
        """Of each process of the worker, shared pages counted once (PSS), the largest first."""
        return sorted(map(pss, family(self._worker.pid)), reverse=True)

    def cpu(self) -> float:
        """Return processor time of the worker and of the servers, in seconds."""
        return sum(cpu_seconds(pid) for process in (self._worker, *self._others) for pid in family(process.pid))

    async def calm(self) -> None:
        """Wait until the worker is warm: its processes have nothing more to load."""
        deadline = time.monotonic() + LONGEST_WAIT_S
        load = 1.0
        while load > CALM_LOAD and time.monotonic() < deadline:
            before = sum(map(cpu_seconds, family(self._worker.pid)))
            await asyncio.sleep(CALM_S)
            load = (sum(map(cpu_seconds, family(self._worker.pid))) - before) / CALM_S


class RoomSystem(System):
    """livekit-server and the worker; callers join rooms."""

    def __init__(self, server: LiveKitServer, worker: ChildProcess, agent_name: str) -> None:
        super().__init__(worker, [server.process])
        self._server = server.connection
        self._dispatch = api.RoomAgentDispatch(agent_name=agent_name)

    def caller(self) -> Caller:
        """Join a room of its own."""
        return RoomCaller(self._server, self._dispatch)


class SipSystem(System):
    """Redis, livekit-server, livekit-sip and the worker; callers send an INVITE to the gateway."""

    def __init__(self, port: int, worker: ChildProcess, others: Sequence[ChildProcess]) -> None:
        super().__init__(worker, others)
        self._to = SipUri.parse(f"sip:{NUMBER}@127.0.0.1:{port}")
        self._lines = itertools.count()

    def caller(self) -> Caller:
        """Call the number of the trunk, from a number of its own."""
        return PhoneCaller(f"+1202555{1000 + next(self._lines) % 9000}", self._to)


@asynccontextmanager
async def running(max_calls: int, *, over_sip: bool = False, cloud: bool = False) -> AsyncIterator[System]:
    """Servers and a worker of our own, with a process ready for every call.

    Args:
        over_sip: with a gateway; callers are telephones.
        cloud: the providers are those of the cloud, with stand-ins for them on this machine.

    Raises:
        LevelUnavailable: a program is missing or does not start.
    """
    async with AsyncExitStack() as stack:
        name = f"bench-{secrets.token_hex(4)}"
        options, env = await stack.enter_async_context(standing_in()) if cloud else ((), {})
        kept = stack.enter_context(TemporaryDirectory(prefix="callagent-bench-"))
        options = ("--max-calls", str(max_calls), "--database", str(Path(kept) / "records.db"), *options)
        if over_sip:
            sip = await start_stack(stack)
            await _route(sip.server, name)
            worker = await start_worker(sip.server, name, *options, env=env)
            stack.push_async_callback(worker.aclose)
            yield SipSystem(sip.sip_port, worker, sip.processes)
        else:
            server = await LiveKitServer.start()
            stack.push_async_callback(server.aclose)
            worker = await start_worker(server.connection, name, *options, env=env)
            stack.push_async_callback(worker.aclose)
            yield RoomSystem(server, worker, name)


async def _route(server: Connection, agent_name: str) -> None:
    """Make a trunk and a rule: every call gets a room of its own, with the agent in it."""
    async with open_client(server) as client:
        trunk = await client.create(api.SIPInboundTrunkInfo(name="bench", numbers=[NUMBER]))
        rule = api.SIPDispatchRuleInfo(
            name="bench",
            trunk_ids=[trunk],
            rule=api.SIPDispatchRule(dispatch_rule_individual=api.SIPDispatchRuleIndividual(room_prefix="call-")),
            room_config=api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=agent_name)]),
        )
        await client.create(rule)

"""Calls in real rooms whose providers fail, whose worker is killed, and whose server is restarted."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from callagent.concurrency import all_of
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from scripts.benchmarks.answering.process_usage import family
from scripts.benchmarks.endurance.soak import recorded
from scripts.benchmarks.endurance.talking_caller import Conversation
from scripts.benchmarks.endurance.troubled import PARTS, TROUBLES, Troubled, troubled

CALL_S: Final = 25.0
KILLED_AT_S: Final = 10.0
"""Seconds into the calls of a round at which the worker, or the server, is killed."""

RECORDS_S: Final = 60.0
"""Seconds in which the records of calls must be there that are over."""


@dataclass
class Rounds:
    """What became of the calls of all rounds.

    Args:
        faulty: those whose providers failed; killed: those in progress when something was killed.
        lost: rooms of calls that were answered and have no record.
    """

    faulty: list[Conversation] = field(default_factory=list)
    killed: list[Conversation] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)


async def chaos(calls: int, at_once: int, seed: int) -> Rounds:
    """Make so many calls whose providers fail; then kill the worker in some, and the server in others."""
    done, rng = Rounds(), random.Random(seed)
    async with troubled(at_once) as system:
        for _ in range(0, calls, at_once):
            done.faulty += await _round(system, at_once, rng)
        answered = [each.room for each in done.faulty if each.greeted is not None]
        for kill in (_kill_worker, _restart_server):
            done.killed += await _killed(system, at_once, kill)
        answered += [each.room for each in done.killed if each.greeted is not None]
        done.lost = await _without_record(system.database, set(answered))
    return done


async def _round(system: Troubled, at_once: int, rng: random.Random) -> list[Conversation]:
    part, trouble = rng.choice(PARTS), rng.choice(TROUBLES)
    talking = asyncio.create_task(_talk(system, at_once), name="calls of a round")
    await asyncio.sleep(rng.uniform(3.0, 12.0))
    system.trouble(part, trouble, spare=rng.random() < 0.2)
    kept = await talking
    system.trouble(part, None)
    return kept


async def _talk(system: Troubled, calls: int) -> list[Conversation]:
    return list(await all_of(*(system.caller().converse(CALL_S) for _ in range(calls))))


async def _killed(system: Troubled, at_once: int, kill: Callable[[Troubled], Awaitable[None]]) -> list[Conversation]:
    talking = asyncio.create_task(_talk(system, at_once), name="calls of a round")
    await asyncio.sleep(KILLED_AT_S)
    await kill(system)
    return await talking


async def _kill_worker(system: Troubled) -> None:
    """Do what a machine does that loses its power, and start another worker."""
    for pid in family(system.worker.pid):
        os.kill(pid, signal.SIGKILL)
    await asyncio.wait([system.worker.exited])
    await system.start_worker()


async def _restart_server(system: Troubled) -> None:
    """Kill livekit-server; the same one comes back."""
    for pid in family(system.server.process.pid):
        os.kill(pid, signal.SIGKILL)
    await asyncio.wait([system.server.process.exited])
    system.server = await LiveKitServer.start(again=system.server)


async def _without_record(database: Path, rooms: set[str]) -> set[str]:
    """Return the rooms whose calls have no record in the end."""
    return await asyncio.to_thread(_look_for, database, rooms)


def _look_for(database: Path, rooms: set[str]) -> set[str]:
    until = time.monotonic() + RECORDS_S
    while (lost := rooms - recorded(database)) and time.monotonic() < until:
        time.sleep(1.0)
    return lost

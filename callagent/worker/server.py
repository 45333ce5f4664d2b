"""The worker: an AgentServer that answers calls until it is told to stop."""

import asyncio
import errno
import functools
import logging
import math
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from livekit.agents import AgentServer, AssignmentTimeoutError, JobRequest

from callagent.profile import Profile, load_profile
from callagent.providers.offers import OFFERS
from callagent.worker.capacity import Capacity
from callagent.worker.config import ServerUnavailable, WorkerConfig
from callagent.worker.farewell import bid_farewell
from callagent.worker.guard import RoomGuard, agent_identity
from callagent.worker.job import answer, prepare
from callagent.worker.orphans import look_after_orphans
from callagent.worker.preflight import preflight
from callagent.worker.quiet import quieten
from callagent.worker.signals import Signals, handled_signals

READY_TIMEOUT_S = 24 * 3600.0
"""How long livekit-agents lets a process be before it is ready, in seconds: it may wait for its slot as long as calls
last. The time for the work itself is limited in the process.
"""

HANG_UP_TIMEOUT_S = 20.0
"""How long a process may take to end its call when it is told to, in seconds."""

NO_TURN_MODEL = {"LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0"}
"""livekit-agents would load its own end-of-turn model, 244 MB in every process, which no profile uses."""

LATE = ("livekit.agents.llm.async_toolset", "numpy.fft")
"""Modules that livekit-agents imports only when a call begins."""

NO_THRESHOLD = math.inf
"""`Capacity` alone refuses calls. With a threshold livekit-agents (1.8.9) counts a job twice while its process takes it
over, reports the worker full, and turns calls away without asking: livekit-server offers those to nobody else, and
their callers ring until they give up.
"""

JOB = "callagent.worker.job"

_log = logging.getLogger("callagent.worker")


async def serve(config: WorkerConfig, *, on_ready: Callable[[], None]) -> None:
    """Answers calls until SIGINT or SIGTERM; the calls in progress are finished first. Main thread only.

    Args:
        on_ready: called once the worker is registered and calls can come.

    Raises:
        WorkerError: it cannot start, or the server has been away for too long.
    """
    quieten()
    await preflight(config)
    for name, value in NO_TURN_MODEL.items():
        os.environ.setdefault(name, value)
    profile = await asyncio.to_thread(load_profile, config.profile, sets=config.sets)
    capacity, guard = Capacity(config.max_calls), RoomGuard(config)
    with TemporaryDirectory(prefix="callagent-") as sounds, handled_signals() as signals:
        config = replace(config, sounds=Path(sounds))
        server = build_server(config, capacity, guard, preload=modules_of(profile))
        server.once("worker_registered", lambda *_: on_ready())
        running = asyncio.create_task(server.run(devmode=config.dev), name="callagent.worker.run")
        watching = asyncio.create_task(guard.watch(server), name="callagent.worker.guard")
        sweeping = asyncio.create_task(look_after_orphans(config), name="callagent.worker.orphans")
        try:
            await _first(running, signals.drain)
            if not running.done():
                await _drain(config, server, signals)
        finally:
            watching.cancel()
            sweeping.cancel()
            await server.aclose()
            await asyncio.wait([watching, sweeping, running])
            await guard.aclose()
    _raise_failure(config, running)


def modules_of(profile: Profile) -> list[str]:
    """Modules that a call of the profile needs: imported once, in the process that its processes are forked from.

    Models are not loaded there: the threads that run them would not survive the fork.
    """
    chosen = [offers.get(getattr(profile.providers, part).use) for part, offers in OFFERS.items()]
    needed = [module for offer in chosen if offer for module in (*offer.packages, *offer.late)]
    return [JOB, *dict.fromkeys(needed), *LATE]


def build_server(config: WorkerConfig, capacity: Capacity, guard: RoomGuard, *, preload: list[str]) -> AgentServer:
    """The AgentServer with its entrypoint, its prewarming and its capacity set; not yet running."""
    server = AgentServer(
        ws_url=config.url,
        api_key=config.api_key,
        api_secret=config.api_secret,
        host=config.host,
        port=config.port,
        prometheus_port=config.metrics_port,
        load_fnc=lambda running: capacity.load(active_jobs(running)),
        load_threshold=NO_THRESHOLD,
        num_idle_processes=config.max_calls,
        setup_fnc=functools.partial(prepare, config),
        initialize_process_timeout=READY_TIMEOUT_S,
        shutdown_process_timeout=HANG_UP_TIMEOUT_S,
        drain_timeout=drain_seconds(config),
        preload_modules=preload,
    )

    async def on_request(request: JobRequest) -> None:
        if not capacity.admit(request.id, active_jobs(server)):
            await request.reject(terminate=False)
            guard.refused(request.room.name)
            return
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(guard.abandon, request.id, request.room.name)
            try:
                await request.accept(name="Agent", identity=agent_identity(request.id))
                guard.accepted(request.id, request.room.name)
                on_failure.pop_all()
            except AssignmentTimeoutError:
                on_failure.pop_all()
                # Another worker may have the call, or nobody: whoever is left alone is looked after.
                guard.accepted(request.id, request.room.name)
                raise
            finally:
                capacity.release(request.id)

    server.rtc_session(functools.partial(answer, config), agent_name=config.agent_name, on_request=on_request)
    return server


def active_jobs(server: AgentServer) -> frozenset[str]:
    """Ids of the jobs in progress."""
    return frozenset(running.job.id for running in server.active_jobs)


def drain_seconds(config: WorkerConfig) -> int:
    """How long a drain waits, in whole seconds as livekit-agents takes them; its 0 would mean forever."""
    return max(1, round(config.drain))


async def _drain(config: WorkerConfig, server: AgentServer, signals: Signals) -> None:
    _log.info("draining, a second signal hangs up", extra={"calls": len(server.active_jobs)})
    draining = asyncio.create_task(server.drain(drain_seconds(config)), name="callagent.worker.drain")
    try:
        await _first(draining, signals.stop)
        if draining.done() and isinstance(draining.exception(), TimeoutError):
            _log.warning("drain timed out", extra={"calls": len(server.active_jobs)})
            goodbyes = asyncio.create_task(bid_farewell(config, server), name="callagent.worker.farewell")
            try:
                await _first(goodbyes, signals.stop)
            finally:
                goodbyes.cancel()
                await asyncio.wait([goodbyes])
    finally:
        draining.cancel()
        await asyncio.wait([draining])


async def _first(task: "asyncio.Task[None]", event: asyncio.Event) -> None:
    waiting = asyncio.create_task(event.wait(), name="callagent.worker.signal")
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        await asyncio.wait([waiting])


def _raise_failure(config: WorkerConfig, running: "asyncio.Task[None]") -> None:
    error = running.exception()
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        raise ServerUnavailable(f"cannot listen on port {config.port}: {os.strerror(error.errno).lower()}") from error
    if isinstance(error, RuntimeError):
        raise ServerUnavailable(f"lost livekit-server at {config.url}: {error}") from error
    if error is not None:
        raise error

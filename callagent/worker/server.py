"""The worker: an AgentServer that answers calls until it is told to stop."""

import asyncio
import errno
import functools
import logging
import math
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import prometheus_client
from livekit.agents import AgentServer, AssignmentTimeoutError, JobRequest
from livekit.agents.telemetry import http_server

from callagent.concurrency import beside, first_done
from callagent.livekit_api import agent_identity
from callagent.livekit_api.connection import quieten
from callagent.livekit_api.errors import os_words
from callagent.profile import Profile, load_profile
from callagent.providers.registry import members_of
from callagent.worker.call.entrypoint import answer, prepare
from callagent.worker.call.lifecycle import LAST_STEPS_S
from callagent.worker.capacity import Capacity
from callagent.worker.config import ServerUnavailable, WorkerConfig, WorkerFailed
from callagent.worker.drain import drain, drain_seconds
from callagent.worker.kept_calls import delivered_recordings, delivered_records, look_at_calls
from callagent.worker.metrics.breaker_gauge import breaker_gauge
from callagent.worker.metrics.figures_channel import counting
from callagent.worker.metrics.instruments import count
from callagent.worker.preflight import preflight
from callagent.worker.presence import told_presence
from callagent.worker.process import before_fork
from callagent.worker.reload import Reloaded, SourceWatch
from callagent.worker.signals import handled_signals
from callagent.worker.watchdog.abandoned_rooms import RoomGuard
from callagent.worker.watchdog.orphans import look_after_orphans
from callagent.worker.watchdog.redispatch import redispatch_lost_calls

READY_TIMEOUT_S = 24 * 3600.0
"""How long livekit-agents lets a process be before it is ready, in seconds: it may wait for its slot as long as calls
last. The time for the work itself is limited in the process.
"""

HANG_UP_TIMEOUT_S = LAST_STEPS_S + 5.0
"""How long a process may take to end its call when it is told to, in seconds."""

NO_TURN_MODEL = {"LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0"}
"""livekit-agents would load its own end-of-turn model, 244 MB in every process. A profile that uses it
(`endpointing.by: model`) has it loaded with its other models."""

LATE = ("livekit.agents.llm.async_toolset", "numpy.fft")
"""Modules that livekit-agents imports only when a call begins."""

NO_THRESHOLD = math.inf
"""`Capacity` alone refuses calls. With a threshold livekit-agents (1.8.9) counts a job twice while its process takes it
over, reports the worker full, and turns calls away without asking: livekit-server offers those to nobody else, and
their callers ring until they give up.
"""

JOB = "callagent.worker.call.entrypoint"

BEFORE_FORK = before_fork.__name__
"""The last of the modules that are imported once: it loads what calls share."""

_tasks = prometheus_client.Gauge("callagent_worker_tasks", "Tasks of the worker's event loop; those of calls are not")

_log = logging.getLogger("callagent.worker")


async def serve(
    config: WorkerConfig, *, on_ready: Callable[[], None], on_change: Callable[[Reloaded], None] = lambda _: None
) -> None:
    """Answer calls until SIGINT or SIGTERM; the calls in progress are finished first. Main thread only.

    Args:
        on_ready: called once the worker is registered and calls can come.
        on_change: called whenever the author's files have changed, where the worker watches them.

    Raises:
        WorkerError: it cannot start, the server has been away for too long, or a part of the worker has failed.
    """
    quieten()
    await preflight(config)
    for name, value in NO_TURN_MODEL.items():
        os.environ.setdefault(name, value)
    profile = await asyncio.to_thread(load_profile, config.profile, sets=config.sets)
    os.environ[before_fork.VARIABLE] = before_fork.needs_of(profile)
    capacity, guard = Capacity(config.max_calls), RoomGuard(config)
    with handled_signals() as signals:
        async with AsyncExitStack() as closing:
            sounds = await asyncio.to_thread(TemporaryDirectory[str], prefix="callagent-")
            closing.push_async_callback(asyncio.to_thread, sounds.cleanup)
            config = await closing.enter_async_context(delivered_records(config))
            config = await closing.enter_async_context(delivered_recordings(config))
            await closing.enter_async_context(told_presence(config, capacity))
            config = replace(config, sounds=Path(sounds.name))
            watch = SourceWatch(config, Path(sounds.name), on_change) if config.reload else None
            if watch is not None:
                await watch.begin()
            server = build_server(config, capacity, guard, preload=modules_of(profile))
            server.once("worker_registered", lambda *_: on_ready())
            closing.push_async_callback(guard.aclose)
            await closing.enter_async_context(counting(Path(sounds.name), count))
            closing.enter_context(breaker_gauge(Path(sounds.name)))
            await closing.enter_async_context(metrics_endpoint(config))
            running = asyncio.create_task(server.run(devmode=config.dev), name="callagent.worker.run")
            closing.push_async_callback(asyncio.wait, [running])
            background = beside(mind(config, server, guard, watch), name="callagent.worker.background")
            minding = await closing.enter_async_context(background)
            minding.add_done_callback(_log_failure)
            closing.push_async_callback(server.aclose)
            await first_done(running, minding, signals.drain)
            if not running.done():
                capacity.draining = True
                await drain(config, server, signals)
    _raise_failure(config, running, minding)


async def mind(config: WorkerConfig, server: AgentServer, guard: RoomGuard, watch: SourceWatch | None = None) -> None:
    """Run the worker's background tasks, until it is cancelled. One that fails ends the others and this one with it."""
    async with asyncio.TaskGroup() as group:
        group.create_task(guard.watch(server), name="callagent.worker.guard")
        group.create_task(look_after_orphans(config), name="callagent.worker.orphans")
        group.create_task(redispatch_lost_calls(config), name="callagent.worker.redispatch")
        if config.keep_calls:
            group.create_task(look_at_calls(config), name="callagent.worker.after_call")
        if watch is not None:
            group.create_task(watch.run(), name="callagent.worker.reload")


def _log_failure(minding: "asyncio.Task[None]") -> None:
    if not minding.cancelled() and (error := minding.exception()) is not None:
        _log.critical("a background task has failed: the worker ends after the calls in progress", exc_info=error)


def modules_of(profile: Profile) -> list[str]:
    """Return modules that a call of the profile needs: imported once, in the
    process that its processes are forked from.

    Models with threads are not loaded there: those would not survive the fork.
    """
    chosen = [member.offer for member in members_of(profile)]
    needed = [module for offer in chosen if offer for module in (*offer.packages, *offer.late)]
    return [JOB, *dict.fromkeys(needed), *LATE, BEFORE_FORK]


@asynccontextmanager
async def metrics_endpoint(config: WorkerConfig) -> AsyncIterator[None]:
    """Answer Prometheus meanwhile. The one that AgentServer would start listens where its health endpoint does.

    Raises:
        ServerUnavailable: it cannot listen.
    """
    if config.metrics_port is None:
        yield
        return
    server = http_server.HttpServer(config.metrics_host, config.metrics_port)
    _tasks.set_function(functools.partial(_count_tasks, asyncio.get_running_loop()))
    try:
        await server.start()
    except OSError as error:
        await server.aclose()
        raise ServerUnavailable(f"cannot listen on port {config.metrics_port}: {os_words(error)}") from error
    try:
        yield
    finally:
        await server.aclose()


def _count_tasks(loop: asyncio.AbstractEventLoop) -> int:
    return len(asyncio.all_tasks(loop))


def build_server(config: WorkerConfig, capacity: Capacity, guard: RoomGuard, *, preload: list[str]) -> AgentServer:
    """Return the AgentServer with its entrypoint, its prewarming and its capacity set; not yet running."""
    server = AgentServer(
        ws_url=config.url,
        api_key=config.api_key,
        api_secret=config.api_secret,
        host=config.host,
        port=config.port,
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
            on_failure.callback(guard.abandon, request.id, request.room.name)
            try:
                await request.accept(name="Agent", identity=agent_identity(request.id))
                guard.accepted(request.id, request.room.name)
                on_failure.pop_all()
            except AssignmentTimeoutError:
                on_failure.pop_all()
                # Another worker may have the call, or nobody: whoever is left alone is looked after.
                guard.unassigned(request.id, request.room.name)
                raise
            finally:
                capacity.release(request.id)

    server.rtc_session(functools.partial(answer, config), agent_name=config.agent_name, on_request=on_request)
    return server


def active_jobs(server: AgentServer) -> frozenset[str]:
    """Return ids of the jobs in progress."""
    return frozenset(running.job.id for running in server.active_jobs)


def _raise_failure(config: WorkerConfig, running: "asyncio.Task[None]", minding: "asyncio.Task[None]") -> None:
    error = running.exception()
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        raise ServerUnavailable(f"cannot listen on port {config.port}: {os.strerror(error.errno).lower()}") from error
    if isinstance(error, RuntimeError):
        raise ServerUnavailable(f"lost livekit-server at {config.url}: {error}") from error
    if error is not None:
        raise error
    if not minding.cancelled() and (failure := minding.exception()) is not None:
        raise WorkerFailed("a background task of the worker has failed, see the log") from failure

"""The job of one call: what each process of the worker loads, and how it answers.

`prepare` and `answer` are module-level functions, because livekit-agents pickles them for its processes.
"""

import asyncio
import functools
import logging
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack

from livekit import rtc
from livekit.agents import JobContext, JobProcess
from livekit.agents.utils import wait_for_participant

from callagent.agent import AssembledCall, Ending, assemble
from callagent.agent.dtmf.keys import KEYS
from callagent.agent.operator.operator_desk import OperatorDesk
from callagent.agent.operator.taken_over import TakenOver
from callagent.concurrency import BackgroundTasks
from callagent.journal.observer import SessionObserver
from callagent.journal.outages.outage_log import OutageLog
from callagent.journal.state_watch import StateWatch
from callagent.livekit_api.connection import quieten
from callagent.profile import Profile
from callagent.providers import make_ahead
from callagent.providers.amd import kind_of
from callagent.providers.fallback_chain import share_breakers
from callagent.telephony import CallContext, read_context
from callagent.telephony.outbound import InvalidOrder, read_order
from callagent.worker.call.background_track import BackgroundTrack
from callagent.worker.call.call_recorder import record_call
from callagent.worker.call.console_orders import ConsoleOrders, OperatorLog
from callagent.worker.call.lifecycle import CallLife
from callagent.worker.call.profile_selection import choose, provided
from callagent.worker.call.room_events import RoomEvents
from callagent.worker.call.room_io import CALLER_KINDS, start
from callagent.worker.call.tracing import CallTrace, flush_at_exit, start_tracing, wanted
from callagent.worker.config import WorkerConfig
from callagent.worker.drain import on_farewell
from callagent.worker.outbound.outbound_job import Change, as_it_is, as_told, call_out
from callagent.worker.process.profile_cache import Shelf
from callagent.worker.process.prompt_cache import greeting, let_greet, rehearse
from callagent.worker.process.shared_sources import renew, take_latest
from callagent.worker.process.slots import at_most, wait_for_slot
from callagent.worker.transfer.room_call_control import RoomControl
from callagent.worker.watchdog.blocked_loop import watching_loop

PREPARE_TIMEOUT_S = 120.0
"""How long a process may take to load its models, in seconds; several load at once on a small machine."""

SPARE_PROCESSES = 1
"""Processes ready besides those that calls may take: the next call is answered at once when one has just ended."""

CALLER_TIMEOUT_S = 30.0
"""How long an answered dispatch waits for somebody to talk to."""

VARIABLES = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")

_log = logging.getLogger("callagent.worker")


def prepare(config: WorkerConfig, process: JobProcess) -> None:
    """Load the profiles and their models, before the process is offered a call."""
    quieten()
    wait_for_slot(config.sounds, config.max_calls + SPARE_PROCESSES)
    let_greet(config.sounds)
    with at_most(PREPARE_TIMEOUT_S):
        take_latest(config.sounds)
        share_breakers(config.sounds)
        shelf = Shelf(config)
        process.userdata["shelf"] = shelf
        asyncio.run(rehearse(shelf.default.profile))
        kind_of("")  # half a second of compiling, which no call should wait for
        for profile in shelf.profiles:
            make_ahead(profile)
    if wanted(config.otlp):
        flush_at_exit(start_tracing(config.otlp))
    for name, value in zip(VARIABLES, (config.url, config.api_key, config.api_secret), strict=True):
        os.environ[name] = value  # what livekit's own warm transfer reaches the server with


async def answer(config: WorkerConfig, ctx: JobContext) -> None:
    """Answer one call. Never raises: a failure is logged and recorded, and the caller is hung up on."""
    life = CallLife(config, ctx)
    if wanted(config.otlp):
        call_trace = CallTrace(start_tracing(config.otlp), life.record.clock)
        life.record.log.listen(call_trace.put)
        ctx.add_shutdown_callback(call_trace.flush)
    try:
        await _answer(config, ctx, life)
    except (Exception, SystemExit) as error:  # a tool's module may want to end the process
        _log.exception("call failed", extra={"room": ctx.job.room.name})
        life.end("job failed", f"{type(error).__name__}: {error}")


async def _answer(config: WorkerConfig, ctx: JobContext, life: CallLife) -> None:
    greeting(config.sounds)
    if config.reload:
        await renew(config, ctx.proc)
    await ctx.connect()
    try:
        order = read_order(ctx.job.metadata)
    except InvalidOrder as error:
        life.end("job failed", f"the dispatch asks for a call that cannot be made: {error}")
        return
    if order is not None:
        await call_out(config, ctx, life, order, functools.partial(_begin, config, ctx, life))
        return
    try:
        async with asyncio.timeout(CALLER_TIMEOUT_S):
            caller = await ctx.wait_for_participant(kind=CALLER_KINDS)
    except TimeoutError:
        life.end("no caller came")
        return
    life.watch(caller)
    shelf: Shelf = ctx.proc.userdata["shelf"]
    context = read_context(
        caller.attributes,
        ctx.job.metadata,
        identity=caller.identity,
        own_numbers=shelf.own_numbers,
        home=config.routes.home,
        is_phone=caller.kind == rtc.ParticipantKind.PARTICIPANT_KIND_SIP,
    )
    call, _ = await _begin(config, ctx, life, context)
    call.begin()
    life.record.answer()
    _log.info("call answered", extra={"room": ctx.room.name, "profile": life.record.profile})


async def _begin(
    config: WorkerConfig, ctx: JobContext, life: CallLife, context: CallContext, change: Change = as_it_is
) -> tuple[AssembledCall, Profile]:
    """Start the session of a call with the participant of the context; give its profile as before the change."""
    life.about(context)
    chosen = await asyncio.to_thread(choose, config, ctx.proc.userdata["shelf"], context)
    chosen, providers = provided(chosen)
    profile, brief = chosen.profile, chosen.brief
    life.record.log.redact(profile.privacy.redaction(profile.language))
    life.record.redact, life.record.language = profile.privacy.redact, profile.language
    life.record.after_call = profile.after_call.is_wanted
    life.record.destinations = tuple(profile.transfer.destinations)
    life.begins(profile.name, brief.source, chosen.profile_hash)
    if config.dev:
        events = RoomEvents(ctx.room, life.record)
        life.before_hang_up(events.aclose)
    for problem in brief.problems:
        life.record.note(problem)
    track = BackgroundTrack(ctx.room)
    life.before_hang_up(track.aclose)
    control = RoomControl(config, ctx, context, profile, life.record, handed_over=life.hand_over, track=track)
    call = assemble(
        change(profile),
        providers,
        clock=life.record.clock,
        gate=brief.gate,
        control=control,
        sounds=chosen.sounds,
        player=track,
        mocks=brief.mocks,
        context=as_told(context),
        recorder=life.record,
        stand_by=context.direction == "outbound",
    )
    control.attach(call.session)
    if brief.watched:
        _watch_state(call, life, brief.watched)
    observer = SessionObserver(call.session, call.gate, life.record.log, life.record.clock, call.name_of)
    call.keypad.watch(observer.key_pressed)
    call.background.watch(observer.sound_changed)
    call.call.compliance.watch(observer)
    call.outages.watchers.watch(OutageLog(life.record.log))
    _watch_loop(call, life)
    _take_orders(config, ctx.room, call, life)
    if call.gate is not None and life.keeps:
        call.gate.on_event(life.keep)
    inbound = context.direction == "inbound"
    recording = record_call(config, call, life.record, profile.recording, at_once=inbound)
    call.session.on("close", lambda event: life.session_closed(event, call.flow.ending, left=call.call.left))
    life.after_hang_up(call.hooks.end)
    if recording is not None:
        life.after_hang_up(recording.whole)
    ctx.room.on("sip_dtmf_received", functools.partial(_key_received, call, context.identity))
    closing = profile.phrases.closing
    on_farewell(ctx.room, lambda: call.flow.finish(closing, Ending("worker stopped")))
    if inbound:
        call.hooks.begin()
    await start(call, ctx.room, profile, context.identity, dev=config.dev)
    observer.follow_playout(call.session)
    return call, profile


def _watch_loop(call: AssembledCall, life: CallLife) -> None:
    """Notice that something blocks the event loop, until the end of the call."""
    watching = AsyncExitStack()
    watching.enter_context(watching_loop(call.outages.loop_blocked))
    life.before_hang_up(watching.aclose)


def _take_orders(config: WorkerConfig, room: rtc.Room, call: AssembledCall, life: CallLife) -> None:
    """Have the call do what somebody at the console asks of it, until its end."""
    taken_over = TakenOver(call.call, call.away, lambda identity: wait_for_participant(room, identity=identity))
    desk = OperatorDesk(call.call, call.flow, OperatorLog(life.record.log), taken_over)
    life.before_hang_up(desk.aclose)
    ConsoleOrders(config.api_secret, life.record, desk).listen(room)


def _watch_state(call: AssembledCall, life: CallLife, paths: Sequence[str]) -> None:
    """Log what a scripted call looks at in the author's state, until the end of the call."""
    watch = StateWatch(lambda: call.call.state, paths, life.record.log)
    watching = BackgroundTasks(_log, "the state of a call could not be watched")
    watching.start(watch.run(), name="callagent.worker.state")
    call.session.on("close", lambda _: watch.look())
    life.before_hang_up(watching.aclose)


def _key_received(call: AssembledCall, caller: str, event: rtc.SipDTMF) -> None:
    """Keys of somebody else, whom the call may go to, are nothing to the agent, and neither is what is not one key."""
    if event.participant is not None and event.participant.identity != caller:
        return
    if event.digit.upper() in KEYS:
        call.keypad.press(event.digit)
    else:
        _log.info("what was keyed in is no key", extra={"code": event.code})

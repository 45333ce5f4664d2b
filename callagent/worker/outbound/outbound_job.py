"""The job of an outbound call: the session stands ready, then the number is called, then somebody or something answers.

The session starts before the call, so that nothing of the first words is lost while models load; the agent keeps silent
until it is settled that somebody listens.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from livekit.agents import AgentStateChangedEvent, JobContext
from livekit.agents.utils.participant import wait_for_participant, wait_for_participant_attribute

from callagent.agent import AssembledCall, make_agent
from callagent.agent.untrusted_text import facts
from callagent.concurrency import BackgroundTasks, beside, first_done, supervised, wait_for_end
from callagent.journal import Ringing, Unanswered
from callagent.journal.endings import WORDS, words_of
from callagent.livekit_api import open_client
from callagent.profile import Profile, as_text
from callagent.telephony import CallContext, read_context
from callagent.telephony.context import without_reserved
from callagent.telephony.outbound import CALLEE, CallFailed, DialOrder, Failure, Report, place_call
from callagent.telephony.outbound.call_request import KEY
from callagent.worker.call.lifecycle import CallLife
from callagent.worker.config import WorkerConfig
from callagent.worker.outbound.amd import Answering, Verdict
from callagent.worker.outbound.permit import permit
from callagent.worker.outbound.progress import Telling
from callagent.worker.outbound.voicemail import Mailbox, leave_message

JOINED_TIMEOUT_S = 5.0
"""How long the telephone may take to appear in the room, ringing or answered, in seconds."""

SETTLED_S = 2.0
"""How long LiveKit may take to say what became of a call once the callee has left the room, in seconds."""

AWAKE_S = 1.0
"""How often the session is told that silence means nothing while it rings, in seconds."""

CUT_SHORT = "hung up during the message"

META_HEADING = "About this call:"

Change = Callable[[Profile], Profile]
Start = Callable[[CallContext, Change], Awaitable[tuple[AssembledCall, Profile]]]
"""Starts the session of the call in the room; gives it with its profile as it was before the change."""

_log = logging.getLogger("callagent.worker")


async def call_out(config: WorkerConfig, ctx: JobContext, life: CallLife, order: DialOrder, start: Start) -> None:
    """Make the call. Return once the agent may talk, or once it is settled that it will not."""
    life.record.attempt = order.attempt
    outbound = Outbound(config, ctx, life, order)
    life.before_hang_up(outbound.farewell)
    await outbound.run(start)


class Outbound:
    """One outbound call."""

    def __init__(self, config: WorkerConfig, ctx: JobContext, life: CallLife, order: DialOrder) -> None:
        self._config, self._ctx, self._life, self._order = config, ctx, life, order
        self._telling = Telling(config, ctx.room, order)
        self._failure: Failure | None = None
        self._verdict: Verdict | None = None
        self._given_up = ""
        self._mailbox = Mailbox()
        self._placing: asyncio.Task[None] | None = None
        self._speaking = BackgroundTasks(_log, "it was not told that the agent speaks")
        self._spoke = False

    async def run(self, start: Start) -> None:
        """Go from the dispatch to the agent's first words. End early when the session is closed meanwhile."""
        await self._telling.stage("dispatched")
        context = outbound_context(self._order, self._ctx.job.metadata)
        call, profile = await start(context, lambda profile: hushed(profile, self._order))
        closed = asyncio.Event()
        call.session.on("close", lambda _: closed.set())
        call.session.on("agent_state_changed", self._state_changed)
        try:
            async with (
                beside(self._place(profile), name="callagent.worker.place") as self._placing,
                beside(self._call(call, profile, self._placing), name="callagent.worker.calling") as calling,
            ):
                await first_done(calling, closed)
                await self._settled()
        finally:
            await self._mailbox.aclose()
        if self._failure is not None:
            self._life.end(*_ending(self._failure))
        with suppress(CallFailed):
            await wait_for_end(calling, self._placing)

    async def farewell(self) -> None:
        """Tell how the call came out, while the room is still there."""
        await self._settled()
        if self._failure is not None:
            self._life.record.happened(*_ending(self._failure))
        await self._speaking.aclose()
        await self._telling.end(self.report(), answered=self._life.record.answered)

    async def _settled(self) -> None:
        """Wait a moment for LiveKit's word: a callee who is busy has left the room before it says that they were."""
        if self._placing is not None and not self._placing.done():
            await asyncio.wait([self._placing], timeout=SETTLED_S)

    def report(self) -> Report:
        """Tell how the call came out."""
        record = self._life.record
        machine = self._verdict.machine if self._verdict else ""
        if self._failure is not None:
            return Report("ended", self._failure.outcome, self._failure.detail, self._failure.sip_status)
        if self._given_up:
            return Report("ended", "machine", self._given_up, machine=machine)
        if record.answered is not None:
            return Report("ended", "answered", record.reason or "", machine=machine)
        words = words_of(record.state)
        if record.state == "error":
            return Report("ended", WORDS["error"].attempt, record.error or "the agent failed")
        return Report("ended", words.attempt if words else "cancelled", record.reason or "")

    async def _call(self, call: AssembledCall, profile: Profile, placing: "asyncio.Task[None]") -> None:
        async with (
            beside(self._joined(), name="callagent.worker.joining") as joining,
            supervised(_keep_awake(call), name="callagent.worker.awake"),
        ):
            await first_done(placing, joining)
            machines = self._order.machines.in_words(call.call.texts.spoken)

            def waiting(verdict: Verdict) -> None:
                call.call.disclosures.nobody_listens_yet()
                self._kept_waiting(verdict)

            answering = Answering(call.session, profile, machines, identity=CALLEE, waiting=waiting)
            verdict = await answering.verdict(self._answered(call, placing, joining))
        await answering.carry_out(verdict, partial(self._act, call, profile))

    def _kept_waiting(self, verdict: Verdict) -> None:
        """Wait behind a screener or on hold; return what has happened if the call is over before the person comes."""
        self._verdict, self._given_up = verdict, f"nobody came: {verdict.heard}"

    async def _place(self, profile: Profile) -> None:
        async with open_client(self._config) as server:
            try:
                self._order = await permit(self._config, server, self._order, profile, self._ctx.room.name)
                self._telling.order = self._order
                await place_call(server, self._order, self._ctx.room.name)
            except CallFailed as failed:
                self._failure = failed.failure
                raise
        self._life.record.answer()
        _log.info("call answered", extra={"room": self._ctx.room.name, "attempt": self._order.attempt})

    async def _joined(self) -> None:
        await wait_for_participant(self._ctx.room, identity=CALLEE)
        record = self._life.record
        if record.answered is None:
            record.log.add(Ringing(record.clock.now()))

    async def _answered(
        self, call: AssembledCall, placing: "asyncio.Task[None]", joining: "asyncio.Task[None]"
    ) -> None:
        """Wait until the callee can be heard. Raise CallFailed when it will not come to that."""
        await placing
        call.hooks.begin()
        call.begin()
        try:
            async with asyncio.timeout(JOINED_TIMEOUT_S):
                await joining
                callee = self._ctx.room.remote_participants[CALLEE]
                self._life.watch(callee)
                await wait_for_participant_attribute(
                    self._ctx.room, identity=CALLEE, attribute="sip.callStatus", value="active"
                )
                self._mailbox.listen(callee)
        except (TimeoutError, KeyError, RuntimeError) as error:
            self._life.record.note(f"answered, but not connected: {type(error).__name__}: {error}")
        await self._telling.stage("answered")

    async def _act(self, call: AssembledCall, profile: Profile, verdict: Verdict) -> None:
        self._verdict, self._given_up = verdict, ""
        if verdict.machine:
            self._life.record.note(f"a machine has answered: {verdict.machine}")
        match verdict.action:
            case "talk":
                greet(call, profile, facts(META_HEADING, self._order.meta))
            case "navigate" | "introduce" | "wait":
                pass  # the session does the first; the others are over
            case "leave message":
                self._given_up = CUT_SHORT  # what has happened if the call is over before the message is
                machines = self._order.machines.in_words(call.call.texts.spoken)
                left = await leave_message(
                    call.session, machines, self._mailbox, first=partial(call.call.disclose, profile, voicemail=True)
                )
                self._give_up("a message was left" if left else CUT_SHORT)
            case "hang up":
                self._give_up(f"hung up on: {verdict.heard}" if verdict.heard else "hung up")

    def _give_up(self, detail: str) -> None:
        self._given_up = detail
        self._life.end("machine answered")

    def _state_changed(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking" and not self._spoke:
            self._spoke = True
            self._speaking.start(self._telling.stage("speaking"), name="callagent.worker.speaking")


def _ending(failure: Failure) -> tuple[Unanswered, str]:
    """Return what a failure is for the call, and the error to record."""
    return failure.outcome, f"{failure.outcome}: {failure.detail}"


def outbound_context(order: DialOrder, metadata: str) -> CallContext:
    """Return the context of the call before anybody has answered. What the agent is
    told sets nothing that LiveKit sets.
    """
    problems: list[str] = []
    told = {"sip.phoneNumber": order.to, "sip.trunkPhoneNumber": order.caller_id, "sip.trunkID": order.trunk}
    context = read_context(without_reserved(order.meta, problems) | told, metadata, identity=CALLEE)
    return replace(context, problems=(*problems, *context.problems))


def as_told(context: CallContext) -> CallContext:
    """Return the context as the author of an agent has it: what an outbound call is about stands in its metadata, and
    the order that the job goes by does not.
    """
    order = context.metadata.get(KEY)
    if not isinstance(order, Mapping):
        return context
    about = order.get("meta")
    rest = {name: value for name, value in context.metadata.items() if name != KEY}
    return replace(context, metadata=MappingProxyType({**(about if isinstance(about, Mapping) else {}), **rest}))


def hushed(profile: Profile, order: DialOrder) -> Profile:
    """Return the profile for a session that stands ready: it says nothing by itself
    yet, and knows what the call is about.
    """
    told = as_text(facts(META_HEADING, order.meta))  # no template, whatever braces a list has in it
    about = f"{profile.instructions}\n\n{told}".strip() if order.meta else profile.instructions
    return silenced(profile).model_copy(update={"instructions": about})


def silenced(profile: Profile) -> Profile:
    """Return the profile without what the agent says first, for a session that stands by."""
    flow = profile.flow.model_copy(update={"notice": ""})
    compliance = profile.compliance.model_copy(update={"disclosures": {}})
    return profile.model_copy(update={"greeting": "", "flow": flow, "compliance": compliance})


def greet(call: AssembledCall, profile: Profile, about: str = "") -> None:
    """Have the agent say what the profile begins with, or an agent of its author's begin.

    Args:
        about: what the call is about, which the instructions of the profile's own agents say already.
    """
    call.call.profile, call.call.about = profile, about
    if profile.agent is None and profile.start is None:
        call.call.greet()
    else:
        call.session.update_agent(make_agent(profile, call.call))


def as_it_is(profile: Profile) -> Profile:
    """Return no change."""
    return profile


async def _keep_awake(call: AssembledCall) -> None:
    """While it rings, nobody is expected to say anything."""
    while True:
        await asyncio.sleep(AWAKE_S)
        call.session.reset_away_timer()

"""An agent session in this process, on a line of a level's own, observed into a log."""

import asyncio
import logging
from contextlib import ExitStack

from livekit.agents import CloseEvent
from livekit.agents.voice import io
from livekit.agents.voice.transcription import TranscriptSynchronizer

from callagent.agent import AssembledCall, Sounds, assemble
from callagent.audio import CallClock, SoundPlayer
from callagent.concurrency import BackgroundTasks, cancel_and_wait
from callagent.journal import CallEnded, ObservationLog
from callagent.journal.call_record import CallRecord
from callagent.journal.endings import after, words_of
from callagent.journal.observer import SessionObserver, SpokenWords, closing
from callagent.journal.outages.outage_log import OutageLog
from callagent.journal.state_watch import StateWatch
from callagent.providers import Providers
from callagent.scripted_calls.levels.fake_call_control import KEY_S, NotedControl
from callagent.scripted_calls.run.faults.faulty_providers import with_faults
from callagent.scripted_calls.run.faults.schedule import around_tools, without_tracebacks
from callagent.scripted_calls.run.outbound_answer import Answered
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.worker.outbound.outbound_job import silenced

_log = logging.getLogger("callagent.scripted_calls")


class SessionInProcess:
    """The agent's side of a call at the levels text and audio.

    Args:
        plan: the call.
        providers: what the session listens, thinks and speaks with.
        clock: the clock of the call.
        log: takes the observations of the session and the gate.
        player: plays background sounds on the line; without one they are only noted.
        sounds: phrases that were made ahead, as a worker does; scripts go without, so that their faults are heard.
    """

    def __init__(
        self,
        plan: CallPlan,
        providers: Providers,
        clock: CallClock,
        log: ObservationLog,
        player: SoundPlayer | None = None,
        sounds: Sounds | None = None,
    ) -> None:
        log.redact(plan.profile.privacy.redaction(plan.profile.language))
        faults = plan.script.agent.faults
        called = plan.script.called
        self._detected = called is not None and called.detected
        self._record = CallRecord(plan.script.call, "", plan.profile.name, context=plan.context.as_dict())
        self._record.clock, self._record.log, self._record.started = clock, log, clock.wall(0.0)
        self._call: AssembledCall = assemble(
            silenced(plan.profile) if self._detected else plan.profile,
            with_faults(providers, faults),
            clock=clock,
            gate=plan.gate,
            control=NotedControl(log, faults.transfer),
            around_tool=around_tools(faults.tool),
            player=player,
            sounds=sounds,
            mocks=plan.script.agent.mock,
            context=plan.context,
            recorder=self._record,
            stand_by=self._detected,
        )
        self._tasks = BackgroundTasks(_log, "what is done after a call broke")
        self._profile, self._log, self._clock = plan.profile, log, clock
        self._answered: Answered | None = None
        observer = SessionObserver(self._call.session, self._call.gate, log, clock, self._call.name_of)
        self._call.background.watch(observer.sound_changed)
        self._call.call.compliance.watch(observer)
        self._call.outages.watchers.watch(OutageLog(log))
        self._call.session.on("close", self._closed)
        if self._call.gate is not None:
            self._call.gate.on_event(lambda event: log.gate_events.append(log.kept(event)))
        self._state = StateWatch(lambda: self._call.call.state, plan.script.watched, log)
        self._watching: asyncio.Task[None] | None = None
        self._words = SpokenWords(log)
        self._synchronizer: TranscriptSynchronizer | None = None
        self._closing = asyncio.Lock()
        self._quiet = ExitStack()
        if faults:
            self._quiet.enter_context(without_tracebacks())

    @property
    def call(self) -> AssembledCall:
        """The session, its agent and its gate."""
        return self._call

    async def start(self, audio_input: io.AudioInput, audio_output: io.AudioOutput) -> None:
        """Connect the session to the line; the agent greets the caller."""
        session = self._call.session
        self._synchronizer = TranscriptSynchronizer(next_in_chain_audio=audio_output, next_in_chain_text=self._words)
        session.input.audio = audio_input
        session.output.audio = self._synchronizer.audio_output
        session.output.transcription = self._synchronizer.text_output
        self._call.hooks.begin()
        await self._call.start(record=False)
        self._call.begin()
        self._watching = asyncio.create_task(self._state.run(), name="callagent.scripted_calls.state")
        if self._detected:
            self._answered = Answered(self._call, self._profile, self._log)
            self._answered.begin()

    async def press_keys(self, digits: str) -> None:
        """Press keys as the caller, one after the other."""
        for digit in digits:
            await asyncio.sleep(KEY_S)
            self._call.keypad.press(digit)

    async def aclose(self) -> None:
        """End the session, in mid-sentence if need be; idempotent."""
        async with self._closing:
            if self._answered is not None:
                await self._answered.aclose()
            await self._call.session.aclose()
            if self._watching is not None:
                await cancel_and_wait(self._watching)
                self._state.look()
            await self._call.hooks.end()
            if self._synchronizer is not None:
                await self._synchronizer.aclose()
                self._synchronizer = None
            self._quiet.close()

    def _closed(self, event: CloseEvent) -> None:
        """End the call, unless the agent has left the caller alone on the line; the end of that is the caller's."""
        self._state.look()
        at = self._clock.of(event.created_at)
        self._record.happened("agent left" if self._call.call.left else closing(event))
        if not self._call.call.left:
            words = words_of(after("open", closing(event)))
            assert words is not None, "every way of closing a session ends its call"
            self._log.add(CallEnded(at, words.script))
            if (ended := self._log.ended) is not None:
                self._record.state = ended.reason  # the caller may have hung up first
        self._tasks.start(self._call.hooks.end(), name="callagent.scripted_calls.ended")

"""The gate on a livekit `AgentSession`: the one place that feeds it events and carries its decisions out.

Only public hooks are used: session events, a recogniser and a text output that pass through the gate (see
`callagent.agent.models`), `turn_handling` options and `session.interrupt()`. The VAD, the STT and the endpointing stay
the ones that the user chose.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    AgentTask,
    CloseEvent,
    ConversationItemAddedEvent,
    SpeechCreatedEvent,
    UserStateChangedEvent,
    stt,
)
from livekit.agents.llm import ChatMessage

from callagent.concurrency import beside
from callagent.turns.config import Clock, GateConfig
from callagent.turns.gate.decisions import (
    CancelTimer,
    Decision,
    Deliver,
    Drop,
    Hold,
    Interrupt,
    Journal,
    Pass,
    Resume,
    SetTimer,
)
from callagent.turns.gate.events import (
    AgentActivity,
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    Impression,
    TimerFired,
    Transcript,
)
from callagent.turns.gate.machine import Gate
from callagent.turns.gate.overlap_record import OverlapRecord
from callagent.turns.gate.resumption import unsaid
from callagent.turns.gate.step_log import log_step
from callagent.turns.hearing.echo_gate import Ear
from callagent.turns.held_events import HeldEvents
from callagent.turns.observers import GateObservers
from callagent.turns.speech_queue import SpeechQueue

_WORDS = frozenset(
    {
        stt.SpeechEventType.INTERIM_TRANSCRIPT,
        stt.SpeechEventType.PREFLIGHT_TRANSCRIPT,
        stt.SpeechEventType.FINAL_TRANSCRIPT,
    }
)


class GateBinding(GateObservers[rtc.AudioFrame]):
    """One call's gate, bound to its session.

    Events are stamped with `clock`. Observers are called with every event before the gate gets it, with every decision
    as it is carried out, and with the record of each overlap when it is over.
    """

    def __init__(self, config: GateConfig, *, clock: Clock) -> None:
        super().__init__()
        self.gate = Gate(config)
        self.journal: list[OverlapRecord] = []
        self._clock = clock
        self._session: AgentSession[Any] | None = None
        self._held: HeldEvents[stt.SpeechEvent] = HeldEvents()
        self._ear = Ear()
        self._text = ""
        self._cut_text = ""
        self._said = ""
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._activity: AgentActivity = "initializing"
        self._state: AgentState | None = None
        self._speeches = SpeechQueue(self._refresh_state)
        self._on_hold = False
        self._interim = False

    def attach(self, session: AgentSession[Any]) -> None:
        """Listen to `session` from now on; it must have been made with `gated_turn_handling` (callagent.agent)."""
        self._session = session
        session.on("agent_state_changed", self._agent_state_changed)
        session.on("speech_created", self._speech_created)
        session.on("user_state_changed", self._user_state_changed)
        session.on("conversation_item_added", self._item_added)
        session.on("close", self._closed)

    def _agent_state_changed(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "listening":
            self._cut_text, self._text = self._text, ""
        self._ear.agent_sounds = event.new_state == "speaking"
        self._activity = event.new_state
        self._state = self._state_at(self._clock.of(event.created_at))
        self._feed(self._state)

    def _speech_created(self, event: SpeechCreatedEvent) -> None:
        if self._session is not None:
            self._speeches.add(event.speech_handle, self._session.current_agent)

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        now = self._clock.now()
        then = min(now, self._clock.of(event.created_at))
        self._ear.caller_speaks = event.new_state == "speaking"
        if event.new_state == "speaking":
            self._feed(CallerStarted(now, then))
        elif event.old_state == "speaking":
            self._feed(CallerStopped(now, then))

    def _closed(self, _: CloseEvent) -> None:
        for decision in self.gate.close(self._clock.now()):
            self._carry_out(decision)

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role == "assistant":
            self._said = (item.text_content or "") if item.interrupted else ""

    @property
    def words_to_come(self) -> bool:
        """The recogniser has reported words of which the final transcript is still to come."""
        return self._interim

    @contextmanager
    def on_hold(self) -> Iterator[None]:
        """While inside, the agent waits for the caller: whatever they say is a turn, though a tool is running."""
        self._on_hold = True
        self._refresh_state()
        try:
            yield
        finally:
            self._on_hold = False
            self._refresh_state()

    def agent_text(self, text: str) -> None:
        """Note a piece of text that the agent is about to say."""
        self._text += text
        self._feed(AgentText(self._clock.now(), text))

    def hear(self, frame: rtc.AudioFrame) -> rtc.AudioFrame:
        """Return the caller's audio for the recogniser, silence where it is the agent's echo; the gate is told when
        the line gets loud or quiet.
        """
        caller, change = self._ear.hear(np.frombuffer(frame.data, np.int16), frame.duration)
        if change is not None:
            self._feed(CallerAudible(self._clock.now()) if change else CallerHushed(self._clock.now()))
        heard = frame if caller else _silence_of(frame)
        for callback in self._on_audio:
            callback(heard)
        return heard

    def end_turn(self, *, answered: bool) -> None:
        """Tell everybody that the caller's turn is ended by hand. What the session has not learned of yet goes with one
        that is not answered.
        """
        if not answered:
            self._held.clear()
            self._interim = False
        for callback in self._on_turn_ended:
            callback(answered)

    def lead_to(self, outlet: Callable[[stt.SpeechEvent], bool]) -> None:
        """Send what the session may know of to `outlet` from now on; it answers False when it takes nothing any more.

        Another recogniser has begun: nothing more is expected of the one before.
        """
        self._interim = False
        self._held.lead_to(outlet)

    def take(self, event: stt.SpeechEvent) -> None:
        """Take what the recogniser reports; as far as the session may know of it, and when, it goes to the outlet."""
        if event.type not in _WORDS or not event.alternatives:
            self._held.send(event)
            return
        best = event.alternatives[0]
        final = event.type is stt.SpeechEventType.FINAL_TRANSCRIPT
        self._interim = not final and bool(best.text.strip())
        key = self._held.hold(event)
        impression = Impression.of_metadata(best.metadata)
        self._feed(Transcript(self._clock.now(), key, best.text, final, best.confidence or None, impression))

    async def listen(self, audio: AsyncIterable[rtc.AudioFrame]) -> AsyncGenerator[rtc.AudioFrame, None]:
        """Yield the caller's audio on its way to a recogniser, as `hear` returns it."""
        async for frame in audio:
            yield self.hear(frame)

    async def filter(self, events: AsyncIterable[stt.SpeechEvent | str]) -> AsyncGenerator[stt.SpeechEvent, None]:
        """Yield what the session may know of a recogniser's `events`, and when. Raise the recogniser's errors."""
        passed: asyncio.Queue[stt.SpeechEvent | None] = asyncio.Queue()

        def outlet(event: stt.SpeechEvent) -> bool:
            passed.put_nowait(event)
            return True

        self.lead_to(outlet)
        async with beside(self._pump(events, passed), name="callagent.turns.pump") as pump:
            while (event := await passed.get()) is not None:
                yield event
            await pump

    async def _pump(
        self, events: AsyncIterable[stt.SpeechEvent | str], passed: asyncio.Queue[stt.SpeechEvent | None]
    ) -> None:
        try:
            async for event in events:
                if isinstance(event, stt.SpeechEvent):
                    self.take(event)
        finally:
            passed.put_nowait(None)

    def _feed(self, event: Event) -> None:
        if not isinstance(event, AgentState):
            self._refresh_state()
        for callback in self._on_event:
            callback(event)
        for decision in self.gate.feed(event):
            self._carry_out(decision)

    def _carry_out(self, decision: Decision) -> None:
        log_step(decision, self._text_of)
        match decision:
            case Interrupt():
                if self._session is not None:
                    self._session.interrupt()
            case Deliver(keys=keys) | Pass(keys=keys):
                self._held.let_go(keys)
            case Drop(keys=keys):
                self._held.drop(keys)
            case Hold():
                pass
            case Resume():
                self._resume()
            case SetTimer():
                self._set_timer(decision)
            case CancelTimer(timer=timer):
                if (handle := self._timers.pop(timer, None)) is not None:
                    handle.cancel()
            case Journal(record=record):
                self._journal(record)
            case _:
                raise TypeError(f"the gate made a decision that the binding does not know: {decision!r}")
        for callback in self._on_decision:
            callback(decision)

    def _resume(self) -> None:
        rest = unsaid(self._cut_text, self._said)
        if rest and self._session is not None:
            self._session.say(rest)

    def _set_timer(self, decision: SetTimer) -> None:
        def fire() -> None:
            self._timers.pop(decision.timer, None)
            self._feed(TimerFired(max(self._clock.now(), decision.due), decision.timer))

        loop = asyncio.get_running_loop()
        self._timers[decision.timer] = loop.call_later(max(0.0, decision.due - self._clock.now()), fire)

    def _journal(self, record: OverlapRecord) -> None:
        self.journal.append(record)
        for callback in self._on_record:
            callback(record)

    def _text_of(self, key: int) -> str:
        held = self._held.get(key)
        return held.alternatives[0].text if held else ""

    def _state_at(self, at: float) -> AgentState:
        current, task = None, None
        if self._session is not None and self._activity != "initializing":
            current, agent = self._session.current_speech, self._session.current_agent
            task = agent if isinstance(agent, AgentTask) else None
        return self._speeches.state(at, self._activity, current, on_hold=self._on_hold, task=task)

    def _refresh_state(self) -> None:
        # A tool may have called `disallow_interruptions()` since the agent's state last changed; a speech may be over.
        known, state = self._state, self._state_at(self._clock.now())
        if known is not None and (state.state, state.interruptible) != (known.state, known.interruptible):
            self._state = state
            self._feed(state)


def _silence_of(frame: rtc.AudioFrame) -> rtc.AudioFrame:
    return rtc.AudioFrame(bytes(frame.data.nbytes), frame.sample_rate, frame.num_channels, frame.samples_per_channel)

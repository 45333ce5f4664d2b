"""The interruption gate: a pure state machine. An event goes in, decisions come out; it has no clock and does no I/O.

| moment | what happens |
|---|---|
| caller starts while the agent is speaking or thinking | an overlap opens with clean flags, the grace timer is set |
| transcript | the rules are asked in order (`rules.RULES`); the first that answers decides |
| grace ends | rule 6 alone is asked |
| an acknowledgement is final | it waits: dropped after the answer window, delivered if the agent ends before |
| agent falls silent | after `SETTLE_S` what answered is delivered, the rest dropped |
| caller stops and the final has come, or `LATE_S` is over | the overlap closes and leaves its record |
"""

from callagent.turns.config import GateConfig
from callagent.turns.gate.decisions import Decision
from callagent.turns.gate.events import (
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    TimerFired,
    Transcript,
)
from callagent.turns.gate.gate_state import AGAIN_S, LATE_S, State
from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.rules import Reaction
from callagent.turns.gate.rules.grace import WORDLESS_S
from callagent.turns.gate.transcripts import Words

SETTLE_S = 0.05
"""Seconds of silence after which the agent has ended: between two queued speeches it is silent for less."""

SOON_S = 1.0
"""Seconds, instead of `LATE_S`, in which words may come once the agent has stopped: it should not be
silent for long if nothing was said.
"""


class Gate:
    """One call's gate. Feed it every event in order of time and carry out what it returns, in order."""

    def __init__(self, config: GateConfig) -> None:
        self._state = State(config)
        self._words = Words(self._state)

    def feed(self, event: Event) -> list[Decision]:
        """Take one event; the decisions it leads to, in the order in which they are to be carried out."""
        state = self._state
        state.out = []
        match event:
            case Transcript():
                self._words.take(event)
            case TimerFired():
                self._on_timer(event)
            case AgentState():
                self._on_agent_state(event)
            case CallerStarted():
                self._on_caller_started(event)
            case CallerStopped():
                self._on_caller_stopped(event)
            case CallerHushed() | CallerAudible():
                self._on_loudness(event.at, isinstance(event, CallerAudible))
            case AgentText():
                state.speech.add(event.at, event.text)
        return state.out

    def close(self, at: float) -> list[Decision]:
        """End the call: everything kept back is delivered, the open overlap is journalled, no timer is left."""
        state = self._state
        state.out = []
        state.waiting.give_out(at, "answer", state.out)
        state.close_overlap(at)
        state.timers.cancel_all(state.out)
        return state.out

    @property
    def config(self) -> GateConfig:
        """The settings it was made with."""
        return self._state.config

    @property
    def idle(self) -> bool:
        """Nothing is kept back, open or timed."""
        state = self._state
        return state.overlap is None and not len(state.waiting) and not len(state.timers)

    # -- what happens around the words

    def _on_agent_state(self, event: AgentState) -> None:
        state = self._state
        active = event.state in ("speaking", "thinking")
        freed = event.interruptible and not state.interruptible
        state.speaking = event.state == "speaking"
        state.interruptible = event.interruptible
        if event.state == "speaking":
            state.speech.sounding(event.at)
        if active and not state.active:
            state.active_since = event.at
            state.timers.cancel("settle", state.out)
            state.taking_up.forget(state.out)
        elif state.active and not active:
            self._agent_fell_silent(event.at)
        state.active = active
        if freed and active:
            self._can_be_interrupted(event.at)

    def _can_be_interrupted(self, at: float) -> None:
        """Speech that had to be said is over, and another one follows: what would have stopped it does so now."""
        state = self._state
        overlap, held = state.overlap, state.waiting.barred()
        if held is not None:
            self._words.interrupt(at, held.rule, held.overlap, (), held.overlap.last_heard)
        elif overlap is not None and overlap.barred:
            self._words.interrupt(at, overlap.barred, overlap, (), overlap.last_heard)
        elif overlap is not None and overlap.speaking and overlap.outcome is None:
            state.set_grace(at)

    def _agent_fell_silent(self, at: float) -> None:
        state = self._state
        overlap = state.overlap
        if overlap is not None:
            overlap.barred = ""
            if overlap.outcome == "interrupt":
                overlap.answer = overlap.answer or state.speech.question_by(overlap.onset)
                overlap.silent_at = at if overlap.silent_at is None else overlap.silent_at
            else:
                overlap.answer = overlap.answer or self._answers(overlap.onset, at)
        state.waiting.agent_ended(at, state.speech)
        state.speech.ended()
        state.cancel_grace()
        state.timers.cancel("window", state.out)
        if len(state.waiting):
            state.timers.set("settle", at + SETTLE_S, state.out)

    def _answers(self, onset: float, ended: float) -> bool:
        state = self._state
        return onset >= ended - state.config.answer_window or state.speech.question_by(onset)

    def _on_caller_started(self, event: CallerStarted) -> None:
        state = self._state
        state.close_overlap(event.at)
        state.caller.speaking = True
        state.pace.caller_started(event.at)
        state.taking_up.wait(state.out)
        state.caller.onset = event.onset
        if state.active:
            state.overlap = Overlap(
                onset=event.onset,
                began_at=event.at,
                after_ack=event.onset - state.caller.acknowledged <= AGAIN_S,
                audible=state.caller.audible,
                sounds_from=event.onset if state.caller.audible else None,
            )
            state.set_grace(event.at)

    def _on_caller_stopped(self, event: CallerStopped) -> None:
        state = self._state
        state.caller.speaking = False
        state.caller.offset = event.offset
        state.taking_up.wait_until(event.at + LATE_S, state.out)
        if state.overlap is not None:
            state.overlap.speaking = False
            state.overlap.offset = event.offset
            state.cancel_grace()
            stopped = state.overlap.outcome == "interrupt"
            state.timers.set("close", event.at + (SOON_S if stopped else LATE_S), state.out)

    def _on_loudness(self, at: float, audible: bool) -> None:
        state = self._state
        state.caller.audible = audible
        overlap = state.overlap
        if overlap is None:
            return
        if audible and overlap.loud_from is None and not overlap.audible and not overlap.heard:
            overlap.loud_from = at
        overlap.audible = audible
        if audible and overlap.sounds_from is None:
            overlap.sounds_from = at
        if audible and overlap.speaking and not overlap.in_silence and not state.timers.running("grace"):
            state.set_grace(at, by=(overlap.sounds_from or at) + WORDLESS_S)

    def _on_timer(self, event: TimerFired) -> None:
        state = self._state
        match state.timers.fired(event.timer):
            case "grace" | "stall":
                self._on_grace(event.at)
            case "window":
                state.waiting.window_over(event.at, state.speech, state.out)
            case "settle":
                state.waiting.give_out(event.at, "answer", state.out)
            case "close":
                state.close_overlap(event.at)
            case "resume":
                state.taking_up.take_up(event.at, state.out)

    def _on_grace(self, at: float) -> None:
        state = self._state
        overlap = state.overlap
        if overlap is None or overlap.outcome is not None:
            return
        rule, reaction = self._words.judge(at, None, None)
        if reaction is Reaction.INTERRUPT and state.interruptible:
            self._words.interrupt(at, rule, overlap, ())
        elif overlap.speaking:
            state.watch_for_stall(at)

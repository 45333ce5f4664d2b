"""The interruption gate: a pure state machine. An event goes in, decisions come out; it has no clock and does no I/O.

| moment | what happens |
|---|---|
| caller starts while the agent is speaking or thinking | an overlap opens with clean flags, the grace timer is set |
| transcript | the rules are asked in order (`rules.RULES`); the first that answers decides |
| grace ends | rule 6 alone is asked |
| an acknowledgement is final | it waits: dropped after the answer window, delivered if the agent ends before |
| agent falls silent | after `SETTLE` what answered is delivered, the rest dropped |
| caller stops and the final has come, or `LATE` is over | the overlap closes and leaves its record |
"""

from callagent.turns.config import GateConfig
from callagent.turns.decisions import Decision, Deliver, Drop, Hold, Interrupt, Pass
from callagent.turns.events import (
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
from callagent.turns.lexicon import Kind, Match
from callagent.turns.normalise import tokens
from callagent.turns.overlap import Overlap
from callagent.turns.rules import RULES, Reaction, Situation
from callagent.turns.speech import AgentSpeech
from callagent.turns.taking_up import TakingUp
from callagent.turns.timers import Timers
from callagent.turns.waiting import Waiting, WaitingRoom

SETTLE = 0.05
"""Seconds of silence after which the agent has ended: between two queued speeches it is silent for less."""

LATE = 2.5
"""Seconds after the end of the caller's speech in which its final transcript may still come."""


SOON = 1.0
"""The same, once the agent has stopped: it should not keep silent for long if nothing was said."""

TAKE_UP = 0.3
"""Seconds from the end of a sound that stopped the agent for nothing to its going on."""

STAND_BY = 10.0
"""Seconds for which the agent waits for a caller who speaks to somebody else."""


class Gate:
    """One call's gate. Feed it every event in order of time and carry out what it returns, in order."""

    def __init__(self, config: GateConfig) -> None:
        self.config = config
        self._active = False
        self._speaking = False
        self._active_since = 0.0
        self._silent_since = 0.0
        self._interruptible = True
        self._caller_speaking = False
        self._audible = True
        self._caller_onset = float("-inf")
        self._caller_offset = float("-inf")
        self._last_final: tuple[str, float] = ("", float("-inf"))
        self._overlap: Overlap | None = None
        self._speech = AgentSpeech()
        self._timers = Timers()
        self._waiting = WaitingRoom(self._timers, config.answer_window)
        self._taking_up = TakingUp(self._timers)
        self._out: list[Decision] = []

    def feed(self, event: Event) -> list[Decision]:
        """Take one event; the decisions it leads to, in the order in which they are to be carried out."""
        self._out = []
        match event:
            case Transcript():
                self._on_transcript(event)
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
                self._speech.add(event.at, event.text)
        return self._out

    def close(self, at: float) -> list[Decision]:
        """The call is over: everything kept back is delivered, the open overlap is journalled, no timer is left."""
        self._out = []
        self._waiting.give_out(at, "answer", self._out)
        self._close_overlap(at)
        self._timers.cancel_all(self._out)
        return self._out

    @property
    def idle(self) -> bool:
        """Nothing is kept back, open or timed."""
        return self._overlap is None and not len(self._waiting) and not len(self._timers)

    # -- what happens around the words

    def _on_agent_state(self, event: AgentState) -> None:
        active = event.state in ("speaking", "thinking")
        self._speaking = event.state == "speaking"
        self._interruptible = event.interruptible
        if event.state == "speaking":
            self._speech.sounding(event.at)
        if active and not self._active:
            self._active_since = event.at
            self._timers.cancel("settle", self._out)
            self._taking_up.forget(self._out)
        elif self._active and not active:
            self._agent_fell_silent(event.at)
        self._active = active

    def _agent_fell_silent(self, at: float) -> None:
        self._silent_since = at
        overlap = self._overlap
        if overlap is not None:
            if overlap.outcome == "interrupt":
                overlap.answer = overlap.answer or self._speech.question_by(overlap.onset)
                overlap.silent_at = at if overlap.silent_at is None else overlap.silent_at
            else:
                overlap.answer = overlap.answer or self._answers(overlap.onset, at)
        self._waiting.agent_ended(at, self._speech)
        self._speech.ended()
        self._timers.cancel("grace", self._out)
        self._timers.cancel("window", self._out)
        if len(self._waiting):
            self._timers.set("settle", at + SETTLE, self._out)

    def _answers(self, onset: float, ended: float) -> bool:
        return onset >= ended - self.config.answer_window or self._speech.question_by(onset)

    def _on_caller_started(self, event: CallerStarted) -> None:
        self._close_overlap(event.at)
        self._caller_speaking = True
        self._taking_up.wait(self._out)
        self._caller_onset = event.onset
        if self._active:
            self._overlap = Overlap(onset=event.onset, began_at=event.at, audible=self._audible)
            self._timers.set("grace", event.at + self.config.grace, self._out)

    def _on_caller_stopped(self, event: CallerStopped) -> None:
        self._caller_speaking = False
        self._caller_offset = event.offset
        self._taking_up.wait_until(event.at + LATE, self._out)
        if self._overlap is not None:
            self._overlap.speaking = False
            self._overlap.offset = event.offset
            self._timers.cancel("grace", self._out)
            stopped = self._overlap.outcome == "interrupt"
            self._timers.set("close", event.at + (SOON if stopped else LATE), self._out)

    def _on_loudness(self, at: float, audible: bool) -> None:
        self._audible = audible
        overlap = self._overlap
        if overlap is None:
            return
        overlap.audible = audible
        if audible and overlap.speaking and not overlap.in_silence and not self._timers.running("grace"):
            self._timers.set("grace", at + self.config.grace, self._out)

    def _on_timer(self, event: TimerFired) -> None:
        match self._timers.fired(event.timer):
            case "grace":
                self._on_grace(event.at)
            case "window":
                self._waiting.window_over(event.at, self._speech, self._out)
            case "settle":
                self._waiting.give_out(event.at, "answer", self._out)
            case "close":
                self._close_overlap(event.at)
            case "resume":
                self._taking_up.take_up(event.at, self._out)

    def _on_grace(self, at: float) -> None:
        overlap = self._overlap
        if overlap is None or not self._active or overlap.outcome is not None:
            return
        rule, reaction = self._judge(at, None, None)
        if reaction is Reaction.INTERRUPT and self._interruptible:
            self._interrupt(at, rule, overlap, ())

    # -- the words

    def _on_transcript(self, event: Transcript) -> None:
        if self._overlap is None:
            if not self._active:
                self._in_silence(event)
                return
            if event.final and self._is_repeat(event):
                self._out.append(Drop(event.at, "repeat", (event.key,)))
                return
            self._overlap = self._missed_overlap(event)
        overlap = self._overlap
        overlap.note(event)
        match = self.config.lexicon.match(event.text, final=event.final)
        rule, reaction = self._judge(event.at, event, match)
        self._apply(event, overlap, match, rule, reaction)
        if match.kind is Kind.CONTENT:
            overlap.last_content = match.content
        overlap.last_command = match.matched if match.kind is Kind.COMMAND else ""
        if event.final and not overlap.speaking:
            self._close_overlap(event.at)

    def _in_silence(self, event: Transcript) -> None:
        match = self.config.lexicon.match(event.text, final=event.final)
        rule, reaction = self._judge(event.at, event, match)
        if self._taking_up.owed and event.final and match.kind is Kind.ACK:
            self._out.append(Drop(event.at, rule, (event.key,)))
            self._taking_up.take_up(event.at, self._out)
        elif reaction is Reaction.PASS:
            self._pass(event)
        else:
            self._out.append(Drop(event.at, rule, (event.key,)))

    def _missed_overlap(self, event: Transcript) -> Overlap:
        """Words without an overlap: their speech began while the agent was silent, or the VAD did not notice it."""
        began_in_silence = self._caller_onset <= self._active_since and (
            self._caller_speaking or event.at - self._caller_offset <= LATE
        )
        onset = self._caller_onset if began_in_silence or self._caller_speaking else event.at
        overlap = Overlap(onset=onset, began_at=event.at, in_silence=began_in_silence, speaking=self._caller_speaking)
        if not self._caller_speaking:
            overlap.offset = max(onset, min(self._caller_offset, event.at)) if began_in_silence else event.at
            self._timers.set("close", event.at + LATE, self._out)
        return overlap

    def _is_repeat(self, event: Transcript) -> bool:
        text, at = self._last_final
        return bool(text) and not self._caller_speaking and event.at - at <= LATE and _normal(event.text) == text

    def _judge(self, at: float, transcript: Transcript | None, match: Match | None) -> tuple[str, Reaction]:
        situation = Situation(
            at, self._active, self._speaking, self._overlap, transcript, match, self._speech, self.config
        )
        for name, rule in RULES:
            reaction = rule(situation)
            if reaction is not None:
                return name, reaction
        return "content", Reaction.HOLD

    def _apply(self, event: Transcript, overlap: Overlap, match: Match, rule: str, reaction: Reaction) -> None:
        if reaction is Reaction.INTERRUPT and not self._active:
            self._release(event, overlap, rule)
        elif reaction is Reaction.INTERRUPT and self._interruptible:
            self._interrupt(event.at, rule, overlap, (event.key,), event.text)
        elif reaction is Reaction.STAND_BY and self._interruptible:
            self._stand_by(event, overlap, rule)
        elif reaction is Reaction.PASS:
            overlap.passed = True
            self._pass(event)
        elif reaction is Reaction.DROP:
            overlap.decide(event.at, "drop", rule)
            self._out.append(Drop(event.at, rule, (*overlap.take_interim(), event.key)))
        else:
            overlap.answer = overlap.answer or reaction in (Reaction.ANSWER, Reaction.INTERRUPT)
            self._hold(event, overlap, rule)

    def _hold(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        if not event.final:
            superseded = overlap.hold_interim(event.key)
            if superseded:
                self._out.append(Drop(event.at, rule, superseded))
            self._out.append(Hold(event.at, rule, (event.key,)))
            return
        interim = overlap.take_interim()
        if interim:
            self._out.append(Drop(event.at, rule, interim))
        if not self._active:
            self._resolve_in_silence(event, overlap, rule)
            return
        self._out.append(Hold(event.at, rule, (event.key,)))
        self._waiting.add(Waiting(event.key, overlap.onset, overlap.answer, rule, overlap), self._out)

    def _resolve_in_silence(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        if overlap.answer:
            overlap.decide(event.at, "deliver", "answer")
            self._out.append(Deliver(event.at, "answer", (event.key,)))
        else:
            overlap.decide(event.at, "drop", rule)
            self._out.append(Drop(event.at, rule, (event.key,)))

    def _pass(self, event: Transcript, rule: str = "silence") -> None:
        if event.final:
            self._last_final = (_normal(event.text), event.at)
        self._taking_up.forget(self._out)
        self._out.append(Pass(event.at, rule, (event.key,)))

    def _release(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        """The agent has just fallen silent by itself: what would have stopped it is an ordinary turn."""
        overlap.decide(event.at, "pass", rule)
        interim = overlap.take_interim()
        if interim:
            self._out.append(Drop(event.at, rule, interim))
        self._pass(event, rule)

    def _interrupt(self, at: float, rule: str, overlap: Overlap, keys: tuple[int, ...], heard: str = "") -> None:
        overlap.decide(at, "interrupt", rule)
        self._timers.cancel("grace", self._out)
        self._timers.cancel("window", self._out)
        self._out.append(Interrupt(at, rule, overlap.onset, heard))
        self._waiting.give_out(at, rule, self._out)
        superseded = overlap.take_interim()
        if superseded:
            self._out.append(Drop(at, rule, superseded))
        if keys:
            self._out.append(Deliver(at, rule, keys))

    def _stand_by(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        """Stop for somebody who speaks to somebody else; nothing of it is a turn."""
        self._interrupt(event.at, rule, overlap, (), event.text)
        self._out.append(Drop(event.at, rule, (event.key,)))
        self._taking_up.owe(event.at + STAND_BY, rule, self._out)

    # -- endings

    def _close_overlap(self, at: float) -> None:
        overlap, self._overlap = self._overlap, None
        if overlap is None:
            return
        self._timers.cancel("grace", self._out)
        self._timers.cancel("close", self._out)
        interim = overlap.take_interim()
        if interim:
            self._out.append(Drop(at, "late", interim))
        if overlap.outcome is None and not overlap.pending:
            overlap.decide(at, "drop", "grace" if not overlap.heard else "late")
        if overlap.outcome == "interrupt" and overlap.rule == "grace" and not overlap.passed:
            self._taking_up.owe(at + TAKE_UP, "grace", self._out)
        overlap.closed = True
        overlap.leave_record(self._out)


def _normal(text: str) -> str:
    return " ".join(tokens(text))

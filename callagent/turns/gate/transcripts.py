"""What becomes of the caller's words: the rules judge them, and their verdict turns into decisions."""

from callagent.phrases import tokens
from callagent.turns.gate.decisions import Deliver, Drop, Hold, Interrupt, Pass
from callagent.turns.gate.events import Transcript
from callagent.turns.gate.gate_state import LATE_S, State
from callagent.turns.gate.held_finals import Waiting
from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.rules import RULES, Reaction, Situation
from callagent.turns.lexicon import Kind, Match

STAND_BY_S = 10.0
"""Seconds for which the agent waits for a caller who speaks to somebody else."""


class Words:
    """Takes every transcript of a call and adds the decisions to `state.out`."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._last_final: tuple[str, float] = ("", float("-inf"))

    def take(self, event: Transcript) -> None:
        """Note that a transcript has come."""
        state = self._state
        if event.text.strip():
            state.pace.words(event.at)
        if state.overlap is None:
            if not state.active:
                self._in_silence(event)
                return
            if event.final and self._is_repeat(event):
                state.out.append(Drop(event.at, "repeat", (event.key,)))
                return
            state.overlap = self._missed_overlap(event)
        overlap = state.overlap
        overlap.note(event)
        match = state.config.lexicon.match(event.text, final=event.final)
        rule, reaction = self.judge(event.at, event, match)
        self._apply(event, overlap, match, rule, reaction)
        if match.kind is Kind.CONTENT:
            overlap.last_content = match.content
        overlap.last_command = match.matched if match.kind is Kind.COMMAND else ""
        if event.final and match.kind is Kind.ACK:
            state.caller.acknowledged = event.at
            overlap.after_ack = True
        if event.final and not overlap.speaking:
            state.close_overlap(event.at)

    def _in_silence(self, event: Transcript) -> None:
        state = self._state
        match = state.config.lexicon.match(event.text, final=event.final)
        rule, reaction = self.judge(event.at, event, match)
        if state.taking_up.owed and event.final and match.kind is Kind.ACK:
            state.out.append(Drop(event.at, rule, (event.key,)))
            state.taking_up.take_up(event.at, state.out)
        elif reaction is Reaction.PASS:
            self._pass(event)
        else:
            state.out.append(Drop(event.at, rule, (event.key,)))

    def _missed_overlap(self, event: Transcript) -> Overlap:
        """Return words without an overlap: their speech began while the agent was
        silent, or the VAD did not notice it.
        """
        state = self._state
        began_in_silence = state.caller.onset <= state.active_since and (
            state.caller.speaking or event.at - state.caller.offset <= LATE_S
        )
        onset = state.caller.onset if began_in_silence or state.caller.speaking else event.at
        overlap = Overlap(onset=onset, began_at=event.at, in_silence=began_in_silence, speaking=state.caller.speaking)
        if not state.caller.speaking:
            overlap.offset = max(onset, min(state.caller.offset, event.at)) if began_in_silence else event.at
            state.timers.set("close", event.at + LATE_S, state.out)
        return overlap

    def _is_repeat(self, event: Transcript) -> bool:
        text, at = self._last_final
        return (
            bool(text) and not self._state.caller.speaking and event.at - at <= LATE_S and _normal(event.text) == text
        )

    def judge(self, at: float, transcript: Transcript | None, match: Match | None) -> tuple[str, Reaction]:
        """Ask the rules in order; the name and the reaction of the first that answers."""
        state = self._state
        situation = Situation(
            at,
            state.active,
            state.speaking,
            state.overlap,
            transcript,
            match,
            state.speech,
            state.config,
        )
        for name, rule in RULES:
            reaction = rule(situation)
            if reaction is not None:
                return name, reaction
        return "content", Reaction.HOLD

    def _apply(self, event: Transcript, overlap: Overlap, match: Match, rule: str, reaction: Reaction) -> None:
        state = self._state
        if reaction is Reaction.INTERRUPT and not state.active:
            self._release(event, overlap, rule)
        elif reaction is Reaction.INTERRUPT and state.interruptible:
            self.interrupt(event.at, rule, overlap, (event.key,), event.text)
        elif reaction is Reaction.STAND_BY and state.interruptible:
            self._stand_by(event, overlap, rule)
        elif reaction is Reaction.PASS:
            overlap.passed = True
            self._pass(event)
        elif reaction is Reaction.DROP:
            overlap.decide(event.at, "drop", rule)
            state.out.append(Drop(event.at, rule, (*overlap.take_interim(), event.key)))
        else:
            overlap.barred = rule if reaction is Reaction.INTERRUPT else ""
            overlap.answer = overlap.answer or reaction in (Reaction.ANSWER, Reaction.INTERRUPT)
            self._hold(event, overlap, rule)

    def _hold(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        state = self._state
        if not event.final:
            superseded = overlap.hold_interim(event.key)
            if superseded:
                state.out.append(Drop(event.at, rule, superseded))
            state.out.append(Hold(event.at, rule, (event.key,)))
            return
        interim = overlap.take_interim()
        if interim:
            state.out.append(Drop(event.at, rule, interim))
        if not state.active:
            self._resolve_in_silence(event, overlap, rule)
            return
        state.out.append(Hold(event.at, rule, (event.key,)))
        waiting = Waiting(event.key, overlap.onset, overlap.answer, rule, overlap, barred=bool(overlap.barred))
        state.waiting.add(waiting, state.out)

    def _resolve_in_silence(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        state = self._state
        if overlap.answer:
            overlap.decide(event.at, "deliver", "answer")
            state.out.append(Deliver(event.at, "answer", (event.key,)))
        else:
            overlap.decide(event.at, "drop", rule)
            state.out.append(Drop(event.at, rule, (event.key,)))

    def _pass(self, event: Transcript, rule: str = "silence") -> None:
        state = self._state
        if event.final:
            self._last_final = (_normal(event.text), event.at)
        state.taking_up.forget(state.out)
        state.out.append(Pass(event.at, rule, (event.key,)))

    def _release(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        """Make an ordinary turn of what would have stopped the agent, which has just fallen silent by itself."""
        overlap.decide(event.at, "pass", rule)
        interim = overlap.take_interim()
        if interim:
            self._state.out.append(Drop(event.at, rule, interim))
        self._pass(event, rule)

    def interrupt(self, at: float, rule: str, overlap: Overlap, keys: tuple[int, ...], heard: str = "") -> None:
        """Stop the agent; the session gets what was kept back, then `keys`. `heard` is for the journal."""
        state = self._state
        overlap.decide(at, "interrupt", rule)
        state.cancel_grace()
        state.timers.cancel("window", state.out)
        state.out.append(Interrupt(at, rule, overlap.onset, heard))
        state.waiting.give_out(at, rule, state.out)
        superseded = overlap.take_interim()
        if superseded:
            state.out.append(Drop(at, rule, superseded))
        if keys:
            state.out.append(Deliver(at, rule, keys))

    def _stand_by(self, event: Transcript, overlap: Overlap, rule: str) -> None:
        """Stop for somebody who speaks to somebody else; nothing of it is a turn."""
        state = self._state
        self.interrupt(event.at, rule, overlap, (), event.text)
        state.out.append(Drop(event.at, rule, (event.key,)))
        state.taking_up.owe(event.at + STAND_BY_S, rule, state.out)


def _normal(text: str) -> str:
    return " ".join(tokens(text))

"""Silence: the agent is neither speaking nor thinking, so everything is an ordinary turn, "yeah" included."""

from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind


def silence(situation: Situation) -> Reaction | None:
    """Pass what is said in silence, except tics and asides, and the rest of an utterance that stopped the agent.

    When it was only `grace` that stopped the agent, an acknowledgement or nothing at all shows that it stopped for
    nothing: such words are dropped, and the agent takes up again.
    """
    overlap, match = situation.overlap, situation.match
    if match is None:
        return None
    final = situation.transcript is not None and situation.transcript.final
    no_turn = match.tic or match.kind is Kind.ASIDE
    if overlap is not None and overlap.outcome == "interrupt":
        if overlap.rule == "grace" and not overlap.answer:
            no_turn = no_turn or match.kind in (Kind.ACK, Kind.PREFIX, Kind.EMPTY)
        return _dropped(final) if no_turn else Reaction.PASS
    if situation.active:
        return None
    if overlap is None or overlap.in_silence:
        return _dropped(final) if no_turn else Reaction.PASS
    return None


def _dropped(final: bool) -> Reaction:
    return Reaction.DROP if final else Reaction.HOLD

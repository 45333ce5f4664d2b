"""Rule 7, silence: the agent is neither speaking nor thinking, so everything is an ordinary turn, "yeah" included."""

from callagent.turns.rules.situation import Reaction, Situation


def silence(situation: Situation) -> Reaction | None:
    """Pass what is said in silence, and the rest of an utterance for which the agent has already stopped."""
    overlap = situation.overlap
    if overlap is not None and overlap.outcome == "interrupt":
        return Reaction.PASS
    if situation.active:
        return None
    if overlap is None or overlap.in_silence:
        return Reaction.PASS
    return None

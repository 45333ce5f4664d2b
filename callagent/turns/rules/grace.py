"""Rule 6, grace: the caller speaks and no words have come when `grace` ends."""

from callagent.turns.rules.situation import Reaction, Situation


def grace(situation: Situation) -> Reaction | None:
    """Interrupt when the caller is still speaking; after a cough or a click wait for the late final transcript."""
    overlap = situation.overlap
    if situation.transcript is not None or overlap is None:
        return None
    if overlap.speaking and overlap.audible and not any(heard.text.strip() for heard in overlap.heard):
        return Reaction.INTERRUPT
    return Reaction.HOLD

"""Grace: the caller speaks and no words have come when `grace` ends."""

from callagent.turns.gate.rules.situation import Reaction, Situation


def grace(situation: Situation) -> Reaction | None:
    """Interrupt when the caller is still speaking; after a cough or a click wait for the late final transcript.

    Grace is stretched when the recogniser has shown to be slower than that (see `stt_latency`): then it says nothing.
    While the agent only thinks there is nothing to stop: the session does not begin to speak over a caller.
    """
    overlap = situation.overlap
    if situation.transcript is not None or overlap is None:
        return None
    words = any(heard.text.strip() for heard in overlap.heard)
    if situation.speaking and overlap.speaking and overlap.audible and not words:
        return Reaction.INTERRUPT
    return Reaction.HOLD

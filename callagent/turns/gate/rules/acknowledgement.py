"""Acknowledgement (backchannel), `soft_ack` in the journal: nothing but such phrases so far; the agent talks on."""

from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind


def acknowledgement(situation: Situation) -> Reaction | None:
    """Hold while only acknowledgements were heard. A final one is dropped once it cannot be an answer any more."""
    match, overlap, transcript = situation.match, situation.overlap, situation.transcript
    if match is None or overlap is None or transcript is None:
        return None
    if match.kind is Kind.EMPTY:
        return Reaction.DROP if transcript.final else Reaction.HOLD
    if match.kind not in (Kind.ACK, Kind.PREFIX):
        return None
    past_window = situation.now - overlap.onset > situation.config.answer_window
    return Reaction.DROP if transcript.final and past_window and situation.active else Reaction.HOLD

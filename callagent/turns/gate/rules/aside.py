"""Asides: words to somebody else in the room ("hold on a second, I'm on the phone") are no turn."""

from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind


def aside(situation: Situation) -> Reaction | None:
    """Talk on (`asides: ignore`), or stop and stay silent until the caller is back (`asides: hold`)."""
    match, transcript = situation.match, situation.transcript
    if match is None or transcript is None or match.kind is not Kind.ASIDE:
        return None
    if situation.config.asides == "hold" and situation.active:
        return Reaction.STAND_BY
    return Reaction.DROP if transcript.final else Reaction.HOLD

"""Echo: words that the agent itself is just saying are its own echo on the line."""

from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind


def echo(situation: Situation) -> Reaction | None:
    """Drop an echo when the profile's `echo_guard` is on; an interim is held, since more words may follow."""
    transcript, match = situation.transcript, situation.match
    if not situation.config.echo_guard or transcript is None or match is None or match.kind is Kind.EMPTY:
        return None
    if not situation.speech.echoes(transcript.text, transcript.at):
        return None
    return Reaction.DROP if transcript.final else Reaction.HOLD

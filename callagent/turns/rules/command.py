"""Rule 1, command: a command phrase anywhere in an interim or final transcript stops the agent at once."""

from callagent.turns.lexicon import Kind
from callagent.turns.rules.situation import Reaction, Situation

UNSURE_NEEDS = 0.6
"""Seconds of speech after which even an unsure interim's command counts; before that it must be heard twice running."""

ECHO_WORDS = 3
"""With the echo guard on, as many words in a row of the agent's own are left to the echo rule."""


def command(situation: Situation) -> Reaction | None:
    """Interrupt. An interim that the recogniser itself doubts must be confirmed by the next one, or by longer
    speech.
    """
    match, transcript, overlap = situation.match, situation.transcript, situation.overlap
    if match is None or transcript is None or overlap is None or match.kind is not Kind.COMMAND:
        return None
    long_enough = len(transcript.text.split()) >= ECHO_WORDS
    if situation.config.echo_guard and long_enough and situation.speech.echoes(transcript.text, transcript.at):
        return None
    confirmed = overlap.last_command == match.matched
    if match.unfinished and not confirmed:
        return Reaction.HOLD
    if transcript.final or situation.sure or confirmed or overlap.speech_seconds(situation.now) >= UNSURE_NEEDS:
        return Reaction.INTERRUPT
    return Reaction.HOLD

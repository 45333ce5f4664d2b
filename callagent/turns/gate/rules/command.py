"""Command: a command phrase anywhere in an interim or final transcript stops the agent at once."""

from typing import Final

from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind

BRIEF = 3
"""Letters of a command that is also how a hum is spelt before it is over ("no" of "uh-huh", "but" of "that's")."""

BRIEF_MORE = 0.2
"""Confidence that a brief command needs above `min_confidence`."""

CONFIRMED_LESS = 0.1
"""Confidence below `min_confidence` that is enough for a longer command when it has been heard twice running."""

UNSURE_NEEDS_S = 0.7
"""Seconds of speech after which `UNSURE_LESS` below `min_confidence` is enough for any command."""

UNSURE_LESS = 0.2

UNMISTAKABLE = 0.65
"""Confidence from which a command is not waited with, though it may yet turn out to be part of something harmless."""

BORNE_OUT: Final = 0.9
"""How likely the sound has to be speech that wants an answer to bear a command out, as a second interim does."""

BORNE_OUT_NEEDS: Final = 0.5
"""Share of the confidence that such a command needs: recognisers halve that of an interim which stands alone."""

NO_COMMAND: Final = 0.9
"""How likely the sound has to be an acknowledgement for an interim that looks like a command to be waited with ("No" of
"Noted", "But" of "That's"): at most until the final."""

WAITED_S: Final = 0.9
"""Seconds of speech that are waited with so at most."""

ECHO_WORDS = 3
"""With the echo guard on, as many words in a row of the agent's own are left to the echo rule."""


def command(situation: Situation) -> Reaction | None:
    """Interrupt. An interim that the recogniser itself doubts must be confirmed by the next one, or by longer
    speech. A doubtful "Huh?" may be any sound, and its mark is the recogniser's guess.
    """
    match, transcript, overlap = situation.match, situation.transcript, situation.overlap
    if match is None or transcript is None or overlap is None or match.kind is not Kind.COMMAND:
        return None
    if match.repeat and not situation.sure:
        return Reaction.DROP
    long_enough = len(transcript.text.split()) >= ECHO_WORDS
    if situation.config.echo_guard and long_enough and situation.speech.echoes(transcript.text, transcript.at):
        return None
    confirmed = overlap.last_command == match.matched
    confidence, needed = situation.confidence, situation.config.min_confidence
    impression = situation.impression
    if impression is not None and not transcript.final:
        if impression.acknowledgement >= NO_COMMAND and overlap.speech_seconds(situation.now) < WAITED_S:
            return Reaction.HOLD
        if impression.speech >= BORNE_OUT:
            confirmed, needed = True, needed * BORNE_OUT_NEEDS
    if match.unfinished and not confirmed and confidence < UNMISTAKABLE:
        return Reaction.HOLD
    if transcript.final or _is_sure(match.matched, confidence, needed, confirmed=confirmed):
        return Reaction.INTERRUPT
    if confidence >= needed - UNSURE_LESS and overlap.speech_seconds(situation.now) >= UNSURE_NEEDS_S:
        return Reaction.INTERRUPT
    return Reaction.HOLD


def _is_sure(command: str, confidence: float, needed: float, *, confirmed: bool) -> bool:
    if sum(map(str.isalpha, command)) <= BRIEF:
        return confidence >= needed + BRIEF_MORE
    return confidence >= (needed - CONFIRMED_LESS if confirmed else needed)

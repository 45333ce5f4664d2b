"""Rule 5, content: anything else stops the agent as soon as the evidence is enough."""

from callagent.turns.lexicon import Kind
from callagent.turns.rules.situation import Reaction, Situation

ENOUGH_SPEECH = 0.8
"""Seconds of speech after which content heard twice running counts even when the recogniser is unsure of it."""

HOPELESS = 0.5
"""An unsure final of few words below this share of `min_confidence` is noise spelt as words."""


def content(situation: Situation) -> Reaction | None:
    """Interrupt on content with evidence: enough words, the same words twice running, or a confident final."""
    match, overlap, transcript = situation.match, situation.overlap, situation.transcript
    if match is None or overlap is None or transcript is None or match.kind is not Kind.CONTENT:
        return None
    enough_words = len(match.content) >= situation.config.content_words
    stable = bool(overlap.last_content) and overlap.last_content[0] == match.content[0]
    if transcript.final:
        if situation.sure or stable or (enough_words and not _hopeless(situation)):
            return Reaction.INTERRUPT
        return Reaction.DROP
    if situation.sure and (enough_words or stable):
        return Reaction.INTERRUPT
    if stable and enough_words and overlap.speech_seconds(situation.now) >= ENOUGH_SPEECH:
        return Reaction.INTERRUPT
    return Reaction.HOLD


def _hopeless(situation: Situation) -> bool:
    confidence = situation.transcript.confidence if situation.transcript else None
    return confidence is not None and confidence < HOPELESS * situation.config.min_confidence

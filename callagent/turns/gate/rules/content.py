"""Content: anything else stops the agent as soon as the evidence is enough."""

from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind

EARLIEST_S = 0.6
"""Seconds of speech before which an interim is no evidence of content: the beginning of an acknowledgement is often
spelt as other words ("Death it" of "Definitely", "I don't know" of "I understand")."""

FIRM_MORE = 0.2
"""Confidence above `min_confidence` that content in an interim needs, and a short final right after an acknowledgement
that is to stop the agent."""

PLAIN_MORE = 0.35
"""Confidence above `min_confidence` from which content heard twice running stops the agent before `EARLIEST_S`, after
`PLAIN_AFTER_S` seconds."""

PLAIN_AFTER_S = 0.4

ENOUGH_SPEECH_S = 1.0
"""Seconds of speech after which content heard twice running counts even when the recogniser is unsure of it."""

SHORT_SPEECH_S = 0.8
"""Seconds of speech that an acknowledgement takes at most."""

FEW_WORDS = 2

HOPELESS = 0.5
"""An unsure final of few words below this share of `min_confidence` is noise spelt as words."""


def content(situation: Situation) -> Reaction | None:
    """Interrupt on content with evidence: enough words, the same words twice running, or a confident final.

    A short final that is likely an acknowledgement misheard does not stop the agent, but is delivered when it falls
    silent.
    """
    match, overlap, transcript = situation.match, situation.overlap, situation.transcript
    if match is None or overlap is None or transcript is None or match.kind is not Kind.CONTENT:
        return None
    enough_words = len(match.content) >= situation.config.content_words
    stable = bool(overlap.last_content) and overlap.last_content[0] == match.content[0]
    confidence, needed = situation.confidence, situation.config.min_confidence
    firm = needed + FIRM_MORE
    seconds = overlap.speech_seconds(situation.now)
    if transcript.final:
        if not (situation.sure or stable or (enough_words and not _hopeless(situation))):
            return Reaction.DROP
        return Reaction.ANSWER if _may_be_misheard(situation, overlap, len(match.content)) else Reaction.INTERRUPT
    if confidence >= firm and seconds >= EARLIEST_S and (enough_words or stable):
        return Reaction.INTERRUPT
    if stable and enough_words:
        is_plain = confidence >= needed + PLAIN_MORE and seconds >= PLAIN_AFTER_S
        return Reaction.INTERRUPT if is_plain or seconds >= ENOUGH_SPEECH_S else Reaction.HOLD
    return Reaction.HOLD


def _may_be_misheard(situation: Situation, overlap: Overlap, words: int) -> bool:
    """Tell whether so many words of a short final may be those of an acknowledgement: one unsure word, or a few that
    are not quite sure right after an acknowledgement.
    """
    if overlap.speech_seconds(situation.now) >= SHORT_SPEECH_S:
        return False
    firm = situation.confidence >= situation.config.min_confidence + FIRM_MORE
    return (words == 1 and not situation.sure) or (overlap.after_ack and words <= FEW_WORDS and not firm)


def _hopeless(situation: Situation) -> bool:
    return situation.confidence < HOPELESS * situation.config.min_confidence

"""Content: anything else stops the agent as soon as the evidence is enough."""

from typing import Final

from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind, Match

EARLIEST_S: Final = 0.3
"""Seconds of speech before which an interim is no evidence of content: the beginning of an acknowledgement is often
spelt as other words ("Death it" of "Definitely", "I don't know" of "I understand")."""

ONCE_S: Final = 0.9
"""Seconds of speech before which content counts only when it is heard twice running, or when there is plenty of it."""

PLENTY_S: Final = 0.6
"""Seconds of speech from which `PLENTY` of evidence counts though it is heard once: some recognisers report rarely."""

PLENTY: Final = 0.75

ENOUGH: Final = 0.65
"""Evidence from which content in an interim stops the agent. It is the confidence above `min_confidence`, with the
following added to it. All are measured on the half `tune` of the corpus, and on that of 0.1."""

SURE_MORE: Final = 0.45
"""Confidence above `min_confidence` that counts at most, and for a recogniser that tells none."""

WORD: Final = 0.2
"""Evidence of a word more, or less, than `content_words`; up to `WORDS_MORE` more."""

WORDS_MORE: Final = 2

AGAIN: Final = 0.1
"""Evidence of content that is heard twice running: it begins with the same word."""

EACH_SECOND: Final = 0.4
"""Evidence of each second of speech, up to `LONG_S`: acknowledgements are short."""

LONG_S: Final = 1.0

UNSURE_S: Final = 1.2
"""Seconds of speech after which content that is heard twice running counts even when the recogniser is unsure of it."""

BRIEF: Final = 4
"""Latin letters of a single word that hums and tics are often spelt as ("Hey" of "Eh", "Now" of "Wow", "Bye")."""

BRIEF_MORE: Final = 0.4
"""Confidence above `min_confidence` from which so brief a word, when it is final, stops the agent."""

FIRM_MORE: Final = 0.2
"""Confidence above `min_confidence` that a short final right after an acknowledgement needs to stop the agent."""

SHORT_SPEECH_S: Final = 0.8
"""Seconds of speech that an acknowledgement takes at most."""

FEW_WORDS: Final = 2

SOUND_FOR: Final = 0.2
"""Evidence of a sound that is surely speech which wants an answer."""

SOUND_AGAINST: Final = 0.45
"""Evidence that a sound takes away which is surely an acknowledgement, or no speech."""

SOUND_ALONE: Final = 0.95
"""How likely the sound has to be such speech for content that is heard once to count at once."""

MISHEARD: Final = 0.75
"""How likely the sound has to be an acknowledgement, or no speech, for other words to be taken for misheard."""

SURE_WORDS: Final = 0.25
"""Confidence above `min_confidence` from which words are taken for what they are, whatever they sound like."""

MANY_WORDS: Final = 4
"""So many words are, too."""

MISHEARD_S: Final = 2.0
"""Seconds of speech from which words count, whatever the sound is taken for."""

HOPELESS: Final = 0.5
"""An unsure final of few words below this share of `min_confidence` is noise spelt as words."""


def content(situation: Situation) -> Reaction | None:
    """Interrupt on content with evidence: sure, many words, the same twice running, long speech, or a sure final.

    A short final that is likely an acknowledgement misheard does not stop the agent, but is delivered when it falls
    silent.
    """
    match, overlap, transcript = situation.match, situation.overlap, situation.transcript
    if match is None or overlap is None or transcript is None or match.kind is not Kind.CONTENT:
        return None
    enough_words = len(match.content) >= situation.config.content_words
    stable = bool(overlap.last_content) and overlap.last_content[0] == match.content[0]
    if transcript.final:
        if not (situation.sure or stable or (enough_words and not _hopeless(situation))):
            return Reaction.DROP
        return Reaction.ANSWER if _may_be_misheard(situation, overlap, match) else Reaction.INTERRUPT
    seconds = overlap.speech_seconds(situation.now)
    if _sounds_harmless(situation, seconds):
        return Reaction.HOLD
    if seconds < EARLIEST_S or _is_brief(match) or not (enough_words or stable):
        return Reaction.HOLD
    if stable and enough_words and seconds >= UNSURE_S:
        return Reaction.INTERRUPT
    evidence = min(situation.confidence - situation.config.min_confidence, SURE_MORE)
    evidence += WORD * min(len(match.content) - situation.config.content_words, WORDS_MORE)
    evidence += AGAIN * stable + EACH_SECOND * min(seconds, LONG_S)
    at_once = stable or seconds >= ONCE_S
    if (impression := situation.impression) is not None:
        leaning = 2 * impression.speech - 1
        evidence += leaning * (SOUND_FOR if leaning > 0 else SOUND_AGAINST)
        at_once = at_once or impression.speech >= SOUND_ALONE
    plenty = seconds >= PLENTY_S and evidence >= PLENTY
    return Reaction.INTERRUPT if plenty or (at_once and evidence >= ENOUGH) else Reaction.HOLD


def _is_brief(match: Match) -> bool:
    return len(match.content) == 1 and len(match.content[0]) <= BRIEF and match.content[0].isascii()


def _may_be_misheard(situation: Situation, overlap: Overlap, match: Match) -> bool:
    """Tell whether the words of a short final may be those of an acknowledgement: one unsure word, one so brief that a
    hum is spelt like it, or a few that are not quite sure right after an acknowledgement.
    """
    seconds = overlap.speech_seconds(situation.now)
    if _sounds_harmless(situation, seconds):
        return True
    if seconds >= SHORT_SPEECH_S:
        return False
    words, above = len(match.content), situation.confidence - situation.config.min_confidence
    if words == 1 and (above < 0 or (_is_brief(match) and above < BRIEF_MORE)):
        return True
    return overlap.after_ack and words <= FEW_WORDS and above < FIRM_MORE


def _sounds_harmless(situation: Situation, seconds: float) -> bool:
    """Tell whether the words are rather misheard: their sound is that of an acknowledgement, or of no speech."""
    impression, match = situation.impression, situation.match
    if impression is None or match is None or seconds >= MISHEARD_S:
        return False
    sure = situation.confidence >= situation.config.min_confidence + SURE_WORDS or len(match.content) >= MANY_WORDS
    return not sure and impression.speech <= 1 - MISHEARD


def _hopeless(situation: Situation) -> bool:
    return situation.confidence < HOPELESS * situation.config.min_confidence

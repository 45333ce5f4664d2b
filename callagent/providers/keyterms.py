"""The profile's phrases in the order in which a recogniser profits from knowing them."""

import functools
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from callagent.phrases import phrase_key
from callagent.profile import Profile

FIRST_ACKS, FIRST_COMMANDS = 16, 10
"""How many of each list stand in the short one: those that a profile lists first are its most frequent."""

_SOUND_LETTERS = frozenset("aehmouäéö ")


def bias_of(profile: Profile) -> tuple[str, ...]:
    """Return acknowledgements and commands of `profile`: sounds, acknowledgements and commands taking turns.

    Sounds ("mm-hmm", "uh-huh") are what recognisers spell worst, and one that takes only the first few phrases should
    know some of each kind. Spellings that differ by spaces and hyphens only count once.
    """
    return _in_turns(profile.interruption.soft_acks, profile.interruption.commands)


def short_bias_of(profile: Profile) -> tuple[str, ...]:
    """Return the same of the first acknowledgements and commands only, for
    recognisers that are charged or slowed by each.
    """
    part = profile.interruption
    return _in_turns(part.soft_acks[:FIRST_ACKS], part.commands[:FIRST_COMMANDS])


@lru_cache(maxsize=16)
def _in_turns(acks: tuple[str, ...], commands: tuple[str, ...]) -> tuple[str, ...]:
    sounds = [phrase for phrase in acks if _SOUND_LETTERS.issuperset(phrase_key(phrase))]
    words = [phrase for phrase in acks if phrase not in sounds]
    return _spelt_once(each for turn in zip_longest(sounds, words, commands) for each in turn if each is not None)


def _spelt_once(phrases: Iterable[str]) -> tuple[str, ...]:
    spelt: dict[str, str] = {}
    for phrase in phrases:
        spelt.setdefault(phrase_key(phrase).replace(" ", ""), phrase)
    return tuple(spelt.values())


OFTEN_MISHEARD: Final = (
    *("uh-huh", "mm-hmm", "mhm", "hmm", "huh", "oh", "stop", "yes", "wait", "yeah", "hold on", "yep", "hang on"),
    *("okay", "no", "right", "but", "i see", "actually", "got it", "excuse me", "sure"),
)
"""English phrases that the unprimed model gets wrong on a phone line, in the order and mixture that helped most
(measured on tiny.en with five synthetic voices). Each token of a prompt costs time, so these go first."""


@functools.lru_cache(maxsize=32)
def prompt_text(bias: tuple[str, ...], fits: Callable[[str], bool]) -> str:
    """Return as many phrases of `bias` as fit, each a sentence of its own, the often misheard ones first.

    Kept for the next call: to try what fits takes some 10 ms of the event loop.
    """
    known = {phrase_key(phrase): phrase for phrase in bias}
    first = [phrase for phrase in OFTEN_MISHEARD if phrase_key(phrase) in known]
    early = {phrase_key(phrase) for phrase in first}
    text = ""
    for phrase in (*first, *(phrase for key, phrase in known.items() if key not in early)):
        longer = f"{text} {phrase[:1].upper()}{phrase[1:]}.".strip()
        if not fits(longer):
            break
        text = longer
    return text

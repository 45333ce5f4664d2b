"""The profile's phrases in the order in which a recogniser profits from knowing them."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest

from callagent.profile import Profile, phrase_key

FIRST_ACKS, FIRST_COMMANDS = 16, 10
"""How many of each list stand in the short one: those that a profile lists first are its most frequent."""

_SOUND_LETTERS = frozenset("aehmouäéö ")


def bias_of(profile: Profile) -> tuple[str, ...]:
    """Acknowledgements and commands of `profile`: sounds, acknowledgements and commands taking turns.

    Sounds ("mm-hmm", "uh-huh") are what recognisers spell worst, and one that takes only the first few phrases should
    know some of each kind. Spellings that differ by spaces and hyphens only count once.
    """
    return _in_turns(profile.interruption.soft_acks, profile.interruption.commands)


def short_bias_of(profile: Profile) -> tuple[str, ...]:
    """The same of the first acknowledgements and commands only, for recognisers that are charged or slowed by each."""
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

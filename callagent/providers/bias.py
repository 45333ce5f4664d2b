"""The profile's phrases in the order in which a recogniser profits from knowing them."""

from itertools import zip_longest

from callagent.profile import Profile, phrase_key

_SOUND_LETTERS = frozenset("aehmouäéö ")


def bias_of(profile: Profile) -> tuple[str, ...]:
    """Acknowledgements and commands of `profile`: sounds, acknowledgements and commands taking turns.

    Sounds ("mm-hmm", "uh-huh") are what recognisers spell worst, and one that takes only the first few phrases should
    know some of each kind. Spellings that differ by spaces and hyphens only count once.
    """
    acks, commands = profile.interruption.soft_acks, profile.interruption.commands
    sounds = [phrase for phrase in acks if _SOUND_LETTERS.issuperset(phrase_key(phrase))]
    words = [phrase for phrase in acks if phrase not in sounds]
    spelt: dict[str, str] = {}
    for phrase in (each for turn in zip_longest(sounds, words, commands) for each in turn if each is not None):
        spelt.setdefault(phrase_key(phrase).replace(" ", ""), phrase)
    return tuple(spelt.values())

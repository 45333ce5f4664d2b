"""Phrases of a locale as a profile lists them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from callagent.phrases import folded, phrase_key, said_once
from callagent.profile.errors import Flaw, FlawsError

LONGEST_PHRASE = 80

_ANNOTATION = re.compile(r"\[[^\]\d]*\]|\([^)\d]*\)|\*[^*\d]*\*")


def sound_key(phrase: str) -> str:
    """What phrases that recognisers write for each other have in common: beside the `phrase_key` also spaces and
    hyphens ("uhhuh"), drawn-out letters ("okaaay", "mmhm") and the accents of Latin letters ("si") do not count.
    """
    joined = said_once("".join(map(folded, phrase_key(phrase).split())))
    return "".join(_bare(c) for c in unicodedata.normalize("NFC", joined))


def check_phrases(phrases: Sequence[str]) -> None:
    """Raises FlawsError for every phrase that nobody could say."""
    flaws = []
    for index, phrase in enumerate(phrases):
        spoken = phrase_key(_ANNOTATION.sub(" ", phrase))
        if not any(unicodedata.category(c).startswith("L") for c in phrase):
            flaws.append(Flaw((index,), f"a phrase needs letters, {phrase!r} has none"))
        elif not any(unicodedata.category(c).startswith("L") for c in spoken):
            flaws.append(Flaw((index,), f"nothing of {phrase!r} is heard: marks and brackets do not count"))
        elif len(phrase) > LONGEST_PHRASE:
            flaws.append(Flaw((index,), f"a phrase has at most {LONGEST_PHRASE} characters"))
    if flaws:
        raise FlawsError(*flaws)


def overlaps(lists: Mapping[str, Sequence[str]], later: str, *earlier: str) -> Iterator[Flaw]:
    """A flaw for each phrase of the list `later` that one of the lists `earlier` has too, however it is spelt there."""
    for name in earlier:
        known: dict[str, int] = {}
        for index, phrase in enumerate(lists[name]):
            known.setdefault(sound_key(phrase), index)
        for index, phrase in enumerate(lists[later]):
            at = known.get(sound_key(phrase))
            if at is not None:
                there = lists[name][at]
                spelt = "" if phrase_key(there) == phrase_key(phrase) else f", as '{there}'"
                yield Flaw((later, index), f"'{phrase}' is in {name} too{spelt}", related=(name, at))


def _bare(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character

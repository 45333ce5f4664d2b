"""Phrases of a locale as a profile lists them."""

import re
import unicodedata
from collections.abc import Sequence

from callagent.profile.errors import Flaw, FlawsError

LONGEST_PHRASE = 80

_APOSTROPHES = re.compile("['\u2019]")


def phrase_key(phrase: str) -> str:
    """What two spellings of a phrase have in common: letters and digits, case folded, without punctuation."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", phrase)).casefold()
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in folded).split())


def check_phrases(phrases: Sequence[str]) -> None:
    """Raises FlawsError for every phrase that nobody could say."""
    flaws = []
    for index, phrase in enumerate(phrases):
        if not any(unicodedata.category(c).startswith("L") for c in phrase):
            flaws.append(Flaw((index,), f"a phrase needs letters, {phrase!r} has none"))
        elif len(phrase) > LONGEST_PHRASE:
            flaws.append(Flaw((index,), f"a phrase has at most {LONGEST_PHRASE} characters"))
    if flaws:
        raise FlawsError(*flaws)

"""Hums: sounds made with the mouth closed or through the nose, which show that a caller follows ("mhm", "ãhã", "हम्म").

They are recognised by how they are built, since every recogniser spells them in its own way: "Mjm" in Spanish, "Hmhm"
in German, "Mmkay". Words that only look like them are none: "him", "ham", "um", "nein", "mamá", "हम" (we), "amanhã".
Neither are sounds of hesitation ("um", "uhm", "ahem") and those that say no ("uh-uh", "nuh-uh", ううん).
"""

import re
from functools import lru_cache
from typing import Final

LONGEST = 24
"""Letters of the longest hum: what is longer is no hum, and is not searched."""

_NO_VOWEL: Final = (
    r"m+|(?=[mn]*[hjñ])(?=[hjnñ]*m)[hmnjñ]+|n*h+n[hn]*|n+h[hn]*n",  # mm, mhm, hmhm, mjm, nhn
    r"(?=[хмгн]*м)[хмгн]+",
    r"(?=[χμν]*μ)[χμν]+",
    r"(?=.*(?:म\u094d|\u094dम))[हमन\u094d\u0902\u0901]+",  # Devanagari: at least a virama
)
_BEATS: Final = (
    r"[aãä]n?m?[hj]+[aãáä](?:[mn]h?)?|m[hj]um",  # aha, ajá, ãhã, ähä, aham, anhan; mjum
    r"hã",
    r"u[mn]?[hj]+u[mn]h?|u[mn]hu?h|u[mn]?hhuh|umhm|uhmhm",  # uhum, unhum, unh-huh, uh-huh, um-hm
    r"hum{1,2}|huh",
    r"(?:ñ|n[hyj])[aeo]m",  # ñam, as of something that tastes good
    r"mm?kay|mmk",
)
_OTHERS: Final = (
    r"угу",  # noqa: RUF001
    r"(?:[उऊ]?म्)?ह[ुू]?[\u0902\u0901]|[उऊ][\u0902\u0901]",
    r"(?:(?:ふ[ーう]?|う)?[んむ]っ?){1,4}",
    r"[嗯唔]+",
    r"(?:으?음|흐?음|흠|응)+",
)
_HUM = re.compile("|".join((*_NO_VOWEL, *_OTHERS, rf"(?:{'|'.join(_BEATS)}){{1,3}}")))
_ONE_BEAT = re.compile(
    r"h?mh?|hnh?|hum{1,2}|huh|hã|[хг]?м|χ?μ|嗯|흠|응|음|[うふ]?ん"  # noqa: RUF001
    r"|(?:ह\u094d?)?म\u094d?(?:म\u094d?)?|ह[ुू]?[\u0902\u0901]"
)
_KATAKANA: Final = str.maketrans("フウンムッ", "ふうんむっ")
_BEGINS: Final = re.compile(r"(?:h*m{2,}h*|h+m+h*)(?=[^hm])")


@lru_cache(maxsize=4096)
def is_hum(word: str) -> bool:
    """Tell whether a word in normal form, or several of them joined, is a hum."""
    return len(word) <= LONGEST and _HUM.fullmatch(word.translate(_KATAKANA)) is not None


def is_plain_hum(word: str) -> bool:
    """Tell whether it is a hum of one beat ("hm", "huh", うん): with a question mark it asks what was said."""
    return is_hum(word) and _ONE_BEAT.fullmatch(word.translate(_KATAKANA)) is not None


def after_hum(word: str) -> str:
    """Return what follows the hum that a word in normal form begins with ("okay" of
    "mmokay"); empty where there is none.
    """
    begins = _BEGINS.match(word)
    return word[begins.end() :] if begins else ""

"""Digits as people say them and recognisers write them: words, "double four", numerals of other scripts."""

from collections.abc import Mapping
from typing import Final

_DIGITS: Final[Mapping[str, str]] = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ",
    "ja": "ゼロ いち に さん よん ご ろく なな はち きゅう",
}
"""The ten digits, in order."""

_MORE: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"naught": "0", "nought": "0", "nil": "0", "niner": "9", "ten": "10", "eleven": "11", "twelve": "12"},
    "de": {"zwo": "2", "ein": "1", "zehn": "10", "elf": "11", "zwölf": "12"},
    "es": {"diez": "10", "once": "11", "doce": "12", "un": "1"},
    "fr": {"une": "1", "dix": "10", "onze": "11", "douze": "12", "zero": "0"},
    "it": {"dieci": "10", "undici": "11", "dodici": "12"},
    "pt": {"meia": "6", "tres": "3", "dez": "10", "onze": "11", "doze": "12", "uma": "1", "duas": "2"},
    "hi": {"ज़ीरो": "0", "जीरो": "0", "पाँच": "5", "छः": "6", "छे": "6", "छै": "6"},
    "ja": {
        "\u3007": "0",
        "零": "0",
        "れい": "0",
        "まる": "0",
        "一": "1",
        "二": "2",
        "三": "3",
        "四": "4",
        "五": "5",
        "六": "6",
    }
    | {"七": "7", "八": "8", "九": "9", "し": "4", "しち": "7", "く": "9"},
}

_TEENS: Final = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

_GERMAN_TENS: Final = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")

TENS: Final = frozenset(str(value * 10) for value in range(2, 10))
"""What "twenty" and so on are; a digit right behind it belongs to it."""

UNITS: Final = frozenset("123456789")

TIMES: Final[Mapping[str, int]] = {
    **{"double": 2, "triple": 3, "treble": 3, "doppel": 2, "doble": 2, "triplo": 3, "duplo": 2, "doppio": 2},
    **{"डबल": 2, "ट्रिपल": 3},
}
"""Words that repeat the digit after them."""

BETWEEN: Final = frozenset(
    {
        *("um", "uh", "uhm", "er", "eh", "hm", "mm", "ah", "äh", "ähm", "euh", "eeh", "and", "then", "und", "et"),
        *("dash", "hyphen", "minus", "space", "strich", "bindestrich", "guion", "guión", "tiret", "trattino", "hífen"),
    }
)
"""Words between two digits that belong to no number."""

ZEROS: Final = frozenset({"o", "oh"})
"""Letters that are a nought beside a digit, in English."""


def digit_words(language: str) -> dict[str, str]:
    """Return the digits by their words, those of a language (`de-DE`) and of English; nothing for no language."""
    if not language:
        return {}
    found: dict[str, str] = {}
    for each in ("en", language.partition("-")[0].casefold()):
        found |= {word: str(value) for value, word in enumerate(_DIGITS.get(each, "").split())}
        found |= _MORE.get(each, {})
    if language.casefold().startswith("de"):
        found |= _german_numbers()
    found |= {word: str(value) for value, word in enumerate(_TEENS, start=13)}
    return found | {word: str(value * 10) for value, word in enumerate(_TENS, start=2)}


def _german_numbers() -> dict[str, str]:
    """Return the numbers of two digits, which are one word each: "vierundfünfzig"."""
    units = ["", "ein", *_DIGITS["de"].split()[2:]]
    found = {f"{unit}zehn": f"1{value}" for value, unit in enumerate(units) if value in (3, 4, 5, 8, 9)}
    found |= {"sechzehn": "16", "siebzehn": "17"}
    for tens, word in enumerate(_GERMAN_TENS, start=2):
        found |= {word: f"{tens}0"} | {f"{units[unit]}und{word}": f"{tens}{unit}" for unit in range(1, 10)}
    return found


def digit_words_of_all() -> dict[str, str]:
    """Return the digits by their words in every language that is known; where two differ, English goes before."""
    found: dict[str, str] = {}
    for language in (*_DIGITS, "en"):
        found |= digit_words(language)
    return found

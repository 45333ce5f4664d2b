"""Numerals from 0 to 99 as they are spoken when a number is dictated, in the languages of the locales."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from callagent.phrases import tokens

_UNITS = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ",
    "ja": "ゼロ いち 二 さん よん ご ろく なな はち きゅう",
}
_TEENS = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "es": "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "it": "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "pt": "dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante septante huitante nonante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
_OTHERS = {
    "en": "oh=0 o=0 nought=0 nil=0",
    "de": "zwo=2",
    "pt": "meia=6 catorze=14 dezasseis=16 dezassete=17 dezanove=19",
    "hi": "ज़ीरो=0 जीरो=0 ज़िरो=0 पाँच=5 छः=6 छे=6 छै=6 दस=10 shunya=0 ek=1 do=2 teen=3 char=4 chaar=4 paanch=5 panch=5 "
    "chhah=6 saat=7 aath=8 nau=9 zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9",
    "ja": "れい=0 まる=0 零=0 〇=0 一=1 三=3 四=4 五=5 六=6 七=7 しち=7 八=8 九=9",  # noqa: RUF001 - the ideographic zero
}
"""Other words for a number. Not the Japanese に, し and く, which are mostly something else."""

_REPEATS = {"double": 2, "triple": 3, "treble": 3, "डबल": 2, "ट्रिपल": 3}

_VAGUE = frozenset({"o", "oh"})
"""Digits only beside others: alone they are an exclamation, or a letter."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """Digits that were said in one piece ("twelve", "030"), and where they stand among the words."""

    digits: str
    start: int
    end: int
    vague: bool


def numerals(words: Sequence[str], language: str) -> list[Numeral]:
    """Return the numerals among `words` (in normal form), in order; the longest word for a number wins."""
    table, longest = _table(language)
    found: list[Numeral] = []
    at, repeat, start = 0, 1, 0
    while at < len(words):
        if words[at] in _REPEATS and language in ("en", "hi"):
            repeat, start, at = _REPEATS[words[at]], at, at + 1
            continue
        digits, length = _numeral_at(words, at, table, longest)
        if digits:
            begin = at if repeat == 1 else start
            found.append(Numeral(digits * repeat, begin, at + length, words[at] in _VAGUE))
        at, repeat = at + length, 1
    return found


def digit_words(language: str) -> tuple[str, ...]:
    """Return the words for 0 to 9; empty for a language that is not known here."""
    return tuple(_UNITS.get(language, "").split())


def _numeral_at(words: Sequence[str], at: int, table: dict[tuple[str, ...], str], longest: int) -> tuple[str, int]:
    if words[at].isdecimal():
        return "".join(str(int(character)) for character in words[at]), 1
    for length in range(min(longest, len(words) - at), 0, -1):
        digits = table.get(tuple(words[at : at + length]))
        if digits is not None:
            return digits, length
    return "", 1


@lru_cache(maxsize=32)
def _table(language: str) -> tuple[dict[tuple[str, ...], str], int]:
    """Return words in normal form -> digits, and the number of words of the longest entry."""
    spoken = [*_numbered(_UNITS, language, 0), *_numbered(_TEENS, language, 10)]
    units = _UNITS.get(language, "").split()
    for tens, word in zip(range(20, 100, 10), _TENS.get(language, "").split(), strict=False):
        spoken.append((word, tens))
        spoken += [(compound, tens + n) for n in range(1, 10) for compound in _COMPOUNDS[language](word, units[n])]
    if language == "fr":
        spoken += _french(units)
    for entry in _OTHERS.get(language, "").split():
        word, _, digits = entry.partition("=")
        if word and digits:
            spoken.append((word, int(digits)))
    table = {tuple(tokens(word)): str(value) for word, value in spoken}
    return table, max(map(len, table), default=1)


def _numbered(words: dict[str, str], language: str, first: int) -> list[tuple[str, int]]:
    return [(word, value) for value, word in enumerate(words.get(language, "").split(), start=first)]


def _german(tens: str, unit: str) -> Iterator[str]:
    one = "ein" if unit == "eins" else unit
    yield f"{one}und{tens}"
    yield f"{one} und {tens}"


def _spanish(tens: str, unit: str) -> Iterator[str]:
    yield f"{tens} y {unit}"
    if tens == "veinte":
        yield f"veinti{unit}"
        yield f"veinti{unit.replace('dos', 'dós').replace('tres', 'trés').replace('seis', 'séis')}"


def _italian(tens: str, unit: str) -> Iterator[str]:
    yield f"{tens[:-1] if unit in ('uno', 'otto') else tens}{'tré' if unit == 'tre' else unit}"
    yield f"{tens}{unit}"


def _french(units: Sequence[str]) -> list[tuple[str, int]]:
    """Seventy to ninety-nine as in France: sixty-ten, four-twenties, four-twenty-ten."""
    teens = _TEENS["fr"].split()
    spoken = [(f"soixante {'et ' if teen == 'onze' else ''}{teen}", 70 + n) for n, teen in enumerate(teens)]
    for twenty in ("quatre vingt", "quatre vingts"):
        spoken.append((twenty, 80))
        spoken += [(f"{twenty} {unit}", 80 + n) for n, unit in enumerate(units) if n]
        spoken += [(f"{twenty} {teen}", 90 + n) for n, teen in enumerate(teens)]
    return spoken


_COMPOUNDS: dict[str, Callable[[str, str], Iterator[str]]] = {
    "en": lambda tens, unit: iter((f"{tens} {unit}",)),
    "de": _german,
    "fr": lambda tens, unit: iter((f"{tens} {'et ' if unit == 'un' else ''}{unit}",)),
    "es": _spanish,
    "it": _italian,
    "pt": lambda tens, unit: iter((f"{tens} e {unit}",)),
}
"""How a ten and a unit are put together."""

"""Spoken text brought to one form, so that a phrase list and a recogniser's spelling can meet.

The same steps are applied to the phrases of a profile and to every transcript: Unicode NFKC and case folding,
apostrophes dropped, other punctuation and hyphens turned into spaces, drawn-out letters folded ("okaaay", "Mhmm"),
and scripts that are written without spaces cut into single characters.
"""

import re
import unicodedata

MAX_CHARACTERS = 1000
"""Longest transcript looked at. Longer ones are a whole story and are judged by their beginning and their end."""

_APOSTROPHES = str.maketrans("", "", "'`´‘’ʼ")  # noqa: RUF001 - the look-alikes are what recognisers write
_DRAWN_OUT = re.compile(r"([^\W\d_\u3040-\u30ff])\1{2,}")  # kana repeat by themselves: "はいいいですね"
_ANNOTATION = re.compile(r"\[[^\]\d]{1,40}\]|\([^)\d]{1,40}\)|\*[^*\d]{1,40}\*")  # "[cough]", "(laughs)", "*sighs*"
_RUN = re.compile(r"(.)\1+")
_HUM = re.compile(r"[hmn]*m[hmn]*\Z")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_SPACELESS = re.compile(
    "[\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Japanese, Chinese
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"  # Thai, Lao, Burmese, Khmer
)


def tokens(text: str) -> list[str]:
    """Words of `text` in normal form; every character of a script without spaces is a word of its own.

    >>> tokens("Mm-hmm, that's OKAAAY!")
    ['m', 'hm', 'thats', 'okay']
    """
    text = _ANNOTATION.sub(" ", _shortened(text))
    if text.isascii():
        words = _ASCII_WORDS.findall(_DRAWN_OUT.sub(r"\1", text.lower().translate(_APOSTROPHES)))
    else:
        # One character may stand for eighteen (U+FDFA).
        folded = _shortened(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold())
        words = _words(_DRAWN_OUT.sub(r"\1", _shortened(unicodedata.normalize("NFKC", folded))))
    return [_RUN.sub(r"\1", word) if _HUM.match(word) else word for word in words]


def is_hum(word: str) -> bool:
    """Whether a word in normal form is a hum: nothing but m, h and n, with an m in it."""
    return _HUM.match(word) is not None


def _shortened(text: str) -> str:
    half = MAX_CHARACTERS // 2
    return text if len(text) <= MAX_CHARACTERS + 1 else f"{text[:half]} {text[-half:]}"


def _words(text: str) -> list[str]:
    # Vowel signs of Indic scripts are marks (category M): they belong to the word, which `\w` does not know.
    spaced = "".join(f" {c} " if _SPACELESS.match(c) else _in_word(c) for c in text)
    return spaced.split()


def _in_word(character: str) -> str:
    """Format characters vanish: joiners stand inside Indic words."""
    category = unicodedata.category(character)
    return character if category[0] in "LMN" else "" if category == "Cf" else " "

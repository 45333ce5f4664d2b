"""Spoken text brought to one form, so that a phrase list and a recogniser's spelling can meet.

The same steps are applied to the phrases of a profile and to every transcript: Unicode NFKC and case folding,
apostrophes dropped, other punctuation and hyphens turned into spaces, drawn-out letters folded ("okaaay", "Mhmm"),
and scripts that are written without spaces cut into single characters.
"""

import re
import unicodedata
from typing import Final

MAX_CHARACTERS = 1000
"""Longest transcript looked at. Longer ones are a whole story and are judged by their beginning and their end."""

APOSTROPHES: Final = "'`´‘’ʼ"  # noqa: RUF001 - the look-alikes are what recognisers write

_NO_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
_DRAWN_OUT = re.compile(r"([^\W\d_\u3040-\u30ff])\1{2,}")  # kana repeat by themselves: "はいいいですね"
_ANNOTATION = re.compile(r"\[[^\]\d]{1,40}\]|\([^)\d]{1,40}\)|\*[^*\d]{1,40}\*")  # "[cough]", "(laughs)", "*sighs*"
_RUN = re.compile(r"(.)\1+")
_MURMUR = re.compile(r"[hmn]*m[hmn]*\Z")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_ASCII_HYPHENATED = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_HYPHENS = frozenset("-.\u2010\u2011\u2012\u2013")
_HYPHENATED = re.compile(rf"[^\W_][{re.escape(''.join(sorted(_HYPHENS)))}](?=[^\W_])")
_SPACELESS = re.compile(
    "[\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Japanese, Chinese
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"  # Thai, Lao, Burmese, Khmer
)


def tokens(text: str) -> list[str]:
    """Return words of `text` in normal form; every character of a script without spaces is a word of its own.

    >>> tokens("Mm-hmm, that's OKAAAY!")
    ['m', 'hm', 'thats', 'okay']
    """
    return [said_once(word) for word in _written(text)]


def split(text: str) -> tuple[list[str], frozenset[int]]:
    """Return the `tokens` of `text`, and the indices of those that a hyphen or a dot
    ties to the next ("uh-huh", "o.k.").

    >>> split("uh-huh, okay")
    (['uh', 'huh', 'okay'], frozenset({0}))
    """
    if not _HYPHENATED.search(text):
        return tokens(text), frozenset()
    words: list[str] = []
    tied: set[int] = set()
    for word in _written(text, hyphens=True):
        parts = [said_once(part) for part in word.split("-") if part]
        tied.update(range(len(words), len(words) + len(parts) - 1))
        words += parts
    return words, frozenset(tied)


def folded(word: str) -> str:
    """Return a word of letters as `tokens` would give it: what is drawn out is said once ("mmhmm": "mhm")."""
    return said_once(_DRAWN_OUT.sub(r"\1", word))


def said_once(word: str) -> str:
    """Return a word of nothing but m, h and n with each run of a letter as one
    ("mmhmm": "mhm"); every other as it is.
    """
    return _RUN.sub(r"\1", word) if _MURMUR.match(word) else word


def phrase_key(phrase: str) -> str:
    """Return what two spellings of a phrase have in common: letters and digits, case folded, without punctuation."""
    once = unicodedata.normalize("NFKC", phrase.translate(_NO_APOSTROPHES)).casefold()
    return " ".join("".join(_in_word(c) for c in once).split())


def is_spaceless(text: str) -> bool:
    """Tell whether `text` begins with a letter of a script that is written without spaces."""
    return not text.isascii() and _SPACELESS.match(unicodedata.normalize("NFKC", text[0])) is not None


def _written(text: str, *, hyphens: bool = False) -> list[str]:
    """Return the words of `text` as they are written; with `hyphens` those between letters stay, as "-"."""
    text = _ANNOTATION.sub(" ", _shortened(text))
    if hyphens:
        text = _HYPHENATED.sub(lambda found: f"{found[0][0]}-", text)
    if text.isascii():
        words = _ASCII_HYPHENATED if hyphens else _ASCII_WORDS
        return words.findall(_DRAWN_OUT.sub(r"\1", text.lower().translate(_NO_APOSTROPHES)))
    # One character may stand for eighteen (U+FDFA).
    once = _shortened(unicodedata.normalize("NFKC", text.translate(_NO_APOSTROPHES)).casefold())
    text = _DRAWN_OUT.sub(r"\1", _shortened(unicodedata.normalize("NFKC", once)))
    # Vowel signs of Indic scripts are marks (category M): they belong to the word, which `\w` does not know.
    spaced = "".join(f" {c} " if _SPACELESS.match(c) else _in_word(c, hyphens=hyphens) for c in text)
    return [word for word in spaced.split() if word.strip("-")]


def _shortened(text: str) -> str:
    half = MAX_CHARACTERS // 2
    return text if len(text) <= MAX_CHARACTERS + 1 else f"{text[:half]} {text[-half:]}"


def _in_word(character: str, *, hyphens: bool = False) -> str:
    """Return what is no letter, mark or digit is a space. Format characters
    vanish: joiners stand inside Indic words.
    """
    category = unicodedata.category(character)
    if category[0] in "LMN" or (hyphens and character == "-"):
        return character
    return "" if category == "Cf" else " "

"""The words around a number: whether they announce a code or a telephone number, or make it an amount."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from callagent.profile import NumberReading

Announced = Literal["code", "reference", ""]
"""What the words directly before a number say that it is."""

ENDS = r".!?。！？।\n"  # noqa: RUF001 (Japanese marks)
"""The marks at the end of a sentence, for a class of characters; a dot may also be that of an abbreviation."""

_LATIN = "\u024f"
"""The last Latin letter. Scripts beyond it write no spaces, or vowels with signs that are no letters."""
_DOTTED = 3
"""Letters up to which a word may be an abbreviation with a dot: "no.", "ref.", "tel."."""
_NEAR = 24
"""Characters between "call" and a short number: "Call, in an emergency, …"."""
_MOST_BETWEEN = 5
"""Words between a word such as "code" and its number."""
_LETTER = r"[^\W\d_]"
_GAP = " \t\n:：#,、\"'“”„«»‚‘’「」『』()[]=/-0123456789"  # noqa: RUF001 (the marks that people write)
_SENTENCE_END = re.compile(rf"[{ENDS[1:]}]|(?<={_LETTER}{{4}})\.\s")
_CURRENCY = "$€£¥₹₩₽¢￥"
_CURRENCY_BEFORE = re.compile(rf"(?:[{_CURRENCY}]|\brs\.?|\br\$)\s?[-+]?$")
_SIGN_AFTER = re.compile(rf"\s?[%‰°{_CURRENCY}](?!\d)")
_ADDRESS_AFTER = re.compile(r"@|\.[A-Za-z]|[_=&]")


class Context:
    """The words of one locale, made ready to be looked for."""

    def __init__(self, reading: "NumberReading") -> None:
        telephone, amounts = _any(reading.telephone), _any(reading.amounts)
        self._codes, self._references = _Endings(reading.codes), _Endings(reading.references)
        self._between, self._about = _Endings(reading.between), _Endings((*reading.about, *reading.amounts))
        self._telephone = re.compile(telephone)
        self._telephone_near = re.compile(rf"{telephone}[^{ENDS}]{{0,{_NEAR}}}$")
        self._telephone_next = re.compile(rf"{telephone}(?:\W{{1,3}}{_any(reading.between)}){{0,2}}\W{{0,3}}$")
        self._amount_after = re.compile(rf"[\s-]{{0,2}}{amounts}")
        self.longest_unit = max((len(word) for word in reading.amounts), default=1) + 3

    def announced(self, before: str) -> Announced:
        """Return what the words that lead up to a number say it is."""
        text = before.casefold()
        for _ in range(_MOST_BETWEEN + 1):
            text = text.removesuffix(".").rstrip(_GAP)
            if self._codes.at_end_of(text):
                return "code"
            if self._references.at_end_of(text):
                return "reference"
            word = self._between.at_end_of(text)
            if not word:
                return ""
            text = text[: -len(word)]
        return ""

    def of_telephone(self, before: str) -> bool:
        """Tell whether the sentence up to here is about telephoning."""
        sentence = _SENTENCE_END.split(before)[-1]
        return self._telephone.search(sentence.casefold()) is not None

    def telephone_near(self, before: str) -> bool:
        """Tell whether a word about telephoning stands a few words before a number: "Call in an emergency"."""
        return self._telephone_near.search(before[-2 * _NEAR :].casefold()) is not None

    def telephone_next(self, before: str) -> bool:
        """Tell whether a word about telephoning leads up to a number: "Dial"."""
        return self._telephone_next.search(before[-2 * _NEAR :].casefold()) is not None

    def calling_after(self, after: str) -> bool:
        """Tell whether the words that follow are about telephoning, as verbs at the end of a sentence are."""
        return self._telephone.search(after.casefold()) is not None

    def amount_before(self, before: str) -> bool:
        """Tell whether a word such as "about" or "rooms" stands directly before a number."""
        return bool(self._about.at_end_of(before.casefold().rstrip()))

    def unit_after(self, after: str) -> bool:
        """Tell whether a word such as "euros" or "people" follows."""
        return self._amount_after.match(after.casefold()) is not None


def money_before(before: str) -> bool:
    """Tell whether a currency sign stands directly before a number."""
    return _CURRENCY_BEFORE.search(before[-6:].casefold()) is not None


def no_number_after(after: str) -> bool:
    """Tell whether what follows makes it an amount ("%", "€") or part of an address ("@example.com")."""
    return _SIGN_AFTER.match(after) is not None or _ADDRESS_AFTER.match(after) is not None


@lru_cache(maxsize=32)
def context_of(reading: "NumberReading") -> Context:
    """Return the context words of a profile; made once, because they take some milliseconds."""
    return Context(reading)


class _Endings:
    """Words that a text may end with; `*` before a word stands for any letters."""

    def __init__(self, words: Sequence[str]) -> None:
        plain = {word.casefold() for word in words}
        dotted = {f"{word}." for word in plain if len(word) <= _DOTTED}
        self._words = tuple(sorted(plain | dotted, key=len, reverse=True))
        self._bare = tuple(word.strip("*") for word in self._words)

    def at_end_of(self, text: str) -> str:
        """Return the longest of the words that `text` ends with, or nothing."""
        if not text.endswith(self._bare):
            return ""
        ends = (word for word, bare in zip(self._words, self._bare, strict=True) if text.endswith(bare))
        return next((word.strip("*") for word in ends if _begins(word, text[: -len(word.strip("*"))])), "")


def _begins(word: str, before: str) -> bool:
    return word[0] == "*" or word[0] > _LATIN or not before[-1:].isalpha()


def _any(words: Iterable[str]) -> str:
    alternatives = sorted({_pattern(word.casefold()) for word in words}, key=len, reverse=True)
    return f"(?:{'|'.join(alternatives)})" if alternatives else r"(?!)"


def _pattern(word: str) -> str:
    bare = word.strip("*")
    opened = "" if word.startswith("*") or bare[0] > _LATIN else rf"(?<!{_LETTER})"
    closed = "" if word.endswith("*") or bare[-1] > _LATIN else rf"(?!{_LETTER})"
    return opened + r"[\s-]".join(map(re.escape, bare.split())) + closed

"""What stands for the personal data of a call in a script that is made of it; it keeps the shape and tells nothing.

Replaced are telephone numbers, by fictional ones of the same country; digits, also when they are spelt out, by as many
others; e-mail addresses; and the names that the context of the call has, wherever they are said. The same stands for
the same in the whole script, so that what a caller keys in is still what a tool is called with. Names that nobody but
the caller has said are not known as such and stay.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from callagent.sanitise.redaction.finders import emails
from callagent.scripted_calls.reproduction.stand_in_digits import StandInDigits
from callagent.scripted_calls.script.call_data import CALLER_NUMBER, DIALLED_NUMBER
from callagent.telephony.context import RESERVED

NAMED = re.compile(r"name|customer|client|patient|guest|user|contact|mail|street|address|city|town", re.IGNORECASE)
"""Keys of headers and attributes whose values tell who somebody is, also when they are written small."""

LEAST_LETTERS = 2
"""Shorter words are no names."""

_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[a-z][a-z_-]*")
_CONSONANTS, _VOWELS = "bdfglmnprstv", "aeiou"


class StandIns:
    """What stands for what in one call.

    Args:
        context: as the head of its journal has it.
        language: of the call, BCP 47.
        is_phrase: tells words that the gate knows, which stay what they are.
    """

    def __init__(
        self, context: Mapping[str, Any], language: str = "en", is_phrase: Callable[[str], bool] = lambda word: False
    ) -> None:
        self._is_phrase = is_phrase
        self.digits = StandInDigits(language.split("-")[0].lower())
        self._names: dict[str, str] = {}
        self._context = context
        self._learn_own_numbers()
        for key, value in self._details():
            if NAMED.search(key) or not _PLAIN.fullmatch(value):
                self._learn_names(value, everything=bool(NAMED.search(key)))

    def learn(self, texts: Iterable[str]) -> None:
        """Look through all texts of the call, before the first is replaced."""
        self.digits.learn_texts(texts)

    def text(self, text: str, wholes: Sequence[str] = ()) -> str:
        """Return a text without what is personal in it; `wholes` as for the digits."""
        parts, at = [], 0
        for start, end in emails(text):
            parts += [self._plain(text[at:start], wholes), self._address(text[start:end])]
            at = end
        return "".join(parts) + self._plain(text[at:], wholes)

    def value(self, value: Any) -> Any:
        """Return a value of JSON types without what is personal in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {str(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return int(self.text(str(value)))
        return value

    def keys(self, keys: str) -> str:
        """Return other keys: an entry of several digits is somebody's, a single one is a choice."""
        digits = "".join(each for each in keys if each.isdecimal())
        other = iter(self.digits.stand_in(digits))
        return "".join(next(other) if each.isdecimal() else each for each in keys)

    def context(self) -> dict[str, Any]:
        """Return the `context` of the script: what the agent finds, as far as it is not that of every script."""
        context = self._context
        found: dict[str, Any] = {}
        if context.get("withheld"):
            found["number"] = "anonymous"
        elif number := self._own_number("number"):
            found["number"] = number
        if own := self._own_number("own_number"):
            found["own_number"] = own
        for part in ("headers", "attributes"):
            kept = {
                key: self._detail(key, str(value))
                for key, value in _mapping(context.get(part)).items()
                if not key.startswith(RESERVED)
            }
            if kept:
                found[part] = kept
        defaults = {"number": CALLER_NUMBER, "own_number": DIALLED_NUMBER}
        return {key: value for key, value in found.items() if value != defaults.get(key)}

    def _learn_own_numbers(self) -> None:
        for key, fictional in (("number", CALLER_NUMBER), ("own_number", DIALLED_NUMBER)):
            written = str(self._context.get(key) or "")
            if written.startswith("+1"):
                self.digits.learn(written[1:], fictional[1:])
            elif written:
                self.digits.number(written)

    def _own_number(self, key: str) -> str:
        written = str(self._context.get(key) or "")
        return self.digits.number(written) if written else ""

    def _details(self) -> Iterator[tuple[str, str]]:
        for part in ("headers", "attributes"):
            for key, value in _mapping(self._context.get(part)).items():
                if not key.startswith(RESERVED):
                    yield key, str(value)

    def _detail(self, key: str, value: str) -> str:
        return value if _PLAIN.fullmatch(value) and not NAMED.search(key) else self.text(value)

    def _learn_names(self, value: str, *, everything: bool) -> None:
        for word in _WORD.findall(_without_addresses(value)):
            folded = word.casefold()
            named = everything or not word.islower()
            if len(word) < LEAST_LETTERS or not named or folded in self._names or self._is_phrase(word):
                continue
            self._names[folded] = self._name(len(word), folded)

    def _name(self, length: int, not_this: str) -> str:
        """Return a word that nobody is called, as long as another."""
        first = len(self._names)
        for number in range(first, first + 60):
            letters = (
                _VOWELS[(number + index) % 5] if index % 2 else _CONSONANTS[(5 * number + 3 * index) % 12]
                for index in range(length)
            )
            name = "".join(letters)
            if name != not_this and name not in self._names.values() and not self._is_phrase(name):
                return name
        return "x" * length

    def _plain(self, text: str, wholes: Sequence[str]) -> str:
        named = _WORD.sub(lambda found: self._named(found[0]), text) if self._names else text
        return self.digits.text(named, wholes)

    def _named(self, word: str) -> str:
        name = self._names.get(word.casefold())
        if name is None:
            return word
        return name.upper() if word.isupper() and len(word) > 1 else name.capitalize() if word[0].isupper() else name

    def _address(self, written: str) -> str:
        address = written.casefold()
        if address not in self._names:
            self._names[address] = self._name(max(1, len(re.split(r"[@\s(\[]", address)[0])), address)
        at = "@" if "@" in address else " at "
        return f"{self._names[address]}{at}example{'.' if '@' in address else ' dot '}com"


def _without_addresses(text: str) -> str:
    for start, end in reversed([*emails(text)]):
        text = f"{text[:start]} {text[end:]}"
    return text


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

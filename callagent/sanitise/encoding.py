"""Values of any kind as JSON, and texts as a database takes them: what cannot be encoded is replaced, the rest is kept.

A record is worth more than one value in it. A model may write half an emoji, a tool may give back an object, a
measurement may be infinite: each is written as near to itself as JSON allows.
"""

import json
import logging
import math
import reprlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from callagent.sanitise.terminal import is_printable

LONGEST_TEXT: Final = 1 << 20
"""Characters of one text that are written; the rest is counted."""

MOST_ENTRIES: Final = 100_000
"""Entries of one list or object that are written; the rest is counted."""

DEEPEST: Final = 50
"""Levels of lists and objects inside each other that are written."""

WIDEST_INTEGER: Final = 4096
"""Bits of an integer; Python refuses to write one of more than 4300 digits."""

_REPLACED: Final = "\ufffd"
_AS_TEXT = (PurePath, datetime, date, time, timedelta, Decimal, UUID)
"""Types whose `str` says it all, and cannot fail."""

_log = logging.getLogger("callagent.sanitise")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return the value as JSON text that any reader takes and that does nothing to a terminal; never raises.

    A log line tells what was replaced: halves of characters and bytes (by U+FFFD), numbers that are not finite (by
    null), objects (by their repr), keys that are no text, cycles, and what is too deep, too long or too large.
    """
    copy = _Copy()
    plain = copy.of(value)
    if copy.replaced:
        _log.warning("values that JSON cannot hold were replaced", extra={"replaced": dict(copy.replaced)})
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=indent)
    lines = text.split("\n")
    return text if all(map(is_printable, lines)) else "\n".join(map(_escaped, lines))


def encodable(text: str) -> str:
    """Return the text with its halves of characters put together, or replaced where the other half is missing."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def storable(text: str) -> str:
    """Return the text as every database takes it: PostgreSQL has no NUL, and none has half a character."""
    return encodable(text).replace("\0", _REPLACED)


def shortened(text: str, longest: int) -> str:
    """Return the text; of one with more than `longest` characters so many, and how many there were."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def text_of(value: object) -> str:
    """Return the value as text, of whatever kind it is; an object whose own `repr` fails is named by its type."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[: LONGEST_TEXT + 1]).decode(errors="replace")
    if isinstance(value, int) and value.bit_length() > WIDEST_INTEGER:
        return f"an integer of {value.bit_length()} bits"
    if value is None or type(value) in (bool, int, float) or isinstance(value, _AS_TEXT):
        return str(value)
    return _ANYTHING.repr_instance(value, 0)


def _any_repr() -> reprlib.Repr:
    shown = reprlib.Repr()
    shown.maxother = 2_000
    return shown


_ANYTHING = _any_repr()


@dataclass
class _Copy:
    """Copies a value as JSON types. `replaced` counts what could not be copied, by its kind."""

    replaced: Counter[str] = field(default_factory=Counter)
    _above: set[int] = field(default_factory=set)

    def of(self, value: Any) -> Any:
        match value:
            case None | bool():
                return value
            case Enum() if not isinstance(value, str | int | float):
                return self.of(value.value)
            case str():
                return self._text(str.__str__(value))
            case int():
                return int(value) if value.bit_length() <= WIDEST_INTEGER else self._instead("number", text_of(value))
            case float():
                return float(value) if math.isfinite(value) else self._instead("number", None)
            case Mapping() | list() | tuple() | set() | frozenset():
                return self._nested(value)
        if not isinstance(value, _AS_TEXT):
            self.replaced["bytes" if isinstance(value, bytes | bytearray | memoryview) else "object"] += 1
        return self._text(text_of(value))

    def _nested(self, value: Any) -> Any:
        if id(value) in self._above:
            return self._instead("cycle", "…")
        if len(self._above) >= DEEPEST:
            return self._instead("depth", "…")
        self._above.add(id(value))
        try:
            return self._object(value) if isinstance(value, Mapping) else self._list(value)
        finally:
            self._above.remove(id(value))

    def _list(self, values: Iterable[Any]) -> list[Any]:
        entries = iter(list(values))  # whole, also while others add to it
        plain = [self.of(each) for each in islice(entries, MOST_ENTRIES)]
        return plain + self._left_out(entries)

    def _object(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        entries = iter(list(value.items()))
        plain: dict[str, Any] = {}
        for key, inner in islice(entries, MOST_ENTRIES):
            name = self._key(key)
            while name in plain:
                name += "_"
            plain[name] = self.of(inner)
        for note in self._left_out(entries):
            plain["…"] = note
        return plain

    def _key(self, key: object) -> str:
        if isinstance(key, str):
            return self._text(str.__str__(key))
        self.replaced["key"] += 1
        return self._text("null" if key is None else text_of(key))

    def _text(self, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            self.replaced["length"] += 1
            text = shortened(text, LONGEST_TEXT)
        whole = encodable(text)
        if whole.count(_REPLACED) != text.count(_REPLACED):
            self.replaced["text"] += 1
        return whole

    def _left_out(self, entries: Iterable[object]) -> list[str]:
        more = sum(1 for _ in entries)
        if more:
            self.replaced["length"] += 1
        return [f"… and {more} more"] if more else []

    def _instead(self, kind: str, value: Any) -> Any:
        self.replaced[kind] += 1
        return value


def _escaped(line: str) -> str:
    if is_printable(line):
        return line
    return "".join(c if is_printable(c) else json.dumps(c)[1:-1] for c in line)

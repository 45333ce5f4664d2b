"""Which trunks and rules LiveKit does not allow side by side: those that would match the same calls.

The keys are those that livekit-server checks (livekit/protocol, sip/sip.go): a trunk is a called and a calling number,
a rule is a trunk, a called and a calling number and a PIN, `""` standing for any.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from callagent.provisioning.resources import Item, Kind, Value
from callagent.provisioning.secret import Secret

Key = tuple[Kind, str, str, str, str]
"""Kind, trunk, called number, calling number, PIN. Contains a secret: not for printing."""

_NUMBER = re.compile(r"\+?[\d\- ()]+")


def keys(item: Item) -> frozenset[Key]:
    """Return what of an object nobody else may have; nothing for outbound trunks."""
    called, calling = _numbers(item, "numbers"), _numbers(item, _CALLING[item.kind])
    match item.kind:
        case Kind.OUTBOUND:
            return frozenset()
        case Kind.INBOUND:
            return frozenset((item.kind, "", *pair, "") for pair in product(called, calling))
    pin = item.fields["pin"]
    assert isinstance(pin, Secret)
    trunks = _texts(item.fields["trunks"]) or ("",)
    return frozenset((item.kind, *part, pin.value) for part in product(trunks, called, calling))


_CALLING = {Kind.INBOUND: "allowed_numbers", Kind.RULE: "calling_numbers", Kind.OUTBOUND: "numbers"}


def describe(key: Key) -> str:
    """Return what a key stands for, without the PIN."""
    kind, trunk, called, calling, pin = key
    parts = [f"calls to {called}" if called else "calls to any number"]
    if calling:
        parts.append(f"from {calling}")
    if kind is Kind.RULE:
        parts.append(f"on trunk {trunk}" if trunk else "on every trunk")
        parts.append("with the same PIN" if pin else "without PIN")
    return " ".join(parts)


def field_of(key: Key) -> str:
    """Return the field that shows best why two objects collide."""
    kind, trunk, called, _, _ = key
    return "numbers" if called else "trunks" if kind is Kind.RULE and trunk else ""


def owners(items: Iterable[tuple[Any, Item]]) -> dict[Key, Any]:
    """Tell who has each key; the first of several."""
    found: dict[Key, Any] = {}
    for owner, item in items:
        for key in keys(item):
            found.setdefault(key, owner)
    return found


def collisions(items: Iterable[Item], others: Mapping[Key, Any]) -> Iterator[tuple[Item, Key, Any]]:
    """Yield each item that wants what another has: the item, the first of their
    common keys, and the owner in `others`.
    """
    for item in items:
        for key in sorted(keys(item)):
            owner = others.get(key)
            if owner is not None and owner is not item:
                yield item, key, owner
                break


def _numbers(item: Item, name: str) -> tuple[str, ...]:
    return tuple(normal_number(number) for number in _texts(item.fields[name])) or ("",)


def _texts(value: Value) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value


def normal_number(number: str) -> str:
    """As livekit-server compares the numbers of trunks: with and without + is the same."""
    if not _NUMBER.fullmatch(number):
        return number
    return "+" + re.sub(r"[+\- ()]", "", number)

"""What has to change on a server so that it is as a file says. Pure: no request, no clock."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from callagent.provisioning.collisions import collisions, describe, field_of, owners
from callagent.provisioning.resources import (
    Change,
    Conflict,
    Create,
    Delete,
    Existing,
    FieldChange,
    Item,
    Kind,
    Update,
    Value,
)
from callagent.provisioning.secret import Secret

Matches = Callable[[str, Secret], bool]
"""Whether a digest was made of a secret."""


@dataclass(frozen=True)
class Plan:
    """The changes, and what they leave alone.

    Args:
        existing: everything that is on the server now.
        unmanaged: the part of it that another stack, or not callagent at all, created.
        conflicts: why the plan cannot be carried out; empty for one that can.
    """

    changes: tuple[Change, ...]
    existing: tuple[Existing, ...] = ()
    unmanaged: tuple[Existing, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def deletions(self) -> tuple[Delete, ...]:
        """The changes that remove something."""
        return tuple(change for change in self.changes if isinstance(change, Delete))


def make_plan(
    items: Sequence[Item],
    existing: Sequence[Existing],
    stack: str,
    *,
    adopt: bool = False,
    matches: Matches = lambda digest, secret: False,
) -> Plan:
    """Compare what should be with what is. Objects are matched by kind and name.

    Args:
        items: what the file asks for.
        existing: everything that is on the server.
        stack: whose objects may be changed and deleted.
        adopt: take over objects of the same name that this stack did not create.
        matches: how a password that the server does not show is compared with its digest.
    """
    own, foreign = (
        _by_name(each for each in existing if each.stack == stack),
        _by_name(each for each in existing if each.stack != stack),
    )
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    taken: set[str] = set()
    for item in items:
        name = (item.kind, item.name)
        candidates = own.pop(name, [])
        others = foreign.get(name, [])
        if not candidates and others:
            if not adopt or len(others) > 1:
                conflicts.append(Conflict(item.kind, item.name, "", _taken(item, others, adopt)))
                continue
            candidates = others
            taken.add(others[0].id)
        if not candidates:
            changes.append(Create(item))
            continue
        first, *doubles = sorted(candidates, key=lambda each: each.id)
        adopted = first.stack != stack
        fields = field_changes(first, item, matches)
        if fields or adopted:
            changes.append(Update(first, item, fields, adopted))
        changes += map(Delete, doubles)
    changes += [Delete(each) for rest in own.values() for each in rest]
    unmanaged = tuple(each for each in existing if each.stack != stack and each.id not in taken)
    named = {(each.kind, each.name) for each in conflicts}
    conflicts += _collisions([item for item in items if (item.kind, item.name) not in named], unmanaged)
    return Plan(tuple(changes), tuple(existing), unmanaged, tuple(conflicts))


def field_changes(existing: Existing, item: Item, matches: Matches) -> tuple[FieldChange, ...]:
    """Return the fields in which an object is not as it should be."""
    found: list[FieldChange] = []
    for name, after in item.fields.items():
        before = existing.item.fields[name]
        if name == "auth.password" and existing.sealed and isinstance(after, Secret):
            same = matches(existing.sealed, after)
        else:
            same = _comparable(before) == _comparable(after)
        if not same:
            found.append(FieldChange(name, before, after))
    return tuple(found)


def _comparable(value: Value) -> object:
    """Return the order of lists means nothing to LiveKit."""
    return sorted(value) if isinstance(value, tuple) else value


def _by_name(existing: Iterable[Existing]) -> dict[tuple[Kind, str], list[Existing]]:
    found = defaultdict[tuple[Kind, str], list[Existing]](list)
    for each in existing:
        found[each.item.kind, each.item.name].append(each)
    return found


def _taken(item: Item, others: Sequence[Existing], adopt: bool) -> str:
    if len(others) > 1:
        return f"{len(others)} {item.kind.words}s of this name exist; rename or delete all but one of them"
    owner = f"stack '{others[0].stack}' created" if others[0].stack else "callagent did not create"
    return f"{others[0].id} has this name, which {owner}: choose another name, or --adopt it"


def _collisions(items: Sequence[Item], unmanaged: Sequence[Existing]) -> list[Conflict]:
    others = owners((each, each.item) for each in unmanaged)
    return [
        Conflict(
            item.kind,
            item.name,
            field_of(key),
            f"{describe(key)}: the {item.kind.words} '{other.item.name}' ({other.id}) takes them, "
            "which this file does not manage",
        )
        for item, key, other in collisions(items, others)
    ]

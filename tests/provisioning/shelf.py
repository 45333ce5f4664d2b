"""What livekit-server does with trunks and rules, in memory: it refuses what collides at that moment."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from callagent.livekit_api import Refused
from callagent.provisioning.collisions import collisions, owners
from callagent.provisioning.resources import Create, Delete, Existing, Item, Kind, Park, Step
from callagent.provisioning.sip_server import trunk_names


class Shelf:
    """Existing objects by id; in rules, trunks stand by id, as on a server."""

    def __init__(self, *existing: Existing) -> None:
        self.objects = {each.id: each for each in existing}
        self.steps: list[Step] = []
        self._ids = count(1)

    def listed(self, stack: str) -> list[Existing]:
        names = trunk_names(list(self.objects.values()), stack)
        return [replace(each, item=_trunks(each.item, names)) for each in self.objects.values()]

    async def do(self, step: Step, stack: str, trunk_ids: Mapping[str, str]) -> str:
        self.steps.append(step)
        if isinstance(step, Delete):
            del self.objects[step.existing.id]
            return step.existing.id
        object_id = f"{step.item.kind}-{next(self._ids):03}" if isinstance(step, Create) else step.existing.id
        item = _parked(step) if isinstance(step, Park) else step.item
        self.put(Existing(_trunks(item, trunk_ids), object_id, stack))
        return object_id

    def put(self, new: Existing) -> None:
        others = owners((each, each.item) for each in self.objects.values() if each.id != new.id)
        for _, key, other in collisions([new.item], others):
            raise Refused(f"{new.item.name}: {key} is taken by {other.item.name}")
        self.objects[new.id] = new


def _parked(step: Park) -> Item:
    field = "calling_numbers" if step.item.kind is Kind.RULE else "allowed_numbers"
    return replace(step.item, fields={**step.item.fields, field: (f"moving-{step.existing.id}",)})


def _trunks(item: Item, names: Mapping[str, str]) -> Item:
    trunks = item.fields.get("trunks")
    if not isinstance(trunks, tuple):
        return item
    return replace(item, fields={**item.fields, "trunks": tuple(names.get(each, each) for each in trunks)})

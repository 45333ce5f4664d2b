"""In which order changes are made: LiveKit checks each one against everything that exists at that moment."""

from collections.abc import Sequence

from callagent.provisioning.collisions import Key, keys
from callagent.provisioning.plan import Plan
from callagent.provisioning.resources import Create, Delete, Kind, Park, Step, Update

Wave = tuple[Step, ...]
"""Steps that may be made at the same time."""


def waves(plan: Plan) -> tuple[Wave, ...]:
    """Return the steps of a plan, wave after wave: trunks before the rules that name them, deletions last.

    What somebody else still has is freed first: by the change that gives it up, by a deletion, or, where two objects
    want what the other one has, by parking one of them.
    """
    done: list[Wave] = []
    deletions = list(plan.deletions)
    for kind in (Kind.INBOUND, Kind.OUTBOUND, Kind.RULE):
        pending = [c for c in plan.changes if c.item.kind is kind and not isinstance(c, Delete)]
        mine = [deletion for deletion in deletions if deletion.item.kind is kind]
        made = _Ordering(plan, kind, pending, mine).run()
        done += made
        gone = {step.existing.id for wave in made for step in wave if isinstance(step, Delete)}
        deletions = [deletion for deletion in deletions if deletion.existing.id not in gone]
    for kind in (Kind.RULE, Kind.OUTBOUND, Kind.INBOUND):
        if last := tuple(deletion for deletion in deletions if deletion.item.kind is kind):
            done.append(last)
    return tuple(done)


class _Ordering:
    def __init__(self, plan: Plan, kind: Kind, pending: Sequence[Create | Update], deletions: Sequence[Delete]) -> None:
        self._pending = list(pending)
        self._deletions = {deletion.existing.id: deletion for deletion in deletions}
        self._has = {each.id: keys(each.item) for each in plan.existing if each.item.kind is kind}
        self._owner: dict[Key, str] = {key: owner for owner, has in self._has.items() for key in has}
        self._done: list[Wave] = []

    def run(self) -> list[Wave]:
        while self._pending:
            blocked = [change for change in self._pending if self._blockers(change)]
            if len(blocked) < len(self._pending):
                ready = tuple(change for change in self._pending if not self._blockers(change))
                self._pending = blocked
                self._do(ready)
            else:
                self._do(self._freeing())
        return self._done

    def _blockers(self, change: Create | Update) -> set[str]:
        """Return ids of the objects that have something the change needs."""
        own = change.existing.id if isinstance(change, Update) else None
        return {owner for key in keys(change.item) if (owner := self._owner.get(key)) not in (None, own)}

    def _freeing(self) -> Wave:
        """Return the deletions that are in the way, or else one object parked."""
        blockers = set[str]().union(*map(self._blockers, self._pending))
        if doomed := tuple(self._deletions.pop(each) for each in sorted(blockers & self._deletions.keys())):
            return doomed
        movable = [c for c in self._pending if isinstance(c, Update) and c.existing.id in blockers]
        if not movable:
            raise AssertionError("something that nobody changes is in the way; the plan has conflicts")
        return (Park(movable[0].existing),)

    def _do(self, wave: Wave) -> None:
        self._done.append(wave)
        for step in wave:
            if not isinstance(step, Create):
                for key in self._has.pop(step.existing.id, ()):
                    self._owner.pop(key, None)
        for step in wave:
            if isinstance(step, Create | Update):
                owner = step.existing.id if isinstance(step, Update) else f"new {step.item.name}"
                self._has[owner] = keys(step.item)
                self._owner |= dict.fromkeys(self._has[owner], owner)

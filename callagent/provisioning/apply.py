"""Carries a plan out: wave after wave, a few requests at a time, stopping at the first failure."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from callagent.livekit_api import Refused, ServerError, SipDisabled
from callagent.provisioning.plan import Plan
from callagent.provisioning.resources import Create, Item, Kind, Park, Step
from callagent.provisioning.secret import Secret
from callagent.provisioning.sip_server import trunk_names
from callagent.provisioning.waves import Wave, waves
from callagent.sanitise import without

AT_ONCE = 8
"""Requests that are under way at the same time."""


class Doer(Protocol):
    """What makes one step: a `SipServer`."""

    async def do(self, step: Step, stack: str, trunk_ids: Mapping[str, str]) -> str:
        """Make the step and return the object's id."""


@dataclass
class Outcome:
    """What became of a plan.

    Args:
        done: the steps made.
        failed: the steps that failed, with the reason, in which no secret stands.
        left: the steps not tried.
        unreachable: whether a failure was that of the server as a whole.
    """

    done: list[Step] = field(default_factory=list)
    failed: list[tuple[Step, str]] = field(default_factory=list)
    left: list[Step] = field(default_factory=list)
    unreachable: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything was done."""
        return not self.failed and not self.left


async def carry_out(
    plan: Plan, server: Doer, stack: str, *, on_done: Callable[[Step], None] = lambda step: None
) -> Outcome:
    """Make the changes of a plan that has no conflicts.

    After a failure what is under way is finished and nothing else begun: planning again shows what is still to do.

    Args:
        stack: the stack that the objects are marked with.
        on_done: called after every step that succeeded.
    """
    names = trunk_names(plan.existing, stack)
    run = _Run(server, stack, {name: trunk_id for trunk_id, name in names.items()}, on_done)
    for wave in waves(plan):
        await run.make(wave)
    run.outcome.failed = [(step, scrubbed(reason, plan)) for step, reason in run.outcome.failed]
    return run.outcome


class _Run:
    def __init__(self, server: Doer, stack: str, trunk_ids: dict[str, str], on_done: Callable[[Step], None]) -> None:
        self.outcome = Outcome()
        self._server = server
        self._stack = stack
        self._trunk_ids = trunk_ids
        self._on_done = on_done
        self._free = asyncio.Semaphore(AT_ONCE)

    async def make(self, wave: Wave) -> None:
        async with asyncio.TaskGroup() as group:
            for step in wave:
                group.create_task(self._make(step), name=f"sip {step.item.kind.words}")

    async def _make(self, step: Step) -> None:
        async with self._free:
            if self.outcome.failed:
                self.outcome.left.append(step)
                return
            try:
                object_id = await self._server.do(step, self._stack, self._trunk_ids)
            except ServerError as error:
                self.outcome.failed.append((step, str(error)))
                if not isinstance(error, Refused) or isinstance(error, SipDisabled):
                    self.outcome.unreachable = True
                return
        if isinstance(step, Create) and step.item.kind is Kind.INBOUND:
            self._trunk_ids[step.item.name] = object_id
        self.outcome.done.append(step)
        if not isinstance(step, Park):
            self._on_done(step)


def scrubbed(text: str, plan: Plan) -> str:
    """Return a server's words without any secret of the plan, should it repeat one."""
    items = [change.item for change in plan.changes] + [each.item for each in plan.existing]
    return without(text, _secrets(items))


def _secrets(items: Iterable[Item]) -> set[str]:
    found: set[str] = set()
    for item in items:
        for value in item.fields.values():
            values = value.values() if isinstance(value, Mapping) else (value,)
            found |= {each.value for each in values if isinstance(each, Secret) and each}
    return found

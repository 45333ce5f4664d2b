import asyncio
from collections.abc import Mapping

import pytest

from callagent.livekit_api import Refused, ServerError, SipDisabled, Unauthorised, Unreachable
from callagent.provisioning import Item, carry_out, make_plan
from callagent.provisioning.apply import AT_ONCE
from callagent.provisioning.resources import Step
from callagent.provisioning.secret import Secret
from tests.provisioning.items import rule, trunk
from tests.provisioning.shelf import Shelf

MANY = [trunk(f"t{n}", f"+120255501{n:02}") for n in range(20)]


class Failing(Shelf):
    """Fails from the n-th step on."""

    def __init__(self, good: int, error: Exception) -> None:
        super().__init__()
        self._good = good
        self._error = error

    async def do(self, step: Step, stack: str, trunk_ids: Mapping[str, str]) -> str:
        await asyncio.sleep(0)
        if len(self.steps) >= self._good:
            raise self._error
        return await super().do(step, stack, trunk_ids)


class Counting(Shelf):
    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    async def do(self, step: Step, stack: str, trunk_ids: Mapping[str, str]) -> str:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return await super().do(step, stack, trunk_ids)


async def test_only_so_many_requests_are_under_way_at_once() -> None:
    shelf = Counting()
    await carry_out(make_plan(MANY, [], "mine"), shelf, "mine")
    assert shelf.most == AT_ONCE


@pytest.mark.parametrize(
    ("error", "unreachable"),
    [(Refused("no"), False), (Unreachable("gone"), True), (Unauthorised("no key"), True), (SipDisabled("no"), True)],
)
async def test_a_failure_stops_what_has_not_begun_and_applying_again_completes_it(
    error: ServerError, unreachable: bool
) -> None:
    shelf = Failing(3, error)
    wanted: list[Item] = [*MANY, rule("r", "t0")]
    outcome = await carry_out(make_plan(wanted, [], "mine"), shelf, "mine")
    assert (len(outcome.done), outcome.unreachable, outcome.complete) == (3, unreachable, False)
    assert 1 <= len(outcome.failed) <= AT_ONCE
    assert len(outcome.done) + len(outcome.failed) + len(outcome.left) == len(wanted)
    shelf._good = 100
    again = await carry_out(make_plan(wanted, shelf.listed("mine"), "mine"), shelf, "mine")
    assert (again.complete, len(again.done)) == (True, len(wanted) - 3)
    assert make_plan(wanted, shelf.listed("mine"), "mine").changes == ()


async def test_a_secret_that_a_server_repeats_is_not_passed_on() -> None:
    secret = Secret("correct-horse")
    plan = make_plan([trunk("a", auth__password=secret, headers={"X": Secret("tok")})], [], "mine")
    outcome = await carry_out(plan, Failing(0, Refused("bad password correct-horse in tok")), "mine")
    assert outcome.failed[0][1] == "bad password *** in ***"


async def test_every_step_is_told_when_it_is_done() -> None:
    told: list[str] = []
    await carry_out(make_plan(MANY, [], "mine"), Shelf(), "mine", on_done=lambda step: told.append(step.item.name))
    assert sorted(told) == sorted(each.name for each in MANY)

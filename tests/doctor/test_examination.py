import asyncio

import pytest

from callagent.doctor import Check, Examined, Finding, Subject, examine
from callagent.doctor.check import failed, ok, skipped, warning
from tests.doctor.patients import subject


def finds(finding: Finding, name: str, *needs: str) -> Check:
    async def run(_: Subject) -> Finding:
        return finding

    return Check(name, run, needs)


async def hangs(_: Subject) -> Finding:
    await asyncio.Event().wait()
    raise AssertionError


async def states(*checks: Check) -> dict[str, str]:
    return {each.check: each.finding.state async for each in examine(subject(), checks)}


async def test_findings_come_in_the_order_of_the_checks_and_not_in_that_of_their_ends() -> None:
    slow_done = asyncio.Event()

    async def slow(_: Subject) -> Finding:
        await slow_done.wait()
        return ok("")

    async def quick(_: Subject) -> Finding:
        slow_done.set()
        return ok("")

    assert list(await states(Check("slow", slow), Check("quick", quick))) == ["slow", "quick"]


@pytest.mark.parametrize(
    ("before", "after"),
    [(failed("", ""), "skipped"), (skipped(""), "skipped"), (warning("", ""), "ok"), (ok(""), "ok")],
)
async def test_a_check_is_skipped_unless_what_it_needs_was_found(before: Finding, after: str) -> None:
    assert (await states(finds(before, "first"), finds(ok(""), "second", "first")))["second"] == after


async def test_a_check_that_hangs_fails_at_its_limit_and_says_what_to_do() -> None:
    check = Check("hung", hangs, limit=0.01, late=("it did not answer", "wake it"))
    assert [each.finding async for each in examine(subject(), [check])] == [
        failed("it did not answer within 0.01 s", "wake it")
    ]


async def test_the_telling_of_one_finding_does_not_wait_for_the_checks_behind_it() -> None:
    telling = examine(subject(), [finds(ok(""), "first"), Check("hung", hangs)])
    first: Examined = await anext(telling)
    await telling.aclose()  # type: ignore[attr-defined]  # an async generator
    assert first.check == "first"


async def test_a_check_that_needs_a_later_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="check a needs b, which must come before it"):
        await states(finds(ok(""), "a", "b"), finds(ok(""), "b"))


async def test_a_mistake_of_a_check_ends_the_doctor_and_that_of_another_one_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def mistaken(_: Subject) -> Finding:
        raise TypeError("mine")

    async def mistaken_too(_: Subject) -> Finding:
        raise LookupError("another one's")

    async def patient(_: Subject) -> Finding:
        await asyncio.sleep(0)
        return ok("")

    checks = Check("slow", patient), Check("mine", mistaken), Check("needy", patient, ("mine",))
    with pytest.raises(TypeError, match="mine"):
        await states(*checks, Check("other", mistaken_too))
    (logged,) = [record.exc_info for record in caplog.records if record.exc_info]
    assert isinstance(logged[1], LookupError)

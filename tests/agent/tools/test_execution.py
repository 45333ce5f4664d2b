import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from callagent.agent.tools.execution import TookTooLongError, call, within
from tests.support.virtual import virtually


def outcome(target: Callable[..., Any], limit: float = 5.0) -> Any:
    """What a call gives, and the time at which it gives it."""

    async def body() -> Any:
        loop = asyncio.get_running_loop()
        try:
            result = await within(limit, "look_up", call(target, {"item": "rye"}))
        except TookTooLongError as error:
            result = str(error)
        return result, round(loop.time(), 3)

    return virtually(body)


async def slow(item: str) -> str:
    await asyncio.sleep(4.0)
    return item


async def hangs(item: str) -> None:
    await asyncio.Event().wait()


async def clings(item: str) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(3.0)


def test_a_result_in_time_is_the_result() -> None:
    assert outcome(slow) == ("rye", 4.0)
    assert outcome(lambda item: item.upper()) == ("RYE", 0.0)


def test_a_plain_function_may_return_something_to_await() -> None:
    assert outcome(lambda item: slow(item)) == ("rye", 4.0)


def test_a_function_that_hangs_is_cancelled_when_its_time_has_passed() -> None:
    assert outcome(hangs) == ("look_up took longer than 5 s", 5.0)


def test_a_function_that_goes_on_all_the_same_is_left_to_itself() -> None:
    assert outcome(clings) == ("look_up took longer than 5 s", 5.5)


def test_a_thread_that_hangs_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callagent.scripted_calls.levels.text.virtual_clock.JOB_PATIENCE_S", 0.05)
    release = threading.Event()
    try:
        assert outcome(lambda item: release.wait()) == ("look_up took longer than 5 s", 5.0)
    finally:
        release.set()


@pytest.mark.parametrize("error", [TimeoutError("of its own"), SystemExit("of its own"), ValueError("of its own")])
def test_what_a_function_raises_is_raised(error: BaseException) -> None:
    def fails(item: str) -> None:
        raise error

    with pytest.raises(type(error), match="of its own"):
        outcome(fails)


def test_a_call_that_is_given_up_is_cancelled() -> None:
    ended: list[str] = []

    async def watched(item: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(item)

    async def body() -> None:
        task = asyncio.create_task(within(5.0, "look_up", call(watched, {"item": "rye"})), name="call")
        await asyncio.sleep(1.0)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()

    virtually(body)
    assert ended == ["rye"]

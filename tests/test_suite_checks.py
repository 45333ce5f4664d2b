"""The checks of the test suite itself: each must be able to fail."""

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar, cast

import pytest

from tests.support.blocking_calls import blocking_calls
from tests.support.leftovers import leftover_tasks
from tests.support.levels import LevelsMustRun
from tests.support.loop_watch import LoopWatch
from tests.support.own_code import PACKAGE, frames

F = TypeVar("F", bound=Callable[..., Any])


def of_package(function: F) -> F:
    """The same function, as if it were written in the package."""
    code = cast(FunctionType, function).__code__.replace(co_filename=f"{PACKAGE}example.py")
    return cast(F, FunctionType(code, function.__globals__, function.__name__))


@of_package
async def holds_the_loop(seconds: float) -> None:
    time.sleep(seconds)  # noqa: ASYNC251 - what the checks look for


@of_package
async def computes_in_pieces() -> None:
    for _ in range(10):
        sum(range(200_000))
        await asyncio.sleep(0)


@of_package
async def sleeps_in_a_thread() -> None:
    await asyncio.to_thread(time.sleep, 0.2)


@of_package
async def waits() -> None:
    await asyncio.Event().wait()


@pytest.mark.blocks_loop(reason="it shows that the watch sees it")
def test_a_callback_that_holds_the_loop_is_named() -> None:
    with LoopWatch(0.1).on() as watch:
        asyncio.run(holds_the_loop(1.0))  # long: the watch may get no processor for a while
    (line,) = watch.blocks
    assert "callagent/example.py" in line and "holds_the_loop" in line


@pytest.mark.parametrize("fine", [computes_in_pieces, sleeps_in_a_thread])
def test_a_loop_that_stays_responsive_is_fine(fine: Callable[[], Any]) -> None:
    with blocking_calls() as calls, LoopWatch(0.1).on() as watch:
        asyncio.run(fine())
    assert (calls, watch.blocks) == ([], [])


@pytest.mark.blocks_loop(reason="there is no loop")
def test_a_look_at_the_stacks_begins_no_collection_of_garbage() -> None:
    """What it runs could let go of the frame that is being looked at."""
    begun: list[str] = []

    def collecting(phase: str, _: dict[str, int]) -> None:
        if phase == "start" and threading.current_thread().name == "loop-watch":
            begun.extend(frame.f_code.co_name for frame in frames(sys._getframe()))

    threshold = gc.get_threshold()
    gc.callbacks.append(collecting)
    gc.set_threshold(1)
    try:
        with LoopWatch(0.1).on():
            time.sleep(0.3)
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collecting)
    assert "_sample" not in begun and gc.isenabled()


def test_a_blocking_call_inside_a_loop_is_named() -> None:
    with blocking_calls() as calls:
        asyncio.run(holds_the_loop(0.2))
    (line,) = calls
    assert line.startswith("called time.sleep, which blocks, at callagent/example.py:")


async def test_a_task_of_the_package_that_nobody_awaits_is_named() -> None:
    task = asyncio.create_task(waits(), name="forgotten")
    try:
        assert leftover_tasks() == ["task 'forgotten' (waits) is still pending"]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


LEVEL_TESTS = """
import pytest

@pytest.mark.room
def test_room():
    {body}

@pytest.mark.sip
def test_sip():
    pytest.skip("no user agent")
"""


@pytest.mark.parametrize(
    ("body", "status"),
    [("pass", 0), ("pytest.skip('no server')", 1), ("pytest.xfail('later')", 0)],
)
def test_a_skipped_level_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, status: int
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers =\n  room\n  sip\n")
    pytester.makepyfile(LEVEL_TESTS.format(body=body))
    result = pytester.inline_run(plugins=[LevelsMustRun()])
    assert result.ret == status

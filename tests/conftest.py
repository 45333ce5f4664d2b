import asyncio
import gc
import inspect
import os
from collections.abc import AsyncIterator, Generator

import pytest

from tests.support.blocking_calls import blocking_calls
from tests.support.leftovers import leftover_tasks
from tests.support.levels import LevelsMustRun
from tests.support.loop_watch import LoopWatch
from tests.support.real_time import is_in_real_time, side_by_side, split

LONGEST_CALLBACK_S = 0.5
"""Seconds; a machine that is busy with something else takes twice as long over the same work."""

REPEATS = pytest.mark.flaky(reruns=3, reruns_delay=20, only_rerun=["AssertionError", "TimeoutError"])
"""A busy machine can starve a call in real time, for a while; every repeated test stands in the summary. A hang is not
repeated."""
REPEATS_TIMEOUT = pytest.mark.timeout(300)


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        config.pluginmanager.register(LevelsMustRun())
    if (part := split(config)) is not None:
        config.pluginmanager.register(part)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return side_by_side(config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what stays: a third of the time was spent on it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Keep the modules and the tests out of every later look for garbage."""
    gc.freeze()
    try:
        return (yield)
    finally:
        gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_in_real_time(item):
            item.add_marker(REPEATS)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(REPEATS_TIMEOUT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    if (marker := item.get_closest_marker("blocks_loop")) is not None:
        if not marker.kwargs.get("reason"):
            pytest.fail("blocks_loop needs a reason")
        yield
        return
    with blocking_calls() as calls, LoopWatch(LONGEST_CALLBACK_S).on() as watch:
        yield
    if blocks := [*dict.fromkeys(calls), *watch.blocks]:
        pytest.fail("the event loop was blocked:\n" + "\n".join(blocks), pytrace=False)


@pytest.fixture(autouse=True)
def no_task_left(request: pytest.FixtureRequest) -> None:
    if inspect.iscoroutinefunction(request.function):
        request.getfixturevalue("awaited_tasks")


@pytest.fixture
async def awaited_tasks() -> AsyncIterator[None]:
    yield
    await asyncio.sleep(0)
    if tasks := leftover_tasks():
        pytest.fail("\n".join(tasks), pytrace=False)

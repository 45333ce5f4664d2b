"""Waiting for the first of several, work beside a block, and background tasks: nothing leaks, and no error is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import pytest

from callagent.concurrency import (
    BackgroundTasks,
    all_of,
    beside,
    cancel_and_wait,
    first_done,
    first_of,
    supervised,
    uninterrupted,
    wait_for_end,
)

Beside = Callable[..., AbstractAsyncContextManager["asyncio.Task[Any]"]]


class Broken(Exception):
    """What the tests have fail."""


class OtherBroken(Exception):
    """What they have fail besides."""


class Work:
    """A coroutine that goes on until it is cancelled, and then may need some turns of the loop, or fail."""

    def __init__(self, *, turns: int = 0, failing: Exception | None = None) -> None:
        self.begun = asyncio.Event()
        self.ended = False
        self._turns, self._failing = turns, failing

    async def run(self) -> Any:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(self._turns):
                await asyncio.sleep(0)
            self.ended = True
            if self._failing is not None:
                raise self._failing


async def value(result: Any = None, *, turns: int = 0) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    return result


async def failing(error: Exception, *, turns: int = 0) -> Any:
    await value(turns=turns)
    raise error


@pytest.fixture(autouse=True)
async def nothing_leaks() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before <= {cast("asyncio.Task[Any]", asyncio.current_task())}


def logged(caplog: pytest.LogCaptureFixture) -> list[BaseException | None]:
    """The errors whose tracebacks are in the log."""
    return [record.exc_info[1] for record in caplog.records if record.exc_info]


async def cancelled_in(coroutine: Coroutine[Any, Any, Any], begun: asyncio.Event) -> None:
    """Cancels the coroutine once that has begun, and sees to it that the cancellation is what it ends with."""
    task = asyncio.create_task(coroutine, name="test.cancelled")
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


# -- the first of several


async def test_the_first_one_gives_its_value_and_the_others_are_over_then() -> None:
    loser = Work(turns=3)
    assert await first_of(loser.run(), value("won", turns=2)) == "won"
    assert loser.ended


async def test_the_first_one_gives_its_error() -> None:
    loser = Work(turns=3)
    with pytest.raises(Broken):
        await first_of(failing(Broken()), loser.run())
    assert loser.ended


async def test_of_two_that_are_over_at_once_the_first_one_counts() -> None:
    assert await first_of(value(1), value(2)) == 1


async def test_an_error_at_the_same_moment_is_not_lost() -> None:
    with pytest.raises(Broken):
        await first_of(value(1), failing(Broken()))


async def test_what_a_loser_fails_with_on_its_way_out_is_raised() -> None:
    with pytest.raises(Broken):
        await first_of(value(1, turns=2), Work(failing=Broken()).run())


async def test_an_error_of_the_winner_comes_first_and_the_losers_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    lost = OtherBroken()
    with pytest.raises(Broken):
        await first_of(failing(Broken(), turns=2), Work(failing=lost).run())
    assert logged(caplog) == [lost]


async def test_a_cancellation_of_the_wait_ends_all_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    lost = Broken()
    works = Work(turns=3), Work(failing=lost)
    await cancelled_in(first_of(*(work.run() for work in works)), works[1].begun)
    assert [work.ended for work in works] == [True, True] and logged(caplog) == [lost]


async def test_tasks_and_futures_of_others_go_on() -> None:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    work = Work()
    async with beside(work.run(), name="test.work") as task:
        assert await first_of(task, future, value("won")) == "won"
        assert not task.done() and not future.done()
        waiting = first_of(task, future)
        await cancelled_in(waiting, work.begun)
        assert not task.done() and not future.done()
        future.set_result("mine")
        assert await first_of(task, future) == "mine"


async def test_a_time_limit_of_a_wait_is_kept() -> None:
    loser = Work(turns=2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await first_of(loser.run(), asyncio.get_running_loop().create_future())


# -- one that is done, however


async def test_a_wait_ends_with_a_task_that_has_failed_and_says_nothing_of_it() -> None:
    async with beside(failing(Broken()), name="test.failing") as task:
        await first_done(task, asyncio.Event())
        assert isinstance(task.exception(), Broken)


async def test_a_wait_ends_with_a_future_that_was_cancelled() -> None:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    await first_done(future, asyncio.Event())
    assert future.cancelled()


async def test_a_wait_ends_with_an_event_and_all_goes_on() -> None:
    event, future = asyncio.Event(), asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(event.set)
    await first_done(future, asyncio.Event(), event)
    assert not future.done()


# -- all of them


async def test_all_give_their_values_in_order() -> None:
    assert await all_of(value(1, turns=3), value("two"), value(3, turns=1)) == (1, "two", 3)


async def test_the_first_that_fails_ends_the_others(caplog: pytest.LogCaptureFixture) -> None:
    lost = OtherBroken()
    slow, careless = Work(turns=3), Work(failing=lost)
    with pytest.raises(Broken) as raised:
        await all_of(slow.run(), failing(Broken(), turns=2), careless.run())
    assert slow.ended and logged(caplog) == [lost]
    assert raised.value.__cause__ is None and raised.value.__context__ is None


async def test_a_cancellation_ends_all_and_goes_on() -> None:
    works = Work(turns=3), Work()
    await cancelled_in(all_of(*(work.run() for work in works)), works[1].begun)
    assert [work.ended for work in works] == [True, True]


# -- beside a block


@pytest.mark.parametrize("running", [beside, supervised])
async def test_work_beside_a_block_is_over_after_it(running: Beside) -> None:
    work = Work(turns=3)
    async with running(work.run(), name="test.work") as task:
        await work.begun.wait()
    assert work.ended and task.cancelled() and task.get_name() == "test.work"


@pytest.mark.parametrize("running", [beside, supervised])
async def test_work_beside_a_block_may_be_over_before_it(running: Beside) -> None:
    async with running(value("done"), name="test.work") as task:
        assert await task == "done"


@pytest.mark.parametrize("running", [beside, supervised])
async def test_what_work_fails_with_at_the_end_of_the_block_is_raised(running: Beside) -> None:
    work = Work(failing=Broken())
    with pytest.raises(Broken):
        async with running(work.run(), name="test.work"):
            await work.begun.wait()


@pytest.mark.parametrize("running", [beside, supervised])
async def test_an_error_of_the_block_comes_first_and_the_works_is_logged(
    running: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    lost = OtherBroken()
    work = Work(failing=lost)
    with pytest.raises(Broken):
        async with running(work.run(), name="test.work"):
            await work.begun.wait()
            raise Broken
    assert logged(caplog) == [lost]


@pytest.mark.parametrize("running", [beside, supervised])
async def test_an_error_of_the_block_keeps_its_cause(running: Beside) -> None:
    cause = OtherBroken()
    with pytest.raises(Broken) as raised:
        async with running(Work(turns=2).run(), name="test.work"):
            raise Broken from cause
    assert raised.value.__cause__ is cause


@pytest.mark.parametrize("running", [beside, supervised])
async def test_a_cancellation_of_the_block_goes_on_when_the_work_is_over(running: Beside) -> None:
    work = Work(turns=3)

    async def block() -> None:
        async with running(work.run(), name="test.work"):
            await asyncio.Event().wait()

    await cancelled_in(block(), work.begun)
    assert work.ended


async def test_a_second_cancellation_leaves_nothing_behind_either() -> None:
    work = Work(turns=5)

    async def block() -> None:
        async with beside(work.run(), name="test.work"):
            await asyncio.Event().wait()

    task = asyncio.create_task(block(), name="test.block")
    await work.begun.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.wait([task])
    assert task.cancelled() and work.ended


async def test_a_failure_does_not_disturb_the_block_beside_it() -> None:
    async with beside(failing(Broken()), name="test.work") as task:
        await asyncio.wait([task])
        await asyncio.sleep(0)
        assert isinstance(task.exception(), Broken)


async def test_a_failure_ends_the_block_that_needs_the_work() -> None:
    block = Work(turns=2)
    with pytest.raises(Broken) as raised:
        async with supervised(failing(Broken(), turns=3), name="test.work"):
            await block.run()
    assert block.ended and raised.value.__cause__ is None


async def test_a_failure_comes_first_and_what_the_block_fails_with_then_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lost = OtherBroken()
    with pytest.raises(Broken):
        async with supervised(failing(Broken(), turns=3), name="test.work"):
            await Work(failing=lost).run()
    assert logged(caplog) == [lost]


# -- the end


async def test_what_is_cancelled_is_over_afterwards_and_the_first_error_is_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lost = OtherBroken()
    works = Work(turns=3), Work(failing=Broken()), Work(failing=lost)
    tasks = [asyncio.create_task(work.run(), name="test.work") for work in works]
    await works[-1].begun.wait()
    with pytest.raises(Broken):
        await cancel_and_wait(*tasks)
    assert all(work.ended for work in works) and logged(caplog) == [lost]


async def test_what_had_failed_before_it_was_cancelled_is_raised() -> None:
    task = asyncio.create_task(failing(Broken()), name="test.failing")
    await asyncio.wait([task])
    with pytest.raises(Broken):
        await cancel_and_wait(task)


async def test_the_end_of_what_was_cancelled_by_somebody_else_is_waited_for() -> None:
    work = Work(turns=3)
    task = asyncio.create_task(work.run(), name="test.work")
    await work.begun.wait()
    task.cancel()
    await wait_for_end(task)
    assert work.ended and task.cancelled()


async def test_nothing_to_end_is_fine() -> None:
    await cancel_and_wait()


async def test_a_cancellation_while_something_ends_takes_effect_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lost = Broken()
    work = Work(turns=5, failing=lost)
    task = asyncio.create_task(work.run(), name="test.work")
    await work.begun.wait()
    ending = asyncio.Event()

    async def end() -> None:
        ending.set()
        await cancel_and_wait(task)

    await cancelled_in(end(), ending)
    assert work.ended and logged(caplog) == [lost]


@pytest.mark.parametrize("end", [cancel_and_wait, wait_for_end])
async def test_an_error_found_while_a_cancellation_is_on_its_way_does_not_take_its_place(
    end: Callable[..., Coroutine[Any, Any, None]], caplog: pytest.LogCaptureFixture
) -> None:
    lost, begun = Broken(), asyncio.Event()
    task = asyncio.create_task(failing(lost), name="test.failing")

    async def owner() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await end(task)

    await cancelled_in(owner(), begun)
    assert logged(caplog) == [lost]


async def test_what_must_not_be_interrupted_is_finished_first(caplog: pytest.LogCaptureFixture) -> None:
    done, begun, lost = [], asyncio.Event(), Broken()

    async def write(error: Exception | None = None) -> str:
        begun.set()
        await value(turns=5)
        done.append("written")
        if error is not None:
            raise error
        return "kept"

    assert await uninterrupted(write()) == "kept"
    with pytest.raises(Broken):
        await uninterrupted(write(lost))
    begun.clear()
    await cancelled_in(uninterrupted(write()), begun)
    begun.clear()
    await cancelled_in(uninterrupted(write(lost)), begun)
    assert done == ["written"] * 4 and logged(caplog) == [lost]


# -- in the background


async def test_a_failure_in_the_background_is_logged_at_once_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []
    error = Broken()
    tasks = BackgroundTasks(logging.getLogger("callagent.test"), "the test broke", on_error=told.append)
    tasks.start(failing(error), name="test.failing")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told == [error] and logged(caplog) == [error] and not tasks
    assert caplog.record_tuples == [("callagent.test", logging.ERROR, "the test broke")]


async def test_the_end_of_background_tasks_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []
    works = Work(turns=3), Work()
    tasks = BackgroundTasks(logging.getLogger("callagent.test"), "the test broke", on_error=told.append)
    for work in works:
        tasks.start(work.run(), name="test.work")
    await works[-1].begun.wait()
    assert tasks
    await tasks.aclose()
    assert not tasks and all(work.ended for work in works) and not told and not caplog.records


async def test_a_failure_at_the_end_of_background_tasks_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    error = Broken()
    work = Work(failing=error)
    tasks = BackgroundTasks(logging.getLogger("callagent.test"), "the test broke")
    tasks.start(work.run(), name="test.work")
    await work.begun.wait()
    await tasks.aclose()
    assert logged(caplog) == [error]


async def test_background_tasks_that_have_just_failed_are_logged_before_they_are_closed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = Broken()
    tasks = BackgroundTasks(logging.getLogger("callagent.test"), "the test broke")
    task = tasks.start(failing(error), name="test.failing")
    await asyncio.sleep(0)
    assert task.done()
    await tasks.aclose()
    assert logged(caplog) == [error]

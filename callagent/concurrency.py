"""Tasks that have an owner: waiting for the first of several, work beside a block, and ending what is no longer needed.

No error is lost here. It is raised where somebody waits; one that cannot be, because another error or a cancellation is
on its way already, is logged with its traceback.
"""

import asyncio
import atexit
import functools
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar, overload

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")

_log = logging.getLogger("callagent.concurrency")

_NATIVE_CALLBACK_S = 0.2
"""Seconds; a callback takes well under a millisecond, the rest is for a machine that has no processor to spare."""


async def first_of(*contenders: "Coroutine[Any, Any, T] | asyncio.Future[T]") -> T:
    """Wait until one of them is over, and return its result or raise its error; of two at once the first one counts.

    Coroutines run in tasks of their own; those that have lost are cancelled and awaited. Tasks and futures are somebody
    else's: they go on, also when this is cancelled.

    Raises:
        Exception: the winner's; or that of a losing coroutine, where the winner has none.
    """
    futures = [it if asyncio.isfuture(it) else _task_of(it) for it in contenders]
    own = [future for future, it in zip(futures, contenders, strict=True) if future is not it]
    try:
        over, _ = await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await _end(own, quiet=True)
        raise
    winner = next(future for future in futures if future in over)
    failed = winner.cancelled() or winner.exception() is not None
    await _end([task for task in own if task is not winner], quiet=failed)
    return winner.result()


async def first_done(*awaited: "asyncio.Future[Any] | asyncio.Event") -> None:
    """Return as soon as one of the tasks and futures is over, however it has ended, or an event is set. All go on."""
    async with AsyncExitStack() as waiting:
        futures = [
            await waiting.enter_async_context(beside(one.wait(), name="callagent.event"))
            if isinstance(one, asyncio.Event)
            else one
            for one in awaited
        ]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


@overload
async def all_of(
    first: Coroutine[Any, Any, T1], second: Coroutine[Any, Any, T2], third: Coroutine[Any, Any, T3], /
) -> tuple[T1, T2, T3]: ...


@overload
async def all_of(*work: Coroutine[Any, Any, T]) -> tuple[T, ...]: ...


async def all_of(*work: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """Run them side by side, and return their results in order. The first that fails ends the others.

    Raises:
        Exception: the first one's. Those of others are logged.
    """
    tasks: list[asyncio.Task[Any]] = []
    errors: tuple[BaseException, ...] = ()
    try:
        async with asyncio.TaskGroup() as group:
            tasks += [group.create_task(one, name=_name_of(one)) for one in work]
    except BaseExceptionGroup as failed:
        errors = failed.exceptions
    _raise_first(errors)
    return tuple(task.result() for task in tasks)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, T], *, name: str) -> "AsyncIterator[asyncio.Task[T]]":
    """Run `work` in a task of that name beside the block, which cancels and awaits it at its end.

    A failure does not disturb the block, which has to ask the task for it. One that comes while the task is being ended
    is raised.
    """
    task = asyncio.create_task(work, name=name)
    left = False
    try:
        yield task
        left = True
    finally:
        if not task.done():
            await _end([task], quiet=not left)


@asynccontextmanager
async def supervised(work: Coroutine[Any, Any, T], *, name: str) -> "AsyncIterator[asyncio.Task[T]]":
    """Run `work` in a task of that name beside a block that cannot do without it: as `beside`, but
    its failure cancels the block, and is raised from it.
    """
    task: asyncio.Task[T] | None = None
    died = False
    errors: list[BaseException] = []
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(work, name=name)
            try:
                yield task
            finally:
                died = task.done()
                task.cancel()
    except BaseExceptionGroup as failed:
        errors = [*failed.exceptions]
    if task is not None and len(errors) > 1 and not died:
        errors.reverse()  # the block's own error came first, and the task's while it was being ended
    _raise_first(errors)


async def cancel_and_wait(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel what is still going on, and return when all of it is over: as `wait_for_end`."""
    await _end(tasks, quiet=False)


async def wait_for_end(*tasks: "asyncio.Future[Any]") -> None:
    """Return when all of them are over; one that was cancelled is over like any other.

    A cancellation meanwhile, or one that goes on already, takes effect when they are over; errors are logged then.

    Raises:
        Exception: what one of them has failed with. Those of others are logged.
    """
    await _wait_through(tasks, then_log=tasks)
    _raise_first(_errors_of(tasks), quiet=_being_cancelled())


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`, which is awaited to its end: a cancellation meanwhile takes effect then."""
    task = _task_of(work)
    await _wait_through([task], then_log=[task])
    return task.result()


class BackgroundTasks:
    """Tasks that are begun where nobody can wait, as in a callback. One that fails is logged at once.

    Args:
        log: where to.
        failure: the message.
        on_error: ends in order what the tasks belong to; called with the error.
    """

    def __init__(
        self, log: logging.Logger, failure: str, *, on_error: Callable[[BaseException], None] = lambda _: None
    ) -> None:
        self._log, self._failure, self._on_error = log, failure, on_error
        self._tasks: set[asyncio.Task[Any]] = set()

    def __bool__(self) -> bool:
        """Tell whether one of them is going on."""
        return bool(self._tasks)

    def start(self, work: Coroutine[Any, Any, T], *, name: str) -> "asyncio.Task[T]":
        """Begin a task of that name, which need not be kept."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Cancel all that is going on."""
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Cancel all that is going on, and wait for its end. Raise nothing of theirs."""
        self.cancel()
        await _wait_through(self._tasks)
        await asyncio.sleep(0)  # what has failed just now is logged a turn of the loop later

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if (error := _error_of(task)) is not None:
            self._log.error(self._failure, exc_info=error, extra={"task": task.get_name()})
            self._on_error(error)


@functools.cache
def wait_for_native_callbacks_at_exit() -> None:
    """Let what runs in the threads of livekit's native library end before the interpreter does.

    The threads call into Python with events and lines of a log. One that is there still when the interpreter is taken
    down cannot be unwound through native code: the process aborts with status 134, whatever it had to tell. The exit
    handler of livekit sees to it that no further callback starts; it does not wait for one that runs, which on a busy
    machine may not even have got the interpreter's lock. Exit handlers run last one first: call this before anything
    of `livekit.rtc` is made. A process that has not imported it does not wait.
    """
    atexit.register(_wait_for_native_callbacks)


def _wait_for_native_callbacks() -> None:
    if "livekit.rtc" in sys.modules:
        time.sleep(_NATIVE_CALLBACK_S)


def _task_of(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    return asyncio.create_task(work, name=_name_of(work))


def _name_of(work: Coroutine[Any, Any, Any]) -> str:
    return str(getattr(work, "__qualname__", "callagent.task"))


async def _end(tasks: "Iterable[asyncio.Future[Any]]", *, quiet: bool) -> None:
    """Cancel them and wait; `quiet`: errors are logged, because there is one already."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await _wait_through(tasks, then_log=tasks)
    _raise_first(_errors_of(tasks), quiet=quiet or _being_cancelled())


async def _wait_through(
    tasks: "Iterable[asyncio.Future[Any]]", *, then_log: "Iterable[asyncio.Future[Any]]" = ()
) -> None:
    """Wait until they are over. A cancellation meanwhile is raised then, and the errors of `then_log` are logged."""
    interrupted: asyncio.CancelledError | None = None
    while going_on := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(going_on)
        except asyncio.CancelledError as cancelled:
            interrupted = cancelled
    if interrupted is not None:
        _raise_first(_errors_of(then_log), quiet=True)
        raise interrupted


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _errors_of(tasks: "Iterable[asyncio.Future[Any]]") -> list[BaseException]:
    return [error for task in tasks if (error := _error_of(task)) is not None]


def _error_of(task: "asyncio.Future[Any]") -> BaseException | None:
    return None if task.cancelled() else task.exception()


def _raise_first(errors: Iterable[BaseException], *, quiet: bool = False) -> None:
    """Raise the first one and log the others, once each; `quiet` logs that one too."""
    different = list({id(error): error for error in errors}.values())
    for error in different if quiet else different[1:]:
        _log.error("a task failed while another error was on its way", exc_info=error)
    if different and not quiet:
        raise different[0]

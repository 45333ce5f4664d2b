"""Running a function of an author's, a tool's mostly, for no longer than it may take."""

import asyncio
import contextvars
import inspect
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("callagent.agent")

CANCEL_PATIENCE_S = 0.5
"""Seconds that a cancelled function has for clearing up."""

_abandoned: set[asyncio.Task[Any]] = set()
"""Calls that went on for longer than they may and were cancelled; they leave when they are over."""


class TookTooLongError(Exception):
    """A function has given no result in the time that it has."""


class DaemonThreads(Executor):
    """A thread of its own for each job, which does not keep the process when it never ends."""

    def submit(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start the job at once."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = job(*args, **kwargs)
            except (Exception, SystemExit, asyncio.CancelledError) as error:  # handed on to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=work, name=f"tool {getattr(job, '__name__', '')}", daemon=True).start()
        return future


_threads = DaemonThreads()


async def call(target: Callable[..., Any], arguments: Mapping[str, object], *first: object) -> Any:
    """Return the result of `target`, called with `first` by position and the arguments
    by name: a coroutine function's on this loop, a plain one's from a thread of its own.

    A thread cannot be stopped: cancelled, a plain function goes on until it returns, and its result is thrown away.
    """
    if inspect.iscoroutinefunction(target):
        return await target(*first, **arguments)
    job = partial(contextvars.copy_context().run, target, *first, **arguments)
    result = await asyncio.get_running_loop().run_in_executor(_threads, job)
    return await result if inspect.isawaitable(result) else result


async def within(limit: float, name: str, work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`, which is cancelled when `limit` seconds have
    passed, or when the caller is cancelled.

    What goes on in spite of that is waited for no longer than `CANCEL_PATIENCE_S` and then left to itself.

    Raises:
        TookTooLongError: the time has passed.
    """
    task = asyncio.create_task(work, name=f"tool {name}")
    try:
        done, _ = await asyncio.wait({task}, timeout=limit)
        if done:
            return task.result()
        _log.warning("a function took too long", extra={"tool": name, "limit": limit})
        raise TookTooLongError(f"{name} took longer than {limit:g} s")
    finally:
        if not task.done():
            await _end(task, name)


async def within_here(limit: float, name: str, work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work` as `within`, but in the task that this one runs in.

    What goes on in spite of being cancelled is waited for.

    Raises:
        TookTooLongError: the time has passed.
    """
    patience = asyncio.timeout(limit)
    try:
        async with patience:
            return await work
    except TimeoutError:
        if not patience.expired():
            raise
        _log.warning("a function took too long", extra={"tool": name, "limit": limit})
        raise TookTooLongError(f"{name} took longer than {limit:g} s") from None


async def _end(task: "asyncio.Task[Any]", name: str) -> None:
    task.cancel()
    await asyncio.wait({task}, timeout=CANCEL_PATIENCE_S)
    if task.done():
        _forget(task)
        return
    _log.warning("a function that was cancelled goes on", extra={"tool": name})
    _abandoned.add(task)
    task.add_done_callback(_forget)


def _forget(task: "asyncio.Task[Any]") -> None:
    _abandoned.discard(task)
    if not task.cancelled() and task.exception() is not None:
        _log.info(
            "a function failed after its time", extra={"tool": task.get_name(), "pii_error": repr(task.exception())}
        )

"""Functions of an author's own that run beside a call: one that raises, hangs or blocks is named in the log with file
and line of the author's code, and the call goes on.
"""

import asyncio
import inspect
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from callagent.agent.tools.execution import TookTooLongError, call, within
from callagent.profile import last_line

BLOCKED_S = 0.25
"""Seconds for which a function may hold the event loop before the log says so: the caller hears a gap from there on."""

LOOK_S = 0.05
"""Seconds between two looks at the loop."""

GOES_ON = "a function of the profile's author failed; the call goes on"

_log = logging.getLogger("callagent.agent")


async def run_contained(what: str, function: Callable[..., Any], *arguments: object, limit: float) -> bool:
    """Run a function of an author's: a coroutine function on this loop, a plain one in a thread of its own.

    Args:
        what: the function is to the call, for the log: `hooks.started`.
        limit: seconds that it may take; then it is cancelled, or, in a thread, left to itself.

    Returns:
        Whether it has ended by itself, without an error.
    """
    try:
        with loop_watched(what, function):
            error = await within(limit, what, _failure_of(function, arguments))
    except TookTooLongError:
        told = {**told_of(what, function), "limit": limit}
        _log.warning("a function of the profile's author took too long and was cancelled", extra=told)
        return False
    if error is not None:
        tell_failure(what, function, error)
    return error is None


async def _failure_of(function: Callable[..., Any], arguments: Sequence[object]) -> BaseException | None:
    """Return what a function has failed with. In a task of its own a SystemExit would end the event loop."""
    try:
        await call(function, {}, *arguments)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return error
    except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
        return error
    return None


@contextmanager
def failures_told(what: str, function: Callable[..., Any], message: str = GOES_ON) -> Iterator[None]:
    """Have the log tell of what a function of an author's raises while inside, in the words of `message`, and go on
    after it. In a task of its own a SystemExit would end the event loop.
    """
    try:
        yield
    except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
        tell_failure(what, function, error, message)


def tell_failure(what: str, function: Callable[..., Any], error: BaseException, message: str = GOES_ON) -> None:
    """Log that a function of an author's has failed, and where; what it has raised may name a person."""
    told = {**told_of(what, function), "at": place_in(function, error), "error": type(error).__name__}
    _log.error(message, extra=told, exc_info=error)


def told_of(what: str, function: Callable[..., Any]) -> dict[str, str]:
    """Return what a log line says of a function: what it is to the call, and where it stands."""
    code = _code_of(function)
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return {"what": what, "function": f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name}


def place_in(function: Callable[..., Any], error: BaseException) -> str:
    """Return file and line of the author's code in which an error arose: the last one on the way to it."""
    code = _code_of(function)
    at = last_line(error, lambda file: _is_beside(function, file))
    if at is None and code is not None:
        at = (code.co_filename, code.co_firstlineno)
    return f"{at[0]}:{at[1]}" if at else ""


@contextmanager
def loop_watched(what: str, function: Callable[..., Any]) -> Iterator[None]:
    """Have the log say where the author's code holds the event loop while inside, once."""
    loop, thread = asyncio.get_running_loop(), threading.get_ident()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_S):
            beat = threading.Event()
            try:
                loop.call_soon_threadsafe(beat.set)
            except RuntimeError:  # the loop is closed
                return
            if not beat.wait(BLOCKED_S) and not over.is_set():
                at = _author_frame(function, sys._current_frames().get(thread))
                if at is not None:
                    _log.warning(
                        "a function of the profile's author blocks the event loop, and with it the call: use its "
                        "asynchronous way, or for a hook a plain `def`, which has a thread of its own",
                        extra={**told_of(what, function), "at": f"{at.f_code.co_filename}:{at.f_lineno}"},
                    )
                    return

    watcher = threading.Thread(target=watch, name=f"watch {what}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()


def _author_frame(function: Callable[..., Any], innermost: FrameType | None) -> FrameType | None:
    """Return the innermost frame of the author's code."""
    frame = innermost
    while frame is not None and not _is_beside(function, frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _is_beside(function: Callable[..., Any], file: str) -> bool:
    """Tell whether a file is the author's: that of the function, or one in its directory or below, installed ones not
    counted.
    """
    code = _code_of(function)
    if code is None:
        return False
    beside = Path(file).is_relative_to(Path(code.co_filename).parent) and "site-packages" not in Path(file).parts
    return file == code.co_filename or beside


def _code_of(function: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function, a method, or an object that is called; None where it is written in C."""
    inner = inspect.unwrap(function)
    called = inner if inspect.isroutine(inner) else inspect.getattr_static(type(inner), "__call__", None)
    found = getattr(called, "__code__", None)
    return found if isinstance(found, CodeType) else None

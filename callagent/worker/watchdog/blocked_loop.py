"""Notices from a thread that the event loop of a call is blocked, and by what: nothing else in the call can.

While it is, nobody is heard and nothing is said. Whoever blocks it is mostly code of the author's own, or a plugin's,
that computes or waits where it should be awaited.
"""

import asyncio
import functools
import logging
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

BLOCKED_S: Final = 2.0
"""How long a loop may be blocked before it counts, in seconds."""

BEAT_S: Final = 0.5
"""How often the thread looks, in seconds."""

_STANDARD_LIBRARY: Final = sysconfig.get_path("stdlib")

_log = logging.getLogger("callagent.worker")

Blocked = Callable[[str, float], None]
"""Is told where a loop was blocked (file, line and function), and for how many seconds."""


@contextmanager
def watching_loop(blocked: Blocked, *, limit: float = BLOCKED_S) -> Iterator[None]:
    """Meanwhile have `blocked` called, on the running event loop, whenever that has been blocked for `limit` seconds
    and goes on again. The log tells so at once.
    """
    watch = _Watch(asyncio.get_running_loop(), threading.get_ident(), blocked, limit)
    thread = threading.Thread(target=watch.run, name="callagent.worker.blocked_loop", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watch.over.set()


class _Watch:
    def __init__(self, loop: asyncio.AbstractEventLoop, thread: int, blocked: Blocked, limit: float) -> None:
        self.over = threading.Event()
        self._loop, self._thread, self._blocked, self._limit = loop, thread, blocked, limit
        self._beaten = threading.Event()

    def run(self) -> None:
        """Ask the loop for a sign of life, again and again. Blocks."""
        while not self.over.wait(min(BEAT_S, self._limit / 2)):
            self._beaten.clear()
            asked = time.monotonic()
            if not self._ask(self._beaten.set):
                return
            if self._beaten.wait(self._limit):
                continue
            where = _where(self._thread)
            _log.error("the event loop of a call is blocked", extra={"where": where, "seconds": self._limit})
            while not self._beaten.wait(BEAT_S):
                if self.over.is_set():
                    return
            seconds = round(time.monotonic() - asked, 1)
            self._ask(functools.partial(self._blocked, where, seconds))

    def _ask(self, act: Callable[[], None]) -> bool:
        try:
            self._loop.call_soon_threadsafe(act)
        except RuntimeError:  # the loop is closed: the call is over
            return False
        return True


def _where(thread: int) -> str:
    """Return what a thread is doing: the innermost place that is none of Python's own."""
    frame = sys._current_frames().get(thread)
    innermost = "" if frame is None else _place(frame)
    while frame is not None:
        if (
            not frame.f_code.co_filename.startswith((_STANDARD_LIBRARY, "<"))
            or "site-packages" in frame.f_code.co_filename
        ):
            return _place(frame)
        frame = frame.f_back
    return innermost


def _place(frame: FrameType) -> str:
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"

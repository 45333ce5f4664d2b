"""Notices callbacks of the package that hold an event loop for too long.

A thread samples the stacks of the other threads. A callback is one frame of `Handle._run`, so the same frame seen
again and again is one callback that does not come to its end. That needs nothing from the loop, and no clock that
virtual time replaces. Time for which the thread was ready but had no CPU does not count. C code that never releases
the GIL is not seen.
"""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import FrameType

from tests.support.own_code import frames, is_handle, run_by_package, where

TICK_S = 0.05


@dataclass
class _Callback:
    frame: FrameType
    began: float
    starved: float
    held: float = 0.0
    samples: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def is_ours(self) -> bool:
        return len(self.places) * 2 > self.samples


class LoopWatch:
    """Keeps one line for each callback of the package that runs longer than `threshold` seconds while it is on."""

    def __init__(self, threshold: float) -> None:
        self.blocks: list[str] = []
        self._threshold = threshold
        self._running: dict[int, _Callback] = {}
        self._off = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="loop-watch", daemon=True)

    @contextmanager
    def on(self) -> Iterator["LoopWatch"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._off.set()
            self._thread.join()

    def _watch(self) -> None:
        while not self._off.wait(TICK_S):
            with _no_collection():
                self._sample()
        for thread in list(self._running):
            self._finish(thread)

    def _sample(self) -> None:
        stacks = sys._current_frames()
        for thread in self._running.keys() - stacks.keys():
            self._finish(thread)
        for thread, innermost in stacks.items():
            self._look(thread, innermost)

    def _look(self, thread: int, innermost: FrameType) -> None:
        handle = next(filter(is_handle, frames(innermost)), None)
        callback = self._running.get(thread)
        if callback is not None and callback.frame is not handle:
            self._finish(thread)
            callback = None
        if handle is None:
            return
        now, starved = perf_counter(), _starved(thread)
        if callback is None:
            callback = self._running[thread] = _Callback(handle, now, starved)
        callback.samples += 1
        callback.held = now - callback.began - (starved - callback.starved)
        if (ours := run_by_package(innermost)) is not None:
            callback.places.append(where(ours))

    def _finish(self, thread: int) -> None:
        callback = self._running.pop(thread)
        if callback.is_ours and callback.held >= self._threshold:
            self.blocks.append(f"held the event loop for {callback.held:.2f} s at {callback.places[-1]}")


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keeps looking at the stacks of other threads from beginning a collection of garbage.

    What a collection runs lets the other threads go on, and the frame that is being looked at may be over after it:
    CPython 3.11 then gives whatever object stands where the frame stood, as `f_back` of the one before.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _starved(thread: int) -> float:
    """Seconds for which a thread was ready to run but had no CPU so far; 0.0 where the system does not tell."""
    native = next((known.native_id for known in threading.enumerate() if known.ident == thread), None)
    try:
        return int(Path(f"/proc/self/task/{native}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0

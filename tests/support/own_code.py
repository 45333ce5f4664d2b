"""Whose code is on a stack."""

from collections.abc import Iterator
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]
PACKAGE = f"{ROOT / 'callagent'}/"
TESTS = f"{ROOT / 'tests'}/"
LIVEKIT = "/site-packages/livekit/"


def frames(innermost: FrameType | None) -> Iterator[FrameType]:
    while innermost is not None:
        yield innermost
        innermost = innermost.f_back


def is_handle(frame: FrameType) -> bool:
    """One callback of an event loop is one frame of this function."""
    return frame.f_code.co_qualname == "Handle._run"


def run_by_package(innermost: FrameType | None) -> FrameType | None:
    """The frame of the package that an event loop is busy with, or None.

    What livekit does when the package calls it is livekit's, and what a test's own coroutine calls is the test's.
    """
    nearest: FrameType | None = None
    for frame in frames(innermost):
        file = frame.f_code.co_filename
        if nearest is None:
            if LIVEKIT in file:
                return None
            nearest = frame if file.startswith(PACKAGE) else None
        if nearest is None:
            continue
        if frame.f_code.co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR):
            return None if file.startswith(TESTS) else nearest
        if LIVEKIT in file or is_handle(frame):
            return nearest
    return None


def where(frame: FrameType) -> str:
    file = Path(frame.f_code.co_filename)
    return f"{file.relative_to(ROOT)}:{frame.f_lineno} {frame.f_code.co_qualname}"

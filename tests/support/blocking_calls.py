"""Notices calls of the package, from inside an event loop, to functions that block: files, sockets, sleep, locks."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from blockbuster import BlockBuster
from blockbuster.blockbuster import BlockBusterFunction

from tests.support.own_code import frames, run_by_package, where


@contextmanager
def blocking_calls() -> Iterator[list[str]]:
    """One line per blocking call of the package. The call itself goes through, so that the code behaves as ever."""
    seen: list[str] = []
    watched = BlockBuster()
    for function in watched.functions.values():
        function.can_block_predicate = _recorder(function, function.can_block_predicate, seen)
    watched.activate()
    try:
        yield seen
    finally:
        watched.deactivate()


def _recorder(function: BlockBusterFunction, harmless: Callable[..., bool], seen: list[str]) -> Callable[..., bool]:
    def record(*args: Any, **kwargs: Any) -> bool:
        allowed = harmless(*args, **kwargs) or _may_block(function) or _is_logging()
        ours = None if allowed else run_by_package(sys._getframe())
        if ours is not None:
            seen.append(f"called {function.full_name}, which blocks, at {where(ours)}")
        return True

    return record


def _is_logging() -> bool:
    """A log line is written where it is made; that is how every handler on a terminal works."""
    return any(frame.f_code.co_filename == logging.__file__ for frame in frames(sys._getframe()))


def _may_block(function: BlockBusterFunction) -> bool:
    return any(
        frame.f_code.co_filename.endswith(file) and frame.f_code.co_name in names
        for frame in frames(sys._getframe())
        for file, names in function.can_block_functions
    )

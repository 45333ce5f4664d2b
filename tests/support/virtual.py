import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop

T = TypeVar("T")


def virtually(body: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs `body` in virtual time, from 0 on."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(body())

"""What happens when nobody has spoken for a while, where an author has a function for it."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from callagent.agent.author.author_functions import run_contained
from callagent.profile import can_be_called, wake_up_flaw

WAKE_UP_S = 30.0
"""Seconds that the function may take, what it waits for being said included."""


class WakeUp:
    """A function of the author's: it gets the call, or nothing, and may be `async`.

    A plain one runs on the event loop too, so that it can say something: `call.say("Shall I wait?")`.

    Raises:
        ValueError: it takes something else.
    """

    def __init__(self, function: Callable[..., Any], call: object) -> None:
        if (flaw := wake_up_flaw(function)) is not None:
            raise ValueError(flaw)
        self._function = _on_the_loop(function)
        self._arguments = () if can_be_called(function) else (call,)
        self._running = False

    async def run(self) -> bool:
        """Tell whether it did its work; one that raises, or hangs, is named in the log. One at a time runs."""
        if self._running:
            return True
        self._running = True
        try:
            return await run_contained("flow.on_wake_up", self._function, *self._arguments, limit=WAKE_UP_S)
        finally:
            self._running = False


def _on_the_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def called(*arguments: object) -> None:
        result = function(*arguments)
        if inspect.isawaitable(result):
            await result

    return called

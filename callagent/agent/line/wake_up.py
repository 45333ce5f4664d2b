"""What happens when nobody has spoken for a while, where an author has a function for it."""

import asyncio
import inspect
import logging
import time
from collections.abc import Callable
from typing import Any

from callagent.agent.tools.execution import TookTooLongError, within
from callagent.profile import place_of, takes_nothing, wake_up_flaw

WAKE_UP_S = 30.0
"""Seconds that the function may take, what it waits for being said included."""

BLOCKED_S = 0.5
"""Seconds for which it may hold the event loop before the log says so: nothing else of the call goes on meanwhile."""

_log = logging.getLogger("callagent.agent")


class WakeUp:
    """A function of the author's: it gets the call, or nothing, and may be `async`.

    Raises:
        ValueError: it takes something else.
    """

    def __init__(self, function: Callable[..., Any], call: object) -> None:
        if (flaw := wake_up_flaw(function)) is not None:
            raise ValueError(flaw)
        self._function = function
        self._arguments = () if takes_nothing(function) else (call,)
        self._running = False

    async def run(self) -> bool:
        """Tell whether it did its work. One that raises, or hangs, is named in the log; one at a time runs."""
        if self._running:
            return True
        self._running = True
        try:
            await within(WAKE_UP_S, "on_wake_up", self._called())
        except TookTooLongError:
            _log.error("on_wake_up took too long and was cancelled", extra={**await self._named(), "limit": WAKE_UP_S})
            return False
        except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
            told = {**await self._named(), "error": type(error).__name__}
            _log.error("on_wake_up failed", extra=told, exc_info=error)
            return False
        finally:
            self._running = False
        return True

    async def _called(self) -> None:
        began = time.perf_counter()
        result = self._function(*self._arguments)
        if (took := time.perf_counter() - began) > BLOCKED_S:
            told = {**await self._named(), "seconds": round(took, 1)}
            _log.warning("on_wake_up held up the call: what waits belongs into an async function", extra=told)
        if inspect.isawaitable(result):
            await asyncio.ensure_future(result)

    async def _named(self) -> dict[str, object]:
        return {"function": await asyncio.to_thread(place_of, self._function)}

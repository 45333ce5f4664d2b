"""A fault as it strikes: counts uses, waits, and raises what the real thing would."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from livekit.agents import APIConnectionError, APITimeoutError

from callagent.agent import Around, Body
from callagent.scripted_calls.run.faults.fault_settings import Fault

LOGGER = "livekit.agents"


@contextmanager
def without_tracebacks() -> Iterator[None]:
    """While it lasts, faults of scripts are logged in one line."""
    logger = logging.getLogger(LOGGER)
    shortened = partial(_shortened)  # one of its own: other calls may go on when this one is over
    logger.addFilter(shortened)
    try:
        yield
    finally:
        logger.removeFilter(shortened)


def _shortened(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and SCRIPTED in str(error):
        record.msg, record.args, record.exc_info, record.exc_text = f"{record.getMessage()}: {error}", (), None, None
    return True


PATIENCE_S = 10.0
"""Seconds after which a request that gets no answer is given up, where a script names none; livekit-agents' default."""

SCRIPTED = "as the script says"
"""Part of the message of every error that a script asked for."""


class ToolFailedError(RuntimeError):
    """A tool that the script makes fail."""


class Strikes:
    """Counts the uses of one thing and strikes those that the fault is for. Without a fault nothing happens."""

    def __init__(self, fault: Fault | None) -> None:
        self._fault = fault
        self._uses = 0

    def next(self) -> Fault | None:
        """Return the fault of the next use, None when that goes well."""
        use, self._uses = self._uses, self._uses + 1
        fault = self._fault
        if fault is None or use < fault.skip or (fault.times is not None and use >= fault.skip + fault.times):
            return None
        return fault

    async def provider(self) -> None:
        """Strike the next use of a provider. Raise APIConnectionError or APITimeoutError."""
        match await self._delayed():
            case "fails":
                raise APIConnectionError(f"the provider is down, {SCRIPTED}")
            case "times out":
                raise APITimeoutError(f"the provider does not answer, {SCRIPTED}")

    async def tool(self, name: str) -> None:
        """Strike the next use of a tool. Raise ToolFailedError or TimeoutError."""
        match await self._delayed():
            case "fails":
                raise ToolFailedError(f"{name} fails, {SCRIPTED}")
            case "times out":
                raise TimeoutError(f"{name} does not answer, {SCRIPTED}")

    async def _delayed(self) -> str:
        fault = self.next()
        if fault is None:
            return "works"
        await asyncio.sleep(fault.delay or (PATIENCE_S if fault.then == "times out" else 0.0))
        return fault.then


def around_tools(faults: Mapping[str, Fault]) -> Around:
    """For `assemble(around_tool=…)`: the tools with their faults."""
    strikes = {name: Strikes(fault) for name, fault in faults.items()}

    def around(name: str, body: Body) -> Body:
        if name not in strikes:
            return body

        async def struck(arguments: Mapping[str, object]) -> Any:
            await strikes[name].tool(name)
            return await body(arguments)

        return struck

    return around

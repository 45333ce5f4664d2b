"""How a tool of a profile is run: how long it may take, what is said meanwhile, and who is told what when it fails."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import RunContext
from livekit.agents.llm import StopResponse, ToolError

from callagent.agent.tools.confirmation import Confirmation
from callagent.agent.tools.execution import TookTooLongError, within
from callagent.agent.tools.results import fitting

if TYPE_CHECKING:
    from callagent.profile import FillerSettings

_log = logging.getLogger("callagent.agent")

NO_RESULT: Final = (
    "{name} has given no result within {limit:g} seconds. It is not known whether it was done. "
    "Tell the caller so, and do not call it again unless they ask for it."
)
"""What the LLM is told about a tool that has taken too long."""

GAVE_UP: Final = "{name} has ended without a result. Tell the caller that it did not work."
"""What the LLM is told about a tool that cancels itself or wants to end the program."""

FAILED: Final = "{name} has failed. Tell the caller that it did not work, and go on without it."
"""What the LLM is told about a tool that raises. What it has raised may hold what is not for the caller."""

Body = Callable[[Mapping[str, object]], Awaitable[Any]]
"""What a tool does: arguments in, result out."""

Around = Callable[[str, Body], Body]
"""Given a tool's name and body, the body that is to run."""

Attempt = Callable[[], Awaitable[Any]]
"""One try of what a tool does."""


@dataclass(frozen=True)
class ToolPolicy:
    """What goes for every call of one tool.

    Args:
        name: of the tool, as the LLM calls it.
        timeout: seconds that it may take.
        fillers: what is said while it takes long.
        confirmation: asked first, where the caller has to have a say.
    """

    name: str
    timeout: float
    fillers: "FillerSettings"
    confirmation: Confirmation | None = None

    async def run(self, context: RunContext[Any], arguments: Mapping[str, object], attempt: Attempt) -> Any:
        """Return the result for the LLM.

        Raises:
            ToolError: there is none; it says what the LLM is to do about it.
        """
        _log.info("tool called", extra={"tool": self.name, "pii_arguments": arguments})
        if self.confirmation is not None:
            self.confirmation.check(self.name, arguments, context)
        async with self._fillers(context):
            return await self._outcome(attempt)

    def _fillers(self, context: RunContext[Any]) -> AbstractAsyncContextManager[None]:
        fillers = self.fillers
        if not fillers.say or not fillers.most:
            return nullcontext()
        phrases = itertools.cycle(fillers.say)
        return context.with_filler(
            lambda _: next(phrases), delay=fillers.delay, interval=fillers.interval, max_steps=fillers.most
        )

    async def _outcome(self, attempt: Attempt) -> Any:
        try:
            return fitting(self.name, await within(self.timeout, self.name, self._ended(attempt)))
        except (ToolError, StopResponse):
            raise
        except TookTooLongError as error:
            raise ToolError(NO_RESULT.format(name=self.name, limit=self.timeout)) from error
        except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
            _log.exception("tool failed", extra={"tool": self.name})
            raise ToolError(FAILED.format(name=self.name)) from error

    async def _ended(self, attempt: Attempt) -> Any:
        """Return what one try gives. Raise ToolError where it ends as nothing but a task or a program may."""
        try:
            return await attempt()
        except SystemExit as error:
            raise ToolError(GAVE_UP.format(name=self.name)) from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise ToolError(GAVE_UP.format(name=self.name)) from error

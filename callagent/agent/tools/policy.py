"""How a tool of a profile is run: how long it may take, what is said meanwhile, and who is told what when it fails."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import AgentTask, RunContext
from livekit.agents.llm import StopResponse, ToolError, ToolFlag, ToolResult
from livekit.agents.llm.tool_context import DuplicateMode

from callagent.agent.tools.confirmation import Confirmation
from callagent.agent.tools.execution import TookTooLongError, within, within_here
from callagent.agent.tools.results import fitting

if TYPE_CHECKING:
    from callagent.profile import FillerSettings

_log = logging.getLogger("callagent.agent")

NO_RESULT: Final = (
    "{name} has given no result within {limit:g} seconds. It is not known whether it was done. "
    "{told}, and do not call it again unless they ask for it."
)
"""What the LLM is told about a tool that has taken too long."""

GAVE_UP: Final = "{name} has ended without a result. Tell the caller that it did not work."
"""What the LLM is told about a tool that cancels itself or wants to end the program."""

UNDER_WAY: Final = (
    "{name} has begun and goes on while you talk; its result comes later. Tell the caller in a few words that you are "
    "on it, and do not make up a result."
)
"""What the LLM is told about a tool that runs in the background, before it has a result."""

TOLD: Final = 'The caller has been told: "{sentence}" Do not say it again'
"""What it is to know where the caller has heard the tool's own sentence."""

RETRY_PAUSE_S: Final = 0.5
"""Seconds between two tries, enough for a connection that was closed to be opened anew."""

FAILED: Final = "{name} has ended in an error. {told}, and go on without it."
"""What the LLM is told about a tool that raises. What it has raised may hold what is not for the caller."""

FAILED_BECAUSE: Final = "{name} has ended in an error: {why}. {told}, and go on without it."
"""What the LLM is told about a tool that says why it has failed."""

TELL: Final = "Tell the caller so"
"""What the LLM is to do about it where the caller has heard nothing yet."""

Body = Callable[[Mapping[str, object]], Awaitable[Any]]
"""What a tool does: arguments in, result out."""

Around = Callable[[str, Body], Body]
"""Given a tool's name and body, the body that is to run."""


def as_it_is(name: str, body: Body) -> Body:
    """Return the body unchanged."""
    return body


Attempt = Callable[[], Awaitable[Any]]
"""One try of what a tool does."""


class AttemptError(Exception):
    """One try has failed, for a reason that the LLM may be told: the message.

    Args:
        again: whether another try may do better.
    """

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


class MockedToolError(RuntimeError):
    """A tool fails because a scripted call says so; nobody needs its traceback."""


@dataclass(frozen=True)
class ToolPolicy:
    """What goes for every call of one tool.

    Args:
        name: of the tool, as the LLM calls it.
        timeout: seconds that it may take.
        fillers: what is said while it takes long.
        confirmation: asked first, where the caller has to have a say.
        retries: tries after the first one.
        on_error: what the caller hears when there is no result; empty: what the LLM says.
        interruptible: whether the caller's words may stop the agent while it runs.
        background: whether the conversation goes on while it runs.
        on_duplicate: what livekit does about a call while one is running; None: as the tool's author says.
        inline: whether it runs in livekit's own task for the call, where alone an `AgentTask` can be awaited. One that
            goes on when it is cancelled is waited for then.
    """

    name: str
    timeout: float
    fillers: "FillerSettings"
    confirmation: Confirmation | None = None
    retries: int = 0
    on_error: str = ""
    interruptible: bool = True
    background: bool = False
    on_duplicate: DuplicateMode | None = None
    inline: bool = False

    async def run(self, context: RunContext[Any], arguments: Mapping[str, object], attempt: Attempt) -> Any:
        """Return the result for the LLM.

        Raises:
            ToolError: there is none; it says what the LLM is to do about it.
        """
        _log.info("tool called", extra={"tool": self.name, "pii_arguments": arguments})
        if self.confirmation is not None:
            self.confirmation.check(self.name, arguments, context.session)
        if not self.interruptible:
            with suppress(RuntimeError):  # livekit's: the caller has interrupted already
                context.disallow_interruptions()
        if self.background:
            under_way = UNDER_WAY.format(name=self.name)
            await context.update(under_way, template="{message}", silent=bool(self.fillers.say and self.fillers.most))
        async with self._fillers(context):
            return await self._outcome(context, attempt)

    @property
    def flags(self) -> ToolFlag:
        """What livekit is told: whether the LLM may cancel it."""
        cancellable = self.interruptible and (self.background or self.on_duplicate == "replace")
        return ToolFlag.CANCELLABLE if cancellable else ToolFlag.NONE

    def _fillers(self, context: RunContext[Any]) -> AbstractAsyncContextManager[None]:
        fillers = self.fillers
        if not fillers.say or not fillers.most:
            return nullcontext()
        phrases = itertools.cycle(fillers.say)

        def filler(_: int) -> str | None:
            """Say nothing while a task of the tool's has the call: the caller is talking with it."""
            return None if isinstance(context.session.current_agent, AgentTask) else next(phrases)

        return context.with_filler(filler, delay=fillers.delay, interval=fillers.interval, max_steps=fillers.most)

    async def _outcome(self, context: RunContext[Any], attempt: Attempt) -> Any:
        try:
            return await self._tried(attempt)
        except (ToolError, StopResponse):
            raise
        except TookTooLongError as error:
            return self._without_result(context, NO_RESULT, error)
        except AttemptError as error:
            _log.warning("tool failed", extra={"tool": self.name, "pii_error": str(error)})
            return self._without_result(context, FAILED_BECAUSE, error)
        except MockedToolError as error:
            _log.warning("tool failed, as the script says", extra={"tool": self.name})
            return self._without_result(context, FAILED, error)
        except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
            _log.exception("tool failed", extra={"tool": self.name})
            return self._without_result(context, FAILED, error)

    def _without_result(self, context: RunContext[Any], text: str, error: BaseException) -> ToolResult:
        """Have the caller hear the tool's sentence, which needs no reply; without one, raise ToolError for the LLM."""
        told = TOLD.format(sentence=self.on_error) if self.on_error else TELL
        text = text.format(name=self.name, limit=self.timeout, told=told, why=error)
        if not self.on_error:
            raise ToolError(text) from error
        context.session.say(self.on_error)
        return ToolResult(text, reply_required=False)

    async def _tried(self, attempt: Attempt) -> Any:
        for left in range(self.retries, 0, -1):
            try:
                return await self._once(attempt)
            except (ToolError, StopResponse):
                raise
            except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
                if isinstance(error, AttemptError) and not error.again:
                    raise
                _log.warning("tool is tried again", extra={"tool": self.name, "left": left, "pii_error": repr(error)})
            await asyncio.sleep(RETRY_PAUSE_S)
        return await self._once(attempt)

    async def _once(self, attempt: Attempt) -> Any:
        limited = within_here if self.inline else within
        return fitting(self.name, await limited(self.timeout, self.name, self._ended(attempt)))

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

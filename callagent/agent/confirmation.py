"""Tools that act only once the caller has had a say: those with `confirm: true` in the profile."""

import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from livekit.agents import RunContext
from livekit.agents.llm import ToolError

ASK = (
    "Not done yet. Tell the caller in one sentence what you are about to do, and ask whether they want it. Once they "
    "have agreed, call this tool again with the same arguments; when they have not, leave it."
)
"""What the LLM is told instead of a result."""

Function = Callable[..., Awaitable[Any]]


class Confirmation:
    """What was asked for in one call and waits for the caller's word.

    A tool acts at the second request with the same arguments, after a turn of the caller: words of a list, of a page or
    of another tool's result can make a model ask once, but not speak for the caller in between.
    """

    def __init__(self) -> None:
        self._asked: dict[str, tuple[str, int]] = {}

    def check(self, name: str, arguments: Mapping[str, object], context: RunContext[Any]) -> None:
        """Returns where the tool may act now. Raises ToolError, which the model is told, where it has to ask first."""
        turns = sum(message.role == "user" for message in context.session.history.messages())
        wanted = json.dumps(arguments, sort_keys=True, default=str)
        asked, at = self._asked.pop(name, ("", turns))
        if asked != wanted or turns <= at:
            self._asked[name] = (wanted, turns)
            raise ToolError(ASK)

    def guarding(self, name: str, function: Function) -> Function:
        """The function of a tool, which acts only then; its first parameter is the context."""
        signature = inspect.signature(function)

        @functools.wraps(function)
        async def guarded(*given: Any, **named: Any) -> Any:
            context, *_ = given
            arguments = dict(signature.bind(*given, **named).arguments)
            self.check(name, {key: value for key, value in arguments.items() if value is not context}, context)
            return await function(*given, **named)

        return guarded

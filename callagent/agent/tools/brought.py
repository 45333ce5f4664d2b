"""livekit's own tools that a profile's author brings, run under the same limits as those that a profile declares.

An `AsyncToolset` stays as its author made it: what it runs may go on for as long as the call.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import FunctionTool, RawFunctionTool, Tool, Toolset
from livekit.agents.llm.async_toolset import AsyncToolset

from callagent.agent.tools.policy import Around, ToolPolicy

AuthorsTool = FunctionTool[Any, Any] | RawFunctionTool[Any, Any]

_CONTEXT = "callagent_context"
"""A parameter that livekit fills with the context of the call, whether or not the author's function asks for it."""


def brought(
    tools: Sequence[Tool | Toolset], policy: Callable[[str], ToolPolicy], around: Around
) -> list[Tool | Toolset]:
    """Return the tools, each run under the policy of its name and with what `around` puts around it."""

    def limited(tool: Tool | Toolset) -> Tool | Toolset:
        if isinstance(tool, FunctionTool | RawFunctionTool):
            return _limited(tool, policy(tool.info.name), around)
        if isinstance(tool, Toolset) and not isinstance(tool, AsyncToolset):
            return LimitedToolset(tool, limited)
        return tool

    return [limited(tool) for tool in tools]


class LimitedToolset(Toolset):
    """A toolset whose tools, as many as it has at a time, are run under limits; it is set up and closed as itself."""

    def __init__(self, inner: Toolset, limited: Callable[[Tool | Toolset], Tool | Toolset]) -> None:
        super().__init__(id=inner.id)
        self._inner = inner
        self._limited = limited
        self._made: dict[int, tuple[Tool | Toolset, Tool | Toolset]] = {}

    @property
    def tools(self) -> Sequence[Tool | Toolset]:
        """Those of the toolset inside, each always the same object."""
        self._made = {id(tool): self._made.get(id(tool)) or (tool, self._limited(tool)) for tool in self._inner.tools}
        return [made for _, made in self._made.values()]

    async def setup(self) -> "LimitedToolset":
        """As the toolset inside."""
        await self._inner.setup()
        return self

    async def aclose(self) -> None:
        """As the toolset inside."""
        await self._inner.aclose()


def _limited(tool: AuthorsTool, policy: ToolPolicy, around: Around) -> Tool:
    signature = inspect.signature(tool)

    @functools.wraps(tool, updated=())
    async def run(*given: Any, **named: Any) -> Any:
        context: RunContext[Any] = named.pop(_CONTEXT)
        bound = signature.bind(*given, **named).arguments
        arguments = {name: value for name, value in bound.items() if value is not context}

        async def body(_: Mapping[str, object]) -> Any:
            return await tool(*given, **named)

        struck = around(policy.name, body)
        return await policy.run(context, arguments, lambda: struck(arguments))

    extra = inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, annotation=RunContext)
    variable = [each for each in signature.parameters.values() if each.kind is each.VAR_KEYWORD]
    others = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    # What inspect and typing look for; of a method, the signature is without `self`.
    run.__signature__ = signature.replace(parameters=[*others, extra, *variable])  # type: ignore[attr-defined]
    run.__annotations__ = {**tool.__annotations__, _CONTEXT: RunContext}
    return _as(tool, run, policy)


def _as(tool: AuthorsTool, run: Callable[..., Any], policy: ToolPolicy) -> Tool:
    """Return `run` as a tool that is like the author's, but for what the policy says otherwise."""
    flags, mode, scope = tool.info.flags | policy.flags, tool.info.on_duplicate, tool.info.duplicate_scope
    if policy.on_duplicate not in (None, mode):  # the question for a confirmation is part of the schema
        again: dict[str, Any] = {"flags": flags, "on_duplicate": policy.on_duplicate, "duplicate_scope": scope}
        if isinstance(tool, RawFunctionTool):
            return function_tool(run, raw_schema=tool.info.raw_schema, **again)
        return function_tool(run, name=tool.info.name, description=tool.info.description, **again)
    if isinstance(tool, RawFunctionTool):
        return RawFunctionTool(run, dataclasses.replace(tool.info, flags=flags))
    return FunctionTool(run, dataclasses.replace(tool.info, flags=flags))

"""The tools that a profile declares, as livekit function tools."""

import asyncio
import importlib
import inspect
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Tool

from callagent.agent.telephone import Telephone
from callagent.profile import BUILT_IN_TOOLS

if TYPE_CHECKING:
    from callagent.profile import Profile, ToolSpec

logger = logging.getLogger("callagent.agent")

FILLER_DELAY = 1.0
"""Seconds of silence during a tool call after which the first filler is said; a shorter wait needs none."""

FILLER_INTERVAL = 8.0
"""Seconds between two fillers of one tool call."""

Body = Callable[[Mapping[str, object]], Awaitable[Any]]
"""What a tool does: arguments in, result out."""

Around = Callable[[str, Body], Body]
"""Given a tool's name and body, the body that is to run."""


def as_it_is(name: str, body: Body) -> Body:
    """The body unchanged."""
    return body


def build_tools(profile: "Profile", *, around: Around = as_it_is, telephone: Telephone | None = None) -> list[Tool]:
    """One livekit tool for each entry of the profile's `tools`.

    Those of `BUILT_IN_TOOLS` work with the `telephone`. A tool with `run: package.module:function` calls that function
    with the arguments as keywords (a plain one in a thread), and says the profile's fillers while it takes long; a tool
    without one answers with its `returns` template. `around` may put something around what a tool does. Raises
    ValueError where `run` cannot be imported, naming the tool.
    """
    telephone = telephone or Telephone(profile)
    return [
        telephone.tool(name)
        if name in BUILT_IN_TOOLS
        else _declared(name, spec, profile.fillers, around(name, _body(name, spec)))
        for name, spec in profile.tools.items()
    ]


def _body(name: str, spec: "ToolSpec") -> Body:
    target = _load(name, spec.run) if spec.run else None

    async def body(arguments: Mapping[str, object]) -> Any:
        return fill(spec.returns or "done", arguments) if target is None else await _run(target, arguments)

    return body


def _declared(name: str, spec: "ToolSpec", fillers: Sequence[str], body: Body) -> Tool:
    properties = {key: {"type": p.type, "description": p.description} for key, p in spec.parameters.items()}
    schema = {
        "name": name,
        "description": spec.description,
        "parameters": {"type": "object", "properties": properties, "required": list(properties)},
    }

    async def call(context: RunContext[Any], raw_arguments: dict[str, object]) -> Any:
        logger.info("tool called", extra={"tool": name, "pii_arguments": raw_arguments})
        if not fillers:
            return await body(raw_arguments)
        phrases = itertools.cycle(fillers)
        async with context.with_filler(lambda _: next(phrases), delay=FILLER_DELAY, interval=FILLER_INTERVAL):
            return await body(raw_arguments)

    return function_tool(call, raw_schema=schema)


async def _run(target: Callable[..., Any], arguments: Mapping[str, object]) -> Any:
    if inspect.iscoroutinefunction(target):
        return await target(**arguments)
    return await asyncio.to_thread(target, **arguments)


def fill(template: str, values: Mapping[str, object]) -> str:
    """`template` with each `{name}` replaced by its value; names that are not in `values` stay as they are."""
    for key, value in values.items():
        template = template.replace("{" + key + "}", str(value))
    return template


def _load(name: str, path: str) -> Callable[..., Any]:
    module_name, _, attribute = path.partition(":")
    try:
        target = getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"tools.{name}.run: cannot import {path!r}: {error}") from error
    if not callable(target):
        raise ValueError(f"tools.{name}.run: {path!r} is not callable")
    return target  # type: ignore[no-any-return]  # callable() does not narrow getattr's Any

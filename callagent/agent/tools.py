"""The tools that a profile declares, as livekit function tools."""

import importlib
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Tool

if TYPE_CHECKING:
    from callagent.profile import Profile, ToolSpec

logger = logging.getLogger("callagent.agent")

HANG_UP = "hang_up"
HANG_UP_DESCRIPTION = (
    "End the call. Use it once the caller has said goodbye or has nothing more to ask. "
    "Say goodbye first: the line is cut after your last word."
)


def build_tools(profile: "Profile") -> list[Tool]:
    """One livekit tool for each entry of the profile's `tools`.

    `hang_up` is built in. A tool with `run: package.module:function` calls that function (plain or async) with the
    arguments as keywords; a tool without one answers with its `returns` template. Raises ValueError where `run`
    cannot be imported, naming the tool.
    """
    return [_hang_up() if name == HANG_UP else _declared(name, spec) for name, spec in profile.tools.items()]


def _hang_up() -> Tool:
    async def hang_up(context: RunContext[Any]) -> str | None:
        context.speech_handle.add_done_callback(lambda _: context.session.shutdown())
        return None

    return function_tool(hang_up, name=HANG_UP, description=HANG_UP_DESCRIPTION)


def _declared(name: str, spec: "ToolSpec") -> Tool:
    target = _load(name, spec.run) if spec.run else None
    properties = {key: {"type": p.type, "description": p.description} for key, p in spec.parameters.items()}
    schema = {
        "name": name,
        "description": spec.description,
        "parameters": {"type": "object", "properties": properties, "required": list(properties)},
    }

    async def call(raw_arguments: dict[str, object]) -> Any:
        logger.info("tool called", extra={"tool": name, "pii_arguments": raw_arguments})
        if target is None:
            return fill(spec.returns or "done", raw_arguments)
        result = target(**raw_arguments)
        return await result if inspect.isawaitable(result) else result

    return function_tool(call, raw_schema=schema)


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

"""The tools that a profile declares, as livekit function tools."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Tool, ToolError

from callagent.agent.tools.confirmation import Confirmation
from callagent.agent.tools.execution import TookTooLongError, call, within
from callagent.agent.tools.telephony import Telephone
from callagent.agent.untrusted_text import whole_result
from callagent.profile import BUILT_IN_TOOLS, Target, load_targets

if TYPE_CHECKING:
    from callagent.profile import FillerSettings, Profile, ToolSpec

_log = logging.getLogger("callagent.agent")

NO_RESULT = (
    "{name} has given no result within {limit:g} seconds. It is not known whether it was done. "
    "Tell the caller so, and do not call it again unless they ask for it."
)
"""What the LLM is told about a tool that has taken too long."""

GAVE_UP = "{name} has ended without a result. Tell the caller that it did not work."
"""What the LLM is told about a tool that cancels itself or wants to end the program."""

DONE = "done"
"""The result of a tool that gives none. Without any, the agent would say nothing, and the caller would wait."""

Body = Callable[[Mapping[str, object]], Awaitable[Any]]
"""What a tool does: arguments in, result out."""

Around = Callable[[str, Body], Body]
"""Given a tool's name and body, the body that is to run."""


def as_it_is(name: str, body: Body) -> Body:
    """Return the body unchanged."""
    return body


def build_tools(profile: "Profile", *, around: Around = as_it_is, telephone: Telephone | None = None) -> list[Tool]:
    """Return one livekit tool for each entry of the profile's `tools`.

    Those of `BUILT_IN_TOOLS` work with the `telephone`. A tool with `run: package.module:function` calls that function
    with the arguments as keywords (a plain one in a thread), and says fillers while it takes long; a tool without one
    answers with its `returns` template. `around` may put something around what a tool does. A tool that takes longer
    than its `timeout` is cancelled, and the LLM is told. One with `confirm` acts once the caller has had a say.

    Raises:
        ConfigError: functions that cannot be imported or called, each with its place in the profile.
    """
    telephone = telephone or Telephone(profile)
    targets = load_targets(profile)
    return [
        telephone.tool(name)
        if name in BUILT_IN_TOOLS
        else _declared(
            name, spec, _fillers(profile, spec), around(name, _body(spec, targets.get(name))), telephone.confirmation
        )
        for name, spec in profile.tools.items()
    ]


def _fillers(profile: "Profile", spec: "ToolSpec") -> "FillerSettings":
    return profile.fillers if spec.fillers is None else spec.fillers.over(profile.fillers)


def _body(spec: "ToolSpec", target: Target | None) -> Body:
    async def body(arguments: Mapping[str, object]) -> Any:
        return fill(spec.returns or DONE, arguments) if target is None else await call(target, arguments)

    return body


def _declared(name: str, spec: "ToolSpec", fillers: "FillerSettings", body: Body, confirmation: Confirmation) -> Tool:
    properties = {key: {"type": p.type, "description": p.description} for key, p in spec.parameters.items()}
    schema = {
        "name": name,
        "description": spec.description,
        "parameters": {"type": "object", "properties": properties, "required": list(properties)},
    }

    async def limited(arguments: Mapping[str, object]) -> Any:
        try:
            return whole_result(await within(spec.timeout, name, _result_of(name, body, arguments)))
        except TookTooLongError as error:
            raise ToolError(NO_RESULT.format(name=name, limit=spec.timeout)) from error

    async def run(context: RunContext[Any], raw_arguments: dict[str, object]) -> Any:
        _log.info("tool called", extra={"tool": name, "pii_arguments": raw_arguments})
        if spec.confirm:
            confirmation.check(name, raw_arguments, context)
        if not fillers.say or not fillers.most:
            return await limited(raw_arguments)
        phrases = itertools.cycle(fillers.say)
        async with context.with_filler(
            lambda _: next(phrases), delay=fillers.delay, interval=fillers.interval, max_steps=fillers.most
        ):
            return await limited(raw_arguments)

    return function_tool(run, raw_schema=schema)


async def _result_of(name: str, body: Body, arguments: Mapping[str, object]) -> Any:
    """Return what the body gives. Raise ToolError where it ends as nothing but a task or a program may."""
    try:
        result = await body(arguments)
    except SystemExit as error:
        raise ToolError(GAVE_UP.format(name=name)) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ToolError(GAVE_UP.format(name=name)) from error
    return DONE if result is None else result


def fill(template: str, values: Mapping[str, object]) -> str:
    """Return `template` with each `{name}` replaced by its value; names that are not in `values` stay as they are."""
    for key, value in values.items():
        template = template.replace("{" + key + "}", str(value))
    return template

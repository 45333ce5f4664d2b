"""The tools that a profile declares, as livekit function tools."""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Tool, Toolset
from livekit.agents.llm.async_toolset import AsyncToolset
from livekit.agents.llm.tool_context import get_fnc_tool_names

from callagent.agent.tools.arguments import Arguments
from callagent.agent.tools.brought import brought
from callagent.agent.tools.execution import call
from callagent.agent.tools.http_request import WebConnections
from callagent.agent.tools.mocks import DONE, ToolMocks, fill
from callagent.agent.tools.policy import Around, Body, ToolPolicy, as_it_is
from callagent.agent.tools.telephony import Telephone
from callagent.profile import BUILT_IN_TOOLS, BroughtTools, load_targets, takes_context

if TYPE_CHECKING:
    from callagent.profile import McpServer, Profile, ToolMock, ToolSpec

Offered = Callable[[str, list[Tool | Toolset]], list[Tool | Toolset]]
"""Given an entry of `tools` or `mcp` and its tools, what the session has of them."""

_called: ContextVar[RunContext[Any]] = ContextVar("callagent.tool")
"""What livekit says about the call of a tool that is under way."""


def to_all(entry: str, tools: list[Tool | Toolset]) -> list[Tool | Toolset]:
    """Return the tools unchanged: every agent has them."""
    return tools


def build_tools(
    profile: "Profile",
    *,
    around: Around = as_it_is,
    telephone: Telephone | None = None,
    mocks: "Mapping[str, ToolMock] | ToolMocks" = MappingProxyType({}),
    offered: Offered = to_all,
) -> list[Tool | Toolset]:
    """Return the livekit tools for the entries of the profile's `tools`.

    Those of `BUILT_IN_TOOLS` work with the `telephone`. A tool with `run: package.module:function` calls that function
    with the arguments as keywords (a plain one in a thread), and says fillers while it takes long; a tool without one
    answers with its `returns` template. Where `run` names livekit's own tools, these are taken. `around` may put
    something around what a tool does, and `mocks` say what some do instead; `offered` may keep an entry from some
    agents. A tool that takes longer than its `timeout` is cancelled, and the LLM is told. One with `confirm` acts once
    the caller has had a say.

    Raises:
        ConfigError: functions that cannot be imported or called, each with its place in the profile.
    """
    telephone = telephone or Telephone(profile)
    mocks = mocks if isinstance(mocks, ToolMocks) else ToolMocks(mocks)
    around = _outside(around, mocks.around)
    targets = load_targets(profile, mocked=mocks.names)
    web = WebConnections()
    made: dict[str, Sequence[Tool | Toolset]] = {}
    for name, spec in profile.tools.items():
        target = targets.get(name)
        if name in BUILT_IN_TOOLS:
            made[name] = [telephone.tool(name)]
        elif isinstance(target, BroughtTools):
            made[name] = _placed(
                name, spec, brought(target.tools, partial(_policy, profile, spec, telephone, True), around)
            )
        else:
            policy = _policy(profile, spec, telephone, _with_context(spec, target), name)
            made[name] = _placed(name, spec, [_declared(name, spec, policy, around(name, _body(spec, target, web)))])
    taken = get_fnc_tool_names([tool for tools in made.values() for tool in tools])
    for name, brought_along in _of_servers(profile, around, mocks, taken).items():
        made[name] = [*made.get(name, ()), *brought_along]
    kept_open = [web] if any(spec.http is not None for spec in profile.tools.values()) else []
    return [*(tool for name, tools in made.items() for tool in offered(name, [*tools])), *kept_open]


def _of_servers(
    profile: "Profile", around: Around, mocks: ToolMocks, taken: Sequence[str]
) -> dict[str, list[Tool | Toolset]]:
    """Return the tools of each MCP server, by its name in the profile."""

    def policy(server: "McpServer", name: str) -> ToolPolicy:
        return ToolPolicy(name, server.timeout, profile.fillers)

    made: dict[str, list[Tool | Toolset]] = {name: [] for name in profile.mcp}
    stand_ins = mocks.stand_ins(profile.mcp, policy)
    for tool in stand_ins:
        made[next(name for name, server in profile.mcp.items() if tool.id in (server.allowed or ()))].append(tool)
    if not (servers := mocks.unmocked(profile.mcp)):
        return made
    from callagent.agent.tools.mcp_servers import server_tools  # needs the extra `mcp`

    taken = [*taken, *get_fnc_tool_names(stand_ins)]
    for name, toolset in zip(
        servers, server_tools(profile, servers, policy=policy, around=around, taken=set(taken)), strict=True
    ):
        made[name].append(toolset)
    return made


def _outside(outer: Around, inner: Around) -> Around:
    return lambda name, body: outer(name, inner(name, body))


def _placed(name: str, spec: "ToolSpec", tools: Sequence[Tool | Toolset]) -> Sequence[Tool | Toolset]:
    """Return the tools; those that run in the background in a toolset whose calls survive a hand-over."""
    if not spec.background:
        return tools
    return [AsyncToolset(id=f"{name}_in_background", tools=[tool for tool in tools if isinstance(tool, Tool)])]


def _policy(profile: "Profile", spec: "ToolSpec", telephone: Telephone, inline: bool, name: str) -> ToolPolicy:
    fillers = profile.fillers if spec.fillers is None else spec.fillers.over(profile.fillers)
    return ToolPolicy(
        name,
        spec.timeout,
        fillers,
        confirmation=telephone.confirmation if spec.confirm else None,
        retries=spec.retries,
        on_error=spec.on_error,
        interruptible=spec.interruptible,
        background=spec.background,
        on_duplicate=spec.on_duplicate,
        inline=inline,
    )


def _with_context(spec: "ToolSpec", target: Callable[..., Any] | None) -> bool:
    return target is not None and takes_context(target, spec.takes or ())


def _body(spec: "ToolSpec", target: Callable[..., Any] | None, web: WebConnections) -> Body:
    left_out = dict.fromkeys(spec.takes or (), "")
    with_context = _with_context(spec, target)

    async def body(arguments: Mapping[str, object]) -> Any:
        if spec.http is not None:
            return await web.send(spec.http, arguments, spec.timeout)
        if target is None:
            return fill(spec.returns or DONE, left_out | dict(arguments))
        result = await call(target, arguments, *([_called.get()] if with_context else []))
        return DONE if result is None else result

    return body


def _declared(name: str, spec: "ToolSpec", policy: ToolPolicy, body: Body) -> Tool:
    schema = {"name": name, "description": spec.description, "parameters": spec.json_schema}
    expected = Arguments(name, spec.json_schema, closed=isinstance(spec.parameters, dict))

    async def run(context: RunContext[Any], raw_arguments: dict[str, object]) -> Any:
        arguments = expected.checked(raw_arguments)

        async def attempt() -> Any:
            _called.set(context)
            return await body(arguments)

        return await policy.run(context, arguments, attempt)

    return function_tool(run, raw_schema=schema, flags=policy.flags, on_duplicate=policy.on_duplicate or "allow")

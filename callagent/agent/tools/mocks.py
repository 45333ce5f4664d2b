"""Tools that do what a scripted call says instead of what they do: the profile's, brought ones, those of servers and of
an author's own agents.

The LLM is told of them as ever, and the arguments that it gives are checked; only what they would do is left out.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import AgentSession, RunContext, function_tool, mock_tools
from livekit.agents.llm import FunctionTool, RawFunctionTool, Tool, ToolContext, Toolset

from callagent.agent.tools.policy import Body, MockedToolError, ToolPolicy

if TYPE_CHECKING:
    from callagent.profile import McpServer, ToolMock

DONE: Final = "done"
"""The result of a tool that gives none. Without any, the agent would say nothing, and the caller would wait."""

AnyFunction = FunctionTool[Any, Any] | RawFunctionTool[Any, Any]

ANY_ARGUMENTS: Final = {"type": "object", "properties": {}, "additionalProperties": True}


class ToolMocks:
    """The mocks of one call, by the names of their tools."""

    def __init__(self, mocks: "Mapping[str, ToolMock]") -> None:
        self._mocks = mocks
        self._wrapped: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        """The tools that are mocked."""
        return frozenset(self._mocks)

    def around(self, name: str, body: Body) -> Body:
        """Return what a tool is to do: its own body, where it is not mocked."""
        mock = self._mocks.get(name)
        if mock is None:
            return body
        self._wrapped.add(name)

        async def mocked(arguments: Mapping[str, object]) -> Any:
            return await outcome(mock, arguments)

        return mocked

    def stand_ins(
        self, servers: "Mapping[str, McpServer]", policy: "Callable[[McpServer, str], ToolPolicy]"
    ) -> list[Tool]:
        """Return tools in the place of those that MCP servers are known to have: no server is needed for them."""
        names = {name: server for server in servers.values() for name in server.allowed or () if name in self._mocks}
        return [self._stand_in(name, policy(server, name)) for name, server in names.items()]

    def unmocked(self, servers: "Mapping[str, McpServer]") -> "dict[str, McpServer]":
        """Return the servers that are needed: those of which not every tool is mocked."""
        return {name: server for name, server in servers.items() if not server.is_mocked(self._mocks)}

    def follow(self, session: AgentSession[Any]) -> None:
        """Mock the tools that agents of the session bring themselves, and those that run beside the conversation."""
        if not self._mocks:
            return

        def see_to(_: object) -> None:
            self._give(session)

        session.on("conversation_item_added", see_to)  # of a hand-over too, before the agent begins
        session.on("speech_created", see_to)

    def _give(self, session: AgentSession[Any]) -> None:
        """Give livekit the mocks of what no policy runs, for the agent that talks now."""
        agent = session.current_agent
        others = {name: tool for name, tool in _functions(session.tools).items() if name not in self._wrapped}
        tools = {name: tool for name, tool in {**others, **_functions(agent.tools)}.items() if name in self._mocks}
        mocks = {name: _as_function(self._mocks[name], tool) for name, tool in tools.items()}
        mock_tools(type(agent), mocks, session=session)

    def _stand_in(self, name: str, policy: ToolPolicy) -> Tool:
        mock = self._mocks[name]
        self._wrapped.add(name)

        async def run(context: RunContext[Any], raw_arguments: dict[str, object]) -> Any:
            return await policy.run(context, raw_arguments, lambda: outcome(mock, raw_arguments))

        schema = {"name": name, "description": f"{name}, as a script says", "parameters": ANY_ARGUMENTS}
        return function_tool(run, raw_schema=schema, flags=policy.flags)


async def outcome(mock: "ToolMock", arguments: Mapping[str, object]) -> Any:
    """Return what a mocked tool returns, after its delay.

    Raises:
        MockedToolError: it is to fail.
    """
    await asyncio.sleep(mock.delay)
    if mock.raises is not None:
        raise MockedToolError(mock.raises)
    if isinstance(mock.returns, str):
        return fill(mock.returns, arguments)
    return DONE if mock.returns is None else mock.returns


def fill(template: str, values: Mapping[str, object]) -> str:
    """Return `template` with each `{name}` replaced by its value; names that are not in `values` stay as they are."""
    for key, value in values.items():
        template = template.replace("{" + key + "}", str(value))
    return template


def _functions(tools: Sequence[Tool | Toolset]) -> Mapping[str, AnyFunction]:
    return ToolContext(list(tools)).function_tools


def _as_function(mock: "ToolMock", tool: AnyFunction) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return a function that livekit calls with all arguments that it would call the tool with."""
    signature = inspect.signature(tool)

    async def mocked(*given: Any, **named: Any) -> Any:
        bound = signature.bind_partial(*given, **named).arguments
        raw = bound.get("raw_arguments")
        arguments = raw if isinstance(raw, Mapping) else bound
        return await outcome(mock, {name: each for name, each in arguments.items() if not isinstance(each, RunContext)})

    mocked.__signature__ = signature  # type: ignore[attr-defined]  # what inspect looks for
    return mocked

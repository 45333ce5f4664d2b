"""The tools of MCP servers. A server that is slow, dead or floods the agent neither ends nor delays a call.

A call begins at once; the tools are there as soon as the server has listed them. livekit speaks the protocol.
"""

import asyncio
import atexit
import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from livekit.agents.llm import RawFunctionTool, Tool, ToolError, Toolset
from livekit.agents.llm.mcp import MCPServer, MCPServerHTTP, MCPServerStdio, MCPToolResultContext
from mcp import stdio_client
from mcp.client.stdio import StdioServerParameters

from callagent.agent.tools.brought import brought
from callagent.agent.tools.policy import Around, ToolPolicy, as_it_is
from callagent.profile import NAME, program_directory

if TYPE_CHECKING:
    from callagent.profile import McpServer, Profile

MOST_TOOLS: Final = 64
"""Tools of one server that the LLM is told of; more cost it more than they are worth."""

LONGEST_SCHEMA: Final = 16_384
"""Characters of what one tool says about itself; a longer one is left out."""

CLOSING_S: Final = 5.0
"""Seconds that a server has to close, of which a program is given two before it is killed."""

_log = logging.getLogger("callagent.agent")


class ServerTools(Toolset):
    """The tools of one server, each run under the policy of its name.

    Args:
        name: of the server in the profile.
        taken: names of other tools, which those of a server do not take.
        directory: where its program is started.

    Attributes:
        listed: the names of all tools that the server has listed.
        why_not: why it is not used; empty while it may be.
    """

    def __init__(
        self,
        name: str,
        spec: "McpServer",
        *,
        policy: Callable[[str], ToolPolicy],
        around: Around,
        taken: Collection[str],
        directory: Path,
    ) -> None:
        super().__init__(id=f"mcp_{name}")
        self._name = name
        self._spec = spec
        self._limited = partial(brought, policy=policy, around=around)
        self._taken = taken
        self._server = _server(spec, directory)
        self.listed: Sequence[str] = ()
        self.why_not = ""
        self._usable: Sequence[Tool | Toolset] = ()
        self._connecting: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def tools(self) -> Sequence[Tool | Toolset]:
        """Those that it has listed; none before, and none once it has gone."""
        return self._usable if self._server.initialized else ()

    async def setup(self) -> "ServerTools":
        """Begin to connect, once, and wait for nothing."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect(), name=f"MCP server {self._name}")
        return self

    async def connected(self) -> None:
        """Wait until it has listed its tools, or has been given up."""
        if self._connecting is not None:
            await asyncio.wait({self._connecting})

    async def aclose(self) -> None:
        """Give up connecting, and close the connection; a program ends."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait({self._connecting})
        await self._close()

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(self._spec.connect_timeout):
                await self._server.initialize()
                listed = await self._server.list_tools()
        except (Exception, BaseExceptionGroup) as error:  # the protocol, the network and the server fail in any way
            self.why_not = "took too long" if isinstance(error, TimeoutError) else type(_first(error)).__name__
            told = {"server": self._name, "why": self.why_not, "pii_error": repr(error)}
            _log.warning("MCP server not used", extra=told)
            await self._close()
            return
        usable = [tool for tool in listed if self._is_usable(tool)][:MOST_TOOLS]
        self.listed = [tool.info.name for tool in listed]
        self._usable = self._limited(usable)
        counts = {"tools": len(usable), "left_out": len(listed) - len(usable)}
        _log.info("MCP server connected", extra={"server": self._name, **counts})

    def _is_usable(self, tool: RawFunctionTool[Any, Any]) -> bool:
        name = tool.info.name
        wanted = self._spec.allowed is None or name in self._spec.allowed
        own = name not in self._taken and not name.startswith("lk_agents_")
        return wanted and own and bool(NAME.fullmatch(name)) and len(str(tool.info.raw_schema)) <= LONGEST_SCHEMA

    async def _close(self) -> None:
        """Close it, and wait so long. It is closed once: being cancelled twice would leave its program running."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._end(), name=f"MCP server {self._name} closes")
        await asyncio.wait({self._closing}, timeout=CLOSING_S)

    async def _end(self) -> None:
        try:
            await self._server.aclose()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # otherwise it is the server's own task that was cancelled, while it connected
        except (Exception, BaseExceptionGroup) as error:  # as above; it is closed whatever it says
            _log.info("MCP server closed", extra={"server": self._name, "pii_error": repr(error)})


async def try_server(name: str, profile: "Profile") -> ServerTools:
    """Return the tools of a server that was connected to, and left again, as a call would."""
    spec, directory = profile.mcp[name], program_directory(profile, name)

    def policy(tool: str) -> ToolPolicy:
        return ToolPolicy(tool, spec.timeout, profile.fillers)

    tools = ServerTools(name, spec, policy=policy, around=as_it_is, taken=(), directory=directory)
    try:
        await tools.setup()
        await tools.connected()
    finally:
        await tools.aclose()
    return tools


def server_tools(
    profile: "Profile",
    servers: "Mapping[str, McpServer]",
    *,
    policy: "Callable[[McpServer, str], ToolPolicy]",
    around: Around,
    taken: set[str],
) -> list[Toolset]:
    """Return the tools of each server. One name belongs to one server: the first in the profile that allows it."""
    made: list[Toolset] = []
    for name, spec in servers.items():
        limited = partial(policy, spec)
        directory = program_directory(profile, name)
        others = frozenset(taken)
        made.append(ServerTools(name, spec, policy=limited, around=around, taken=others, directory=directory))
        taken |= set(spec.allowed or ())
    return made


def _first(error: BaseException) -> BaseException:
    """Return the first error of a group, which says more than that there are some."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _server(spec: "McpServer", directory: Path) -> MCPServer:
    patience = max(spec.timeout, spec.connect_timeout)  # each has a limit of its own above
    if spec.url is None:
        program, *arguments = spec.command
        return _Program(
            program,
            arguments,
            env=dict(spec.env),
            cwd=directory,
            client_session_timeout_seconds=patience,
            tool_result_resolver=_told,
        )
    return MCPServerHTTP(
        spec.url,
        transport_type="sse" if spec.url.rstrip("/").endswith("/sse") else "streamable_http",
        headers=dict(spec.headers),
        timeout=spec.connect_timeout,
        client_session_timeout_seconds=patience,
        tool_result_resolver=_told,
    )


class _Program(MCPServerStdio):
    """A program whose messages on standard error, and garbage on standard output, stay out of our log."""

    def client_streams(self) -> AbstractAsyncContextManager[Any]:
        """As livekit's."""
        logging.getLogger("mcp.client.stdio").setLevel(logging.CRITICAL)  # it logs a traceback for each such line
        parameters = StdioServerParameters(command=self.command, args=self.args, env=self.env, cwd=self.cwd)
        return stdio_client(parameters, errlog=_nowhere())


@lru_cache(maxsize=1)
def _nowhere() -> TextIO:
    at_exit = ExitStack()
    atexit.register(at_exit.close)
    return at_exit.enter_context(open(os.devnull, "w", encoding="utf-8"))


def _told(context: MCPToolResultContext) -> Any:
    """Return what a tool has answered, as text; structured content where there is no text."""
    texts = [part.text if hasattr(part, "text") else f"[{part.type}]" for part in context.result.content]
    if texts:
        return "\n".join(texts)
    if context.result.structured_content is not None:
        return context.result.structured_content
    raise ToolError(f"{context.tool_name} has ended without a result.")

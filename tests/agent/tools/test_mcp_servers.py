"""MCP servers, real ones of the `mcp` package: over standard input and output, over HTTP, and those that misbehave."""

import asyncio
import contextlib
import socket
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from livekit.agents.llm import RawFunctionTool, ToolError

from callagent.agent.tools.declared import build_tools
from callagent.agent.tools.mcp_servers import MOST_TOOLS, ServerTools
from callagent.agent.tools.results import LONGEST_RESULT
from tests.support.leftovers import leftover_tasks
from tests.support.virtual_call import a_profile

SERVER = """
import asyncio, os, sys
from mcp.server import MCPServer

server = MCPServer("crm")

@server.tool()
def find_customer(name: str) -> str:
    "Finds a customer."
    env = os.environ
    return f"{name} is customer 7, {env.get('CRM', 'no')} key, path {'PATH' in env}, {env.get('SECRET')}"

@server.tool()
def fails() -> str:
    "Always fails."
    raise ValueError("it does not work")

@server.tool()
async def hangs() -> str:
    "Never comes back."
    await asyncio.Event().wait()
    return ""

@server.tool()
def much() -> str:
    "Says much."
    return "x" * 3_000_000

@server.tool()
def dies() -> str:
    "Ends the server."
    os._exit(3)

@server.tool()
def hang_up() -> str:
    "Has the name of a built-in tool."
    return "no"
"""
HTTP = SERVER + 'server.run("streamable-http", port=int(sys.argv[1]))\n'
STDIO = SERVER + 'server.run("stdio")\n'
MANY = """
from mcp.server import MCPServer
server = MCPServer("many")
for index in range(300):
    server.tool(name=f"tool_{index}", description="x")(lambda: "x")
server.tool(name="long", description="x" * 100_000)(lambda: "x")
server.tool(name="not a name", description="x")(lambda: "x")
server.run("stdio")
"""
DEAD = "import sys; sys.exit(3)"
HANGING = "import time; time.sleep(600)"
FLOODING = "import sys\nwhile True:\n    sys.stdout.write('garbage ' * 1000 + '\\n'); sys.stderr.write('noise\\n')"
ENDLESS_LINE = "import sys\nwhile True:\n    sys.stdout.write('x' * 100_000)"
BEGINS = "    threading.Thread(target=flood, daemon=True).start()\n    env = {}\n"
FLOOD = "def flood():\n    while True:\n        os.write(1, b'garbage ' * 1000 + b'\\n')"
FLOODS_LATER = STDIO.replace("    env = os.environ\n", BEGINS).replace(
    "import asyncio, os, sys",
    f"import asyncio, os, sys, threading\n{FLOOD}",
)


def program(directory: Path, code: str) -> list[str]:
    file = directory / "crm_server.py"
    file.write_text(textwrap.dedent(code))
    return [sys.executable, str(file)]


@asynccontextmanager
async def using(spec: dict[str, Any], **tools: Any) -> AsyncIterator[ServerTools]:
    """The tools of a server, as a call has them; they are closed in the end, and leave no task."""
    built = build_tools(a_profile(mcp={"crm": spec}, tools=tools, fillers=[]))
    (made,) = [each for each in built if isinstance(each, ServerTools)]
    try:
        await made.setup()
        yield made
    finally:
        await made.aclose()
    assert leftover_tasks() == []


def named(made: ServerTools) -> dict[str, Any]:
    return {tool.info.name: tool for tool in made.tools if isinstance(tool, RawFunctionTool)}


async def answer(made: ServerTools, tool: str, /, **arguments: Any) -> str:
    try:
        return str(await named(made)[tool](raw_arguments=arguments, callagent_context=None))
    except ToolError as error:
        return error.message


def stdio(directory: Path, code: str = STDIO, **spec: Any) -> dict[str, Any]:
    return {"command": program(directory, code), "connect_timeout": "30 s", **spec}


async def test_a_program_of_its_own_has_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of ours")
    async with using(stdio(tmp_path, env={"CRM": "a"}), hang_up={}) as made:
        await made.connected()
        assert list(named(made)) == ["find_customer", "fails", "hangs", "much", "dies"]  # hang_up is the agent's own
        assert await answer(made, "find_customer", name="Eve") == "Eve is customer 7, a key, path True, None"
        assert "Error executing tool fails" in await answer(made, "fails")
        assert len(await answer(made, "much")) < LONGEST_RESULT + 100
        assert "name" in await answer(made, "find_customer", nam="Eve")


async def test_only_what_is_allowed_is_there(tmp_path: Path) -> None:
    async with using(stdio(tmp_path, allowed=["find_customer", "gone"])) as made:
        await made.connected()
        assert list(named(made)) == ["find_customer"]


async def test_a_server_with_too_many_tools_is_cut(tmp_path: Path) -> None:
    async with using(stdio(tmp_path, MANY)) as made:
        await made.connected()
        assert len(named(made)) == MOST_TOOLS


async def test_a_tool_that_hangs_is_given_up(tmp_path: Path) -> None:
    async with using(stdio(tmp_path, timeout="500 ms")) as made:
        await made.connected()
        assert (await answer(made, "hangs")).startswith("hangs has ")
        assert "customer 7" in await answer(made, "find_customer", name="Eve")


async def test_a_server_that_dies_in_a_call_is_told_and_its_tools_go(tmp_path: Path) -> None:
    async with using(stdio(tmp_path)) as made:
        await made.connected()
        tool = named(made)["find_customer"]
        assert (await answer(made, "dies")).startswith("dies has ended in an error")
        for _ in range(100):
            if not made.tools:
                break
            await asyncio.sleep(0.05)
        with pytest.raises(ToolError):
            await tool(raw_arguments={"name": "Eve"}, callagent_context=None)


@pytest.mark.parametrize(
    "code", [DEAD, HANGING, FLOODING, ENDLESS_LINE], ids=["dead", "hanging", "flooding", "endless"]
)
async def test_a_server_that_does_not_work_delays_nobody(
    tmp_path: Path, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()
    async with using(stdio(tmp_path, code, connect_timeout="1 s")) as made:
        assert time.monotonic() - began < 0.5  # the call has begun
        await made.connected()
        assert list(made.tools) == []
        assert [record.message for record in caplog.records if record.levelname == "WARNING"] == ["MCP server not used"]


@pytest.mark.parametrize("wait", [0.0, 0.3, 0.8])
async def test_a_call_that_ends_while_a_server_starts_leaves_no_program(tmp_path: Path, wait: float) -> None:
    note = tmp_path / "running"
    code = f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(600)"
    async with using(stdio(tmp_path, code, connect_timeout="500 ms")):
        await asyncio.sleep(wait)
    assert not runs(note)


def runs(note: Path) -> bool:
    """Whether the program runs whose number is in a file."""
    return note.exists() and Path(f"/proc/{note.read_text()}").exists()


async def test_a_server_that_floods_in_a_call_leaves_the_call_alone(tmp_path: Path) -> None:
    async with using(stdio(tmp_path, FLOODS_LATER, timeout="2 s")) as made:
        await made.connected()
        await answer(made, "find_customer", name="Eve")
        assert isinstance(await answer(made, "find_customer", name="Eve"), str)


@asynccontextmanager
async def serving(directory: Path) -> AsyncIterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *program(directory, HTTP), str(port), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        with contextlib.suppress(ProcessLookupError):  # it has died, as a test wants
            process.kill()
        await process.wait()


async def test_a_server_at_an_address_has_tools(tmp_path: Path) -> None:
    async with serving(tmp_path) as url, using({"url": url, "connect_timeout": "20 s", "timeout": "4 s"}) as made:
        await made.connected()
        assert "customer 7" in await answer(made, "find_customer", name="Eve")
        assert "Error executing tool fails" in await answer(made, "fails")
        assert (await answer(made, "hangs")).startswith("hangs has ")
        assert (await answer(made, "dies")).startswith("dies has ended in an error")


async def test_nobody_listens_at_an_address() -> None:
    async with using({"url": "http://127.0.0.1:9/mcp", "connect_timeout": "2 s"}) as made:
        await made.connected()
        assert list(made.tools) == []

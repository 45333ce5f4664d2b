"""A Redis of our own on loopback: livekit-server and livekit-sip meet in it."""

import asyncio
import shutil
import socket
from contextlib import AsyncExitStack
from typing import Self

from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import free_ports

BINARY = "redis-server"
HOW_TO_GET_IT = "level sip needs redis-server on the PATH (Debian: apt-get install redis-server)"
START_TIMEOUT_S = 10.0
PATIENCE_S = 2.0
POLL_S = 0.02

_LOOPBACK = "127.0.0.1"


class RedisServer:
    """A redis-server that keeps nothing on disk. `address` is host:port."""

    def __init__(self, process: ChildProcess, address: str) -> None:
        self.process = process
        self.address = address

    @classmethod
    async def start(cls) -> Self:
        """Start it on a free port and wait until it answers.

        Raises:
            LevelUnavailable: there is no redis-server, or it does not start.
        """
        binary = await asyncio.to_thread(shutil.which, BINARY)
        if binary is None:
            raise LevelUnavailable(HOW_TO_GET_IT)
        (port,) = free_ports(socket.SOCK_STREAM)
        command = [binary, "--port", str(port), "--bind", _LOOPBACK, "--save", "", "--appendonly", "no"]
        process = await ChildProcess.start(BINARY, command, patience=PATIENCE_S)
        server = cls(process, f"{_LOOPBACK}:{port}")
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(server.aclose)
            await server.wait_until_ready(port)
            on_failure.pop_all()
        return server

    async def aclose(self) -> None:
        """End the process; idempotent."""
        await self.process.aclose()

    async def wait_until_ready(self, port: int) -> None:
        """Wait until it answers. Raise LevelUnavailable when it does not, or ends before."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while self.process.running:
                    if await _answers(port):
                        return
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise LevelUnavailable(f"{BINARY} did not start within {START_TIMEOUT_S:g} s") from None
        raise LevelUnavailable(f"{BINARY} did not start: {self.process.last_words}")


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(_LOOPBACK, port)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()

"""A Redis of our own on a free port, which keeps nothing."""

import asyncio
import shutil
import socket
import tempfile
from contextlib import AsyncExitStack
from typing import Self

from callagent.calls.room.processes import ChildProcess

BINARY = "redis-server"
HOW_TO_GET_IT = "SIP objects need Redis: install redis-server (apt-get install redis-server)"
START_TIMEOUT_S = 10.0


def find_redis() -> str | None:
    """Path of the binary, if there is one."""
    return shutil.which(BINARY)


class RedisServer:
    """Runs until `aclose`.

    Attributes:
        address: host:port.
    """

    def __init__(self, process: ChildProcess, address: str) -> None:
        self.process = process
        self.address = address

    @classmethod
    async def start(cls) -> Self:
        """Starts the binary and waits until it answers. Raises RuntimeError when there is none or it ends."""
        binary = await asyncio.to_thread(find_redis)
        if binary is None:
            raise RuntimeError(HOW_TO_GET_IT)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        nothing_kept = ["--save", "", "--appendonly", "no", "--dir", tempfile.gettempdir()]
        command = [binary, "--bind", "127.0.0.1", "--port", str(port), *nothing_kept]
        server = cls(await ChildProcess.start(BINARY, command, patience=0.5), f"127.0.0.1:{port}")
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(server.aclose)
            async with asyncio.timeout(START_TIMEOUT_S):
                while not await _answers(port):
                    if not server.process.running:
                        raise RuntimeError(f"redis-server did not start: {server.process.last_words}")
                    await asyncio.sleep(0.02)
            on_failure.pop_all()
        return server

    async def aclose(self) -> None:
        """Ends the process; idempotent."""
        await self.process.aclose()


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()

"""A livekit-sip of our own on loopback, with ports of its own."""

import asyncio
import json
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Self

import aiohttp

from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.servers.child_processes import ChildProcess, find_program
from callagent.scripted_calls.servers.livekit_server import clean_environment, free_ports
from callagent.worker import Connection

BINARY_VARIABLE = "CALLAGENT_LIVEKIT_SIP"
BINARY = "livekit-sip"
HOW_TO_GET_IT = (
    "level sip needs livekit-sip on the PATH (the container image livekit/sip:v1.10.0 holds /bin/livekit-sip; to build "
    "it: a checkout of github.com/livekit/sip, Go 1.26, libopus-dev, libopusfile-dev, libsoxr-dev, `go build "
    f"./cmd/livekit-sip`; {BINARY_VARIABLE} may name it), or --sip-uri with the address of an agent"
)
START_TIMEOUT_S = 15.0
PATIENCE_S = 1.0
PROBE_INTERVAL_S = 0.05
RTP_PORTS = 400
"""Ports for the audio of calls, two for each."""

_LOOPBACK = "127.0.0.1"


def find_binary(env: Mapping[str, str] | None = None) -> str | None:
    """Return path of a livekit-sip binary: `CALLAGENT_LIVEKIT_SIP`, the PATH, or `.tools/` of the project."""
    return find_program(BINARY, BINARY_VARIABLE, env)


class LiveKitSip:
    """A livekit-sip process. `port` is where it takes calls, over UDP and TCP."""

    def __init__(self, process: ChildProcess, port: int) -> None:
        self.process = process
        self.port = port

    @classmethod
    async def start(cls, server: Connection, redis: str) -> Self:
        """Start it in front of a livekit-server that uses the same Redis, and wait until it is ready.

        Raises:
            LevelUnavailable: there is no binary, or it does not start.
        """
        binary = await asyncio.to_thread(find_binary)
        if binary is None:
            raise LevelUnavailable(HOW_TO_GET_IT)
        port, (health,) = free_port_of_both(), free_ports(socket.SOCK_STREAM)
        config = json.dumps(_config(server, redis, port, health))
        command = [binary, "--config-body", config]
        process = await ChildProcess.start(BINARY, command, env=clean_environment(), patience=PATIENCE_S)
        gateway = cls(process, port)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(gateway.aclose)
            await gateway.wait_until_ready(health)
            on_failure.pop_all()
        return gateway

    async def aclose(self) -> None:
        """End the process; idempotent."""
        await self.process.aclose()

    async def wait_until_ready(self, health: int) -> None:
        """Wait until it answers. Raise LevelUnavailable when it does not, or ends before."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S), aiohttp.ClientSession() as session:
                while self.process.running:
                    if await _answers(session, health):
                        return
                    await asyncio.sleep(PROBE_INTERVAL_S)
        except TimeoutError:
            raise LevelUnavailable(f"{BINARY} did not start within {START_TIMEOUT_S:g} s") from None
        raise LevelUnavailable(f"{BINARY} did not start: {self.process.last_words}")


def free_port_of_both() -> int:
    """Return a port of loopback that nothing listens on right now, neither over UDP nor over TCP."""
    while True:
        (port,) = free_ports(socket.SOCK_DGRAM)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            try:
                tcp.bind((_LOOPBACK, port))
            except OSError:
                continue
        return port


async def _answers(session: aiohttp.ClientSession, port: int) -> bool:
    """Under load it answers 429, which will do."""
    try:
        async with session.get(f"http://{_LOOPBACK}:{port}/"):
            return True
    except aiohttp.ClientError:
        return False


def _config(server: Connection, redis: str, port: int, health: int) -> dict[str, object]:
    """JSON is YAML. `nat_1_to_1_ip` lets it use the loopback address, which it would not find by itself."""
    first = 20000 + (port * 7) % 20000
    return {
        "api_key": server.api_key,
        "api_secret": server.api_secret,
        "ws_url": server.url,
        "redis": {"address": redis},
        "sip_port": port,
        "listen_ip": _LOOPBACK,
        "nat_1_to_1_ip": _LOOPBACK,
        "rtp_port": f"{first}-{first + RTP_PORTS}",
        "rtp_draining_idle_timeout": "-1s",
        "health_port": health,
        "max_cpu_utilization": 1.0,
        "logging": {"level": "warn"},
    }

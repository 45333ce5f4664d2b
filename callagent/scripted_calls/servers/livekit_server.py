"""A livekit-server for scripted calls: one that runs already, or one of our own on free ports."""

import asyncio
import json
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Self

import aiohttp

from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.servers.child_processes import ChildProcess, find_program
from callagent.worker import DEV_KEY, DEV_SECRET, DEV_URL, Connection

BINARY_VARIABLE = "CALLAGENT_LIVEKIT_SERVER"
BINARY = "livekit-server"
HOW_TO_GET_IT = (
    "level room needs livekit-server: run `livekit-server --dev`, set LIVEKIT_URL, or put the binary on the PATH "
    "(go install github.com/livekit/livekit-server/cmd/server@v1.13.5 builds it as `server`; "
    f"{BINARY_VARIABLE} may name it)"
)
START_TIMEOUT_S = 10.0
PATIENCE_S = 0.5
PROBE_TIMEOUT_S = 1.0
PROBE_INTERVAL_S = 0.05

_LOOPBACK = "127.0.0.1"


def find_binary(env: Mapping[str, str] | None = None) -> str | None:
    """Return path of a livekit-server binary: `CALLAGENT_LIVEKIT_SERVER`, the PATH, or `.tools/` of the project."""
    return find_program(BINARY, BINARY_VARIABLE, env)


async def running_server(env: Mapping[str, str] | None = None) -> Connection | None:
    """Return the server that `LIVEKIT_URL` names, or one in development mode on this machine, if it answers."""
    env = os.environ if env is None else env
    if url := env.get("LIVEKIT_URL"):
        connection = Connection(url, env.get("LIVEKIT_API_KEY", DEV_KEY), env.get("LIVEKIT_API_SECRET", DEV_SECRET))
    else:
        connection = Connection(DEV_URL, DEV_KEY, DEV_SECRET)
    return connection if await answers(connection.url) else None


async def answers(url: str) -> bool:
    """Tell whether something answers HTTP at a LiveKit URL the way livekit-server does when it is ready."""
    timeout = aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url.replace("ws", "http", 1)) as got:
            return got.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


class LiveKitServer:
    """A livekit-server in development mode on loopback, with ports of its own."""

    def __init__(self, process: ChildProcess, connection: Connection, config: str) -> None:
        self.process = process
        self.connection = connection
        self.config = config

    @classmethod
    async def start(cls, binary: str | None = None, *, redis: str | None = None, again: Self | None = None) -> Self:
        """Start the binary (None: the one that `find_binary` finds) and wait until it answers.

        Args:
            redis: host:port of the Redis that its SIP API keeps trunks and rules in; None: it has no SIP API.
            again: a server that has ended; the new one takes its place, with its address and its keys.

        Raises:
            LevelUnavailable: there is no binary, or it does not start.
        """
        binary = binary or await asyncio.to_thread(find_binary)
        if binary is None:
            raise LevelUnavailable(HOW_TO_GET_IT)
        if again is None:
            port, tcp, udp = free_ports(socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)
            connection = Connection(f"ws://{_LOOPBACK}:{port}", DEV_KEY, secrets.token_hex(16))
            config = _config(connection, port, tcp, udp, {"redis": {"address": redis}} if redis else {})
        else:
            connection, config = again.connection, again.config
        command = [binary, "--dev", "--config-body", config]
        process = await ChildProcess.start("livekit-server", command, env=clean_environment(), patience=PATIENCE_S)
        server = cls(process, connection, config)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(server.aclose)
            await server.wait_until_ready()
            on_failure.pop_all()
        return server

    async def aclose(self) -> None:
        """End the process; idempotent."""
        await self.process.aclose()

    async def wait_until_ready(self) -> None:
        """Wait until it answers. Raise LevelUnavailable when it does not, or ends before."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while self.process.running:
                    if await answers(self.connection.url):
                        return
                    await asyncio.sleep(PROBE_INTERVAL_S)
        except TimeoutError:
            raise LevelUnavailable(f"livekit-server did not start within {START_TIMEOUT_S:g} s") from None
        raise LevelUnavailable(f"livekit-server did not start: {self.process.last_words}")


def _config(connection: Connection, port: int, tcp: int, udp: int, more: Mapping[str, Any]) -> str:
    """JSON is YAML. No STUN: everything stays on loopback."""
    rtc = {
        "tcp_port": tcp,
        "udp_port": udp,
        "node_ip": _LOOPBACK,
        "use_external_ip": False,
        "enable_loopback_candidate": True,
    }
    return json.dumps(
        {
            "port": port,
            "bind_addresses": [_LOOPBACK],
            "keys": {connection.api_key: connection.api_secret},
            "rtc": rtc,
            "logging": {"level": "warn"},
            **more,
        }
    )


def clean_environment() -> dict[str, str]:
    """Return our environment without what configures LiveKit."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}


def free_ports(*kinds: socket.SocketKind) -> list[int]:
    """Return ports of loopback that nothing listens on right now, one for each kind of socket."""
    sockets = [socket.socket(socket.AF_INET, kind) for kind in kinds]
    try:
        for one in sockets:
            one.bind((_LOOPBACK, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()

"""What is checked before the worker starts, so that a wrong setting is one line at once instead of retries."""

import asyncio
import errno
import socket
import tempfile
from pathlib import Path

from callagent.database import Store, StoreUnavailable
from callagent.livekit_api import ServerError, Unauthorised, open_client
from callagent.livekit_api.errors import os_words
from callagent.private_files import make_directory
from callagent.worker.config import InvalidWorker, ServerUnavailable, WorkerConfig

ALL_IPV4 = "0.0.0.0"


async def preflight(config: WorkerConfig) -> None:
    """Check the health port, the directories, the database that was named and the server.

    Raises:
        ServerUnavailable: a port is taken, a directory or the database cannot be written, nothing answers at the URL.
        InvalidWorker: the server refuses the key pair.
    """
    await asyncio.to_thread(check_port, config.host, config.port, "--port")
    if config.metrics_port is not None:
        await asyncio.to_thread(check_port, config.metrics_host, config.metrics_port, "--metrics-port")
    await asyncio.to_thread(check_temporary)
    if config.records is not None:
        await asyncio.to_thread(check_directory, config.records)
    if config.database is not None:
        await asyncio.to_thread(check_database, config.database)
    await check_server(config)


def check_port(host: str, port: int, option: str) -> None:
    """Raise ServerUnavailable when the port is taken, or the host is none of this machine. May ask a resolver.

    Args:
        host: address or name of an interface; empty: all of them.
        option: says how to choose another port; the one for the host is `--host` where this one is `--port`.
    """
    try:
        for family, kind, _, _, address in socket.getaddrinfo(host or ALL_IPV4, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except OSError as error:
        where = f"{host}:{port}" if host else str(port)
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            option = option.replace("port", "host")
        raise ServerUnavailable(
            f"cannot listen on port {where}: {os_words(error)} (choose another with {option})"
        ) from None


def check_directory(path: Path) -> None:
    """Create the directory where needed; raise ServerUnavailable when files cannot be written there."""
    try:
        make_directory(path)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ServerUnavailable(f"cannot write records to {path}: {error.strerror}") from None


def check_database(location: str) -> None:
    """Make the tables where needed; raise ServerUnavailable when the database cannot be used."""
    try:
        Store(location).close()
    except StoreUnavailable as error:
        raise ServerUnavailable(str(error)) from None


def check_temporary() -> None:
    """Raise ServerUnavailable when there is no directory for temporary files, which the processes share."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        raise ServerUnavailable(
            "no directory for temporary files can be written to: set TMPDIR (a read-only container: --tmpfs /tmp)"
        ) from None


async def check_server(config: WorkerConfig) -> None:
    """Ask the server for something small that needs a valid key pair."""
    try:
        async with open_client(config) as server:
            await server.rooms(["-"])
    except Unauthorised:
        raise InvalidWorker(f"livekit-server at {config.url} refuses the API key {config.api_key!r}") from None
    except ServerError as error:
        raise ServerUnavailable(str(error)) from None

"""Serves the console until it is told to end."""

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Final

import uvicorn

from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.records import RecordStore, open_records

GRACE_S: Final = 3
"""How long answers under way may take when the console ends, in seconds."""


class CannotListen(OSError):
    """The address is taken, or none of this machine; the message is one line."""


def serve_console(config: ConsoleConfig, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. Blocks.

    Args:
        ready: told the address once it is listened at.

    Raises:
        StoreUnavailable: the database cannot be used.
        CannotListen: the port is taken, or the host is none of this machine.
    """
    with closing(open_records(config.database)) as store, closing(_listen(config)) as listening:
        port = listening.getsockname()[1]
        ready(f"http://{config.address}:{port}/")
        server_for(config, store).run(sockets=[listening])


def server_for(config: ConsoleConfig, store: RecordStore) -> uvicorn.Server:
    """Return a server that has not been started."""
    server: uvicorn.Server
    app = create_app(config, store, closing=lambda: server.should_exit)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            ws="none",
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    return server


def _listen(config: ConsoleConfig) -> socket.socket:
    try:
        if not config.host and socket.has_dualstack_ipv6():
            return socket.create_server(("", config.port), family=socket.AF_INET6, dualstack_ipv6=True)
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        return socket.create_server((config.host, config.port), family=family)
    except OSError as error:
        where = f"{config.address}:{config.port}"
        raise CannotListen(f"cannot listen at {where}: {error.strerror or error}; --port names another") from error

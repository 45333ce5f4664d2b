"""Small servers and sockets of this machine, for tests of what talks to others."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def serving(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[int]:
    """An HTTP server that answers everything with `handle`; its port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@contextmanager
def listening(kind: socket.SocketKind = socket.SOCK_STREAM) -> Iterator[int]:
    """A socket that somebody listens on and never answers at; its port."""
    with socket.socket(socket.AF_INET, kind) as listener:
        listener.bind((LOOPBACK, 0))
        if kind == socket.SOCK_STREAM:
            listener.listen()
        yield listener.getsockname()[1]


def unused_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port at which nothing listens."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])

"""Small servers and sockets of this machine, for tests of what talks to others."""

import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiohttp import web

LOOPBACK = "127.0.0.1"
POLL_S = 0.01
"""How often a server in a thread looks whether it is to stop, in seconds."""


@asynccontextmanager
async def serving(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]],
    *,
    method: str = "*",
    path: str = "/{path:.*}",
) -> AsyncIterator[int]:
    """An HTTP server that answers with `handle`, everything unless a method or a path is named; its port."""
    app = web.Application()
    app.router.add_route(method, path, handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Reply:
    """What an HTTP server answers; where to go instead, if anywhere."""

    status: int
    content: bytes
    location: str = ""


@contextmanager
def serving_in_a_thread(reply: Callable[[BaseHTTPRequestHandler], Reply]) -> Iterator[int]:
    """As `serving`, beside code that has no event loop; answers GET and POST."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = reply(self)
            self.send_response(answer.status)
            if answer.location:
                self.send_header("Location", answer.location)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET

        def log_message(self, *_: Any, **__: Any) -> None: ...

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), name="http-server")
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


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

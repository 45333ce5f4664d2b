"""A proxy in front of livekit-server that, when told to, answers every request with a page of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
from aiohttp import WSMsgType, web

from callagent.livekit_api.connection import Connection
from tests.support.loopback import LOOPBACK, serving

PAGE = "<html><body>please log in</body></html>"


@dataclass
class PageProxy:
    """The proxy; connections that are open stay as they are.

    Args:
        server: the one behind it.
        page: whether requests get the page.
        asked: how many requests got it.
    """

    server: Connection
    page: bool = False
    asked: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Passes on what comes, or answers it."""
        url = self.server.url + request.path_qs
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request, url)
        if self.page:
            self.asked += 1
            return web.Response(text=PAGE, content_type="text/html")
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method, url.replace("ws", "http", 1), headers=headers, data=await request.read()
            ) as answer,
        ):
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"Content-Type": answer.headers["Content-Type"]}
            )

    async def _socket(self, request: web.Request, url: str) -> web.WebSocketResponse:
        headers = {"Authorization": request.headers["Authorization"]} if "Authorization" in request.headers else {}
        near = web.WebSocketResponse(max_msg_size=0)
        async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers, max_msg_size=0) as far:
            await near.prepare(request)
            ways = [asyncio.create_task(_pump(*ends), name="test.proxy") for ends in ((near, far), (far, near))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
        await near.close()
        return near


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pump(source: Socket, sink: Socket) -> None:
    async for message in source:
        if message.type is WSMsgType.BINARY:
            await sink.send_bytes(message.data)
        elif message.type is WSMsgType.TEXT:
            await sink.send_str(message.data)


@asynccontextmanager
async def page_proxy(server: Connection) -> AsyncIterator[tuple[PageProxy, Connection]]:
    """The proxy, and how the server is reached through it."""
    proxy = PageProxy(server)
    async with serving(proxy.handle) as port:
        yield proxy, replace(server, url=f"ws://{LOOPBACK}:{port}")

"""A receiver of webhooks that can do what receivers do: take them, refuse, hang, break off, be gone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from callagent.records.webhooks.settings import Endpoint
from callagent.records.webhooks.signature import verify
from tests.support.loopback import LOOPBACK, serving

SECRET = "a secret of tests, long enough"


@dataclass
class Receiver:
    """Does `answers` one after the other, and then takes everything.

    An answer is a status, or `hang`, `break off`, `drip` (a status, and a body that never ends).
    """

    answers: list[int | str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/calls"

    def endpoint(self, name: str = "crm", *, timeout_s: float = 5.0, **more: Any) -> Endpoint:
        return Endpoint(name, self.url, (SECRET.encode(),), timeout_s=timeout_s, **more)

    @property
    def types(self) -> list[tuple[str, str]]:
        """Call and type of each webhook that was taken."""
        return [(each["data"]["call"]["id"], each["type"]) for each in self.taken]

    async def gets(self, count: int, within: float = 10.0) -> None:
        """Wait until so many webhooks were taken, for so many seconds at most."""
        async with asyncio.timeout(within):
            while len(self.taken) < count:
                self.arrived.clear()
                await self.arrived.wait()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append((dict(request.headers), body))
        answer = self.answers.pop(0) if self.answers else 204
        match answer:
            case "hang":
                await self.stopping.wait()
            case "break off":
                assert request.transport is not None
                request.transport.close()
            case "drip":
                response = web.StreamResponse()
                await response.prepare(request)
                verify(body, request.headers, SECRET)
                self._take(body)
                await self.stopping.wait()
                return response
            case int() as status:
                if 200 <= status < 300:
                    verify(body, request.headers, SECRET)
                    self._take(body)
                return web.Response(status=status, headers=self.headers)
        return web.Response(status=500)

    def _take(self, body: bytes) -> None:
        self.taken.append(json.loads(body))
        self.arrived.set()


@asynccontextmanager
async def receiving(*answers: int | str, headers: dict[str, str] | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers), headers or {})
    async with serving(receiver.handle) as port:
        receiver.port = port
        try:
            yield receiver
        finally:
            receiver.stopping.set()

"""A peer that offers jobs to a worker over its WebSocket, as livekit-server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web
from livekit.protocol import agent, models

from tests.support.loopback import LOOPBACK, serving


class DispatchPeer:
    """The server's side of one worker's registration.

    Attributes:
        url: where it listens.
        registered: a worker has.
        statuses: what the worker said of itself: available, or full.
    """

    def __init__(self) -> None:
        self.url = ""
        self.registered = asyncio.Event()
        self.statuses: list[agent.WorkerStatus] = []
        self._answers: dict[str, asyncio.Future[bool]] = {}
        self._socket: web.WebSocketResponse | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["DispatchPeer"]:
        async with serving(self._talk, method="GET", path="/agent") as port:
            self.url = f"http://{LOOPBACK}:{port}"
            yield self

    async def offer(self, job: str) -> bool:
        """Offers a job, in a room of its name; whether the worker is available for it. Nobody is assigned to it."""
        assert self._socket is not None, "no worker has registered"
        self._answers[job] = asyncio.get_running_loop().create_future()
        offered = agent.Job(id=job, room=models.Room(name=f"room-{job}", sid=f"RM_{job}"))
        await self._say(agent.ServerMessage(availability=agent.AvailabilityRequest(job=offered)))
        return await self._answers[job]

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                await self._hear(agent.WorkerMessage.FromString(message.data))
        return socket

    async def _hear(self, message: agent.WorkerMessage) -> None:
        match message.WhichOneof("message"):
            case "register":
                await self._say(agent.ServerMessage(register=agent.RegisterWorkerResponse(worker_id="AW_1")))
                self.registered.set()
            case "availability":
                self._answers[message.availability.job_id].set_result(message.availability.available)
            case "update_worker":
                self.statuses.append(message.update_worker.status)

    async def _say(self, message: agent.ServerMessage) -> None:
        assert self._socket is not None
        await self._socket.send_bytes(message.SerializeToString())

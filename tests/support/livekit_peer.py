"""A peer that speaks Twirp as livekit-server does, for rooms, dispatches, SIP trunks and outbound calls.

It answers with the status codes, the metadata and, scaled down, the timings that were observed on livekit-server 1.13
with livekit-sip 1.0. What happens to a number that is called is a `Line`; what the worker does with a dispatch is a
coroutine that a test hands in.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from google.protobuf.message import Message
from livekit import api
from livekit.protocol.agent_dispatch import AgentDispatchState
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import LiveKitClient, TimeLimits, open_client
from callagent.livekit_api.connection import Connection
from tests.support.loopback import LOOPBACK, serving

KEY, SECRET = "devkey", "secret-of-the-peer-that-is-long-enough"
TRUNK = "ST_main"


@dataclass(frozen=True)
class Line:
    """What a number does when it is called.

    Args:
        status: final SIP status; 200 answers, None never does.
        reason: its words.
        rings: how long it rings before, in seconds.
        error: a Twirp error instead of a SIP status: HTTP status, code, message.
        hangs: the request is never answered.
    """

    status: int | None = 200
    reason: str = "OK"
    rings: float = 0.02
    error: tuple[int, str, str] | None = None
    hangs: bool = False


@dataclass
class Room:
    """A room with its participants by identity, and its dispatches by id; `created` is since when, as `time.time()`."""

    name: str
    created: int = 0
    participants: dict[str, ParticipantInfo] = field(default_factory=dict)
    dispatches: dict[str, api.AgentDispatch] = field(default_factory=dict)
    deleted: asyncio.Event = field(default_factory=asyncio.Event)


class TwirpError(Exception):
    """Answered as Twirp does: JSON with code, message and metadata."""

    def __init__(self, status: int, code: str, message: str, **meta: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.meta = status, code, message, meta


class Unauthorised(Exception):
    """Answered in plain text: Twirp is not reached."""


Worker = Callable[["LiveKitPeer", str, str], Awaitable[None]]
"""Takes a dispatch: the peer, the room, the metadata."""


class LiveKitPeer:
    """The server.

    Args:
        ring_scale: how fast a ringing timeout passes here.

    Attributes:
        failing: methods that are not carried out, with what is answered.
        failed: how often each of those was asked for.
        silent: methods that are carried out and never answered.
        strange: methods that something else answers, with its text.
        lost: rooms of a node that is gone: nothing is known of what was sent for into them.
        stuck: rooms of a node that hangs: nobody is told who is in them.
    """

    def __init__(self, worker: Worker | None = None, *, ring_scale: float = 0.01) -> None:
        self.url = ""
        self.lines: dict[str, Line] = {}
        self.trunks = [api.SIPOutboundTrunkInfo(sip_trunk_id=TRUNK, name="main", numbers=["+12025550100"])]
        self.rooms: dict[str, Room] = {}
        self.requests: list[tuple[str, Message]] = []
        self.failing: dict[str, TwirpError] = {}
        self.failed: Counter[str] = Counter()
        self.silent: set[str] = set()
        self.strange: dict[str, str] = {}
        self.lost: set[str] = set()
        self.stuck: set[str] = set()
        self.placed: asyncio.Queue[str] = asyncio.Queue()
        self._worker, self._ring_scale = worker, ring_scale
        self._dispatched = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def hire(self, worker: Worker | None) -> None:
        """From now on another worker takes the dispatches, or nobody does."""
        self._worker = worker

    def asked(self, method: str) -> list[Any]:
        """The requests of a method so far."""
        return [request for name, request in self.requests if name == method]

    async def has_been_asked(self, method: str, times: int) -> None:
        """Waits for the request of a method that makes it so many."""
        while len(self.asked(method)) < times:
            self._news.clear()
            await self._news.wait()

    async def has_failed(self, method: str, times: int) -> None:
        """Waits until a failing method has been asked for so many times in all."""
        while self.failed[method] < times:
            self._news.clear()
            await self._news.wait()

    def client(
        self, limits: TimeLimits | None = None, *, secret: str = SECRET
    ) -> AbstractAsyncContextManager[LiveKitClient]:
        return open_client(Connection(self.url, KEY, secret), limits)

    def open(self, room: str) -> None:
        """A room is there that nobody asked for in this test."""
        self.rooms[room] = Room(room)

    def join(self, room: str, identity: str, kind: ParticipantInfo.Kind, **attributes: str) -> None:
        """Somebody joins."""
        joined = ParticipantInfo(identity=identity, kind=kind, attributes=attributes)
        self.rooms[room].participants[identity] = joined

    def dispatch(self, room: str, agent: str, *, at: float = 0.0) -> api.AgentDispatch:
        """A dispatch of an agent that no worker has taken yet; `at` is since when, as `time.time()`."""
        self._dispatched += 1
        state = AgentDispatchState(created_at=round(at * 1e9))
        dispatch = api.AgentDispatch(id=f"AD_{self._dispatched}", agent_name=agent, room=room, state=state)
        if room in self.rooms:
            self.rooms[room].dispatches[dispatch.id] = dispatch
        return dispatch

    def leave(self, room: str, identity: str) -> None:
        if room in self.rooms:
            self.rooms[room].participants.pop(identity, None)

    def tell(self, room: str, identity: str, name: str, value: str) -> None:
        """A participant sets an attribute."""
        if room in self.rooms and identity in self.rooms[room].participants:
            self.rooms[room].participants[identity].attributes[name] = value

    async def gone(self, room: str) -> None:
        """Waits until the room is deleted."""
        if room in self.rooms:
            await self.rooms[room].deleted.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LiveKitPeer"]:
        async with serving(self._answer, method="POST", path="/twirp/livekit.{service}/{method}") as port:
            self.url = f"http://{LOOPBACK}:{port}"
            try:
                yield self
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            self._authorise(request)
            if method not in _METHODS:
                raise TwirpError(404, "bad_route", f"no handler for path {request.path}")
            if method in self.strange:
                return web.Response(text=self.strange[method], content_type="text/html")
            if method in self.failing:
                self.failed[method] += 1
                self._news.set()
                raise self.failing[method]
            form, handler = _METHODS[method]
            asked = form.FromString(await request.read())
            self.requests.append((method, asked))
            self._news.set()
            answer: Message = await handler(self, asked)
            if method in self.silent:
                await asyncio.sleep(3600)
        except Unauthorised as error:
            return web.Response(status=401, text=str(error))
        except TwirpError as error:
            body = {"code": error.code, "msg": error.message, **({"meta": error.meta} if error.meta else {})}
            return web.json_response(body, status=error.status)
        return web.Response(body=answer.SerializeToString(), content_type="application/protobuf")

    def _authorise(self, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            jwt.decode(token, SECRET, algorithms=["HS256"], issuer=KEY)
        except jwt.InvalidTokenError as error:
            raise Unauthorised(f"invalid token: {error}") from error

    async def _create_room(self, asked: api.CreateRoomRequest) -> Message:
        self.open(asked.name)
        return api.Room(name=asked.name)

    async def _list_rooms(self, asked: api.ListRoomsRequest) -> Message:
        rooms = [room for name, room in self.rooms.items() if name in asked.names or not asked.names]
        return api.ListRoomsResponse(
            rooms=[
                api.Room(name=room.name, num_participants=len(room.participants), creation_time=room.created)
                for room in rooms
            ]
        )

    async def _delete_room(self, asked: api.DeleteRoomRequest) -> Message:
        room = self.rooms.pop(asked.room, None)
        if room is None:
            raise TwirpError(404, "not_found", "requested room does not exist")
        room.deleted.set()
        return api.DeleteRoomResponse()

    async def _list_participants(self, asked: api.ListParticipantsRequest) -> Message:
        if asked.room in self.stuck:
            await asyncio.sleep(3600)
        room = self.rooms.get(asked.room)
        return api.ListParticipantsResponse(participants=room.participants.values() if room else ())

    async def _remove_participant(self, asked: api.RoomParticipantIdentity) -> Message:
        self.leave(asked.room, asked.identity)
        return api.RemoveParticipantResponse()

    async def _update_participant(self, asked: api.UpdateParticipantRequest) -> Message:
        room = self.rooms.get(asked.room)
        if room is None or asked.identity not in room.participants:
            raise TwirpError(404, "not_found", "participant does not exist")
        for name, value in asked.attributes.items():
            self.tell(asked.room, asked.identity, name, value)
        return room.participants[asked.identity]

    async def _update_subscriptions(self, asked: api.UpdateSubscriptionsRequest) -> Message:
        return api.UpdateSubscriptionsResponse()

    async def _send_data(self, asked: api.SendDataRequest) -> Message:
        return api.SendDataResponse()

    async def _create_dispatch(self, asked: api.CreateAgentDispatchRequest) -> Message:
        if self._worker is not None:
            task = asyncio.create_task(_run(self._worker, self, asked), name="peer.worker")
            self._tasks.add(task)
        return self.dispatch(asked.room, asked.agent_name, at=time.time())

    async def _list_dispatch(self, asked: api.ListAgentDispatchRequest) -> Message:
        if asked.room in self.lost:
            raise TwirpError(503, "unavailable", "no response from servers")
        room = self.rooms.get(asked.room)
        return api.ListAgentDispatchResponse(agent_dispatches=room.dispatches.values() if room else ())

    async def _delete_dispatch(self, asked: api.DeleteAgentDispatchRequest) -> Message:
        room = self.rooms.get(asked.room)
        if room is None or asked.dispatch_id not in room.dispatches:
            raise TwirpError(404, "not_found", "agent dispatch not found")
        return room.dispatches.pop(asked.dispatch_id)

    async def _list_trunks(self, asked: api.ListSIPOutboundTrunkRequest) -> Message:
        return api.ListSIPOutboundTrunkResponse(items=self.trunks)

    async def _create_sip_participant(self, asked: api.CreateSIPParticipantRequest) -> Message:
        line = self.lines.get(asked.sip_call_to, Line())
        self.placed.put_nowait(asked.sip_call_to)
        if line.error is not None:
            raise TwirpError(*line.error)
        if asked.sip_trunk_id not in {trunk.sip_trunk_id for trunk in self.trunks}:
            raise TwirpError(404, "not_found", "requested sip trunk does not exist")
        if line.hangs:
            await asyncio.sleep(3600)
        room, identity = asked.room_name, asked.participant_identity
        self.join(room, identity, ParticipantInfo.SIP, **{**asked.participant_attributes, "sip.callStatus": "ringing"})
        timeout = asked.ringing_timeout.ToTimedelta().total_seconds() * self._ring_scale
        await asyncio.sleep(timeout if line.status is None else line.rings)
        if line.status == 200:
            self.tell(room, identity, "sip.callStatus", "active")
            return api.SIPParticipantInfo(
                participant_id="PA_1", participant_identity=identity, room_name=room, sip_call_id="SCL_1"
            )
        self.leave(room, identity)
        if line.status is None:
            raise TwirpError(408, "canceled", "context canceled")
        meta = {"sip_status_code": str(line.status), "sip_status": line.reason}
        raise TwirpError(503, "unavailable", f"twirp error: {line.status}: {line.reason}", **meta)


@contextmanager
def peer_in_a_thread(peer: LiveKitPeer) -> Iterator[LiveKitPeer]:
    """Runs the peer beside code that has no event loop of its own, such as a command."""
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with peer.running():
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="livekit-peer")
    thread.start()
    try:
        assert ready.wait(10)
        yield peer
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


async def _run(worker: Worker, peer: LiveKitPeer, asked: api.CreateAgentDispatchRequest) -> None:
    await worker(peer, asked.room, asked.metadata)


Handler = Callable[[LiveKitPeer, Any], Awaitable[Message]]

_METHODS: dict[str, tuple[type[Message], Handler]] = {
    "CreateRoom": (api.CreateRoomRequest, LiveKitPeer._create_room),
    "ListRooms": (api.ListRoomsRequest, LiveKitPeer._list_rooms),
    "DeleteRoom": (api.DeleteRoomRequest, LiveKitPeer._delete_room),
    "ListParticipants": (api.ListParticipantsRequest, LiveKitPeer._list_participants),
    "RemoveParticipant": (api.RoomParticipantIdentity, LiveKitPeer._remove_participant),
    "UpdateParticipant": (api.UpdateParticipantRequest, LiveKitPeer._update_participant),
    "UpdateSubscriptions": (api.UpdateSubscriptionsRequest, LiveKitPeer._update_subscriptions),
    "SendData": (api.SendDataRequest, LiveKitPeer._send_data),
    "CreateDispatch": (api.CreateAgentDispatchRequest, LiveKitPeer._create_dispatch),
    "ListDispatch": (api.ListAgentDispatchRequest, LiveKitPeer._list_dispatch),
    "DeleteDispatch": (api.DeleteAgentDispatchRequest, LiveKitPeer._delete_dispatch),
    "ListSIPOutboundTrunk": (api.ListSIPOutboundTrunkRequest, LiveKitPeer._list_trunks),
    "CreateSIPParticipant": (api.CreateSIPParticipantRequest, LiveKitPeer._create_sip_participant),
}

"""The client of livekit-server's API: every request has its time, and fails with a ServerError or not at all."""

from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import aiohttp
from livekit import api
from livekit.protocol.models import DataPacket, ParticipantInfo
from livekit.protocol.sip import TransferSIPParticipantResponse

from callagent.livekit_api.errors import NotFound, check_answer, translated
from callagent.sanitise import masked

T = TypeVar("T")

SipObject = api.SIPInboundTrunkInfo | api.SIPOutboundTrunkInfo | api.SIPDispatchRuleInfo


@dataclass(frozen=True)
class TimeLimits:
    """How long livekit-server may take for an answer, in seconds.

    Args:
        question: where nothing waits for it but the next question, or whoever typed a command.
        call: where somebody on the telephone waits: hanging up, keeping apart, seeing who is there.
        move: for moving a participant; livekit-server itself takes three seconds over one that it cannot find.
        dial_margin: how much longer than it may ring a request may take that dials.
    """

    question: float = 5.0
    call: float = 3.0
    move: float = 10.0
    dial_margin: float = 10.0


LIMITS = TimeLimits()


class Address(Protocol):
    """Where a server is, and the key pair that it knows: a Connection, or a configuration that contains one."""

    @property
    def url(self) -> str:
        """URL of the server."""

    @property
    def api_key(self) -> str:
        """Name of the key pair."""

    @property
    def api_secret(self) -> str:
        """Signs the tokens."""


@asynccontextmanager
async def open_client(server: Address, limits: TimeLimits | None = None) -> AsyncIterator["LiveKitClient"]:
    """Yield a client of the server's API; nothing is sent yet. No request of it is ever sent twice."""
    async with aiohttp.ClientSession(raise_for_status=check_answer) as session:
        services = api.LiveKitAPI(server.url, server.api_key, server.api_secret, session=session, failover=False)
        yield LiveKitClient(services, server.url, limits or LIMITS)


class LiveKitClient:
    """Requests to one livekit-server. Each of them raises ServerError, and nothing else.

    Args:
        services: livekit-api's client, with a session that lets only a livekit-server's answers through.
        url: of the server, for messages.
    """

    def __init__(self, services: api.LiveKitAPI, url: str, limits: TimeLimits) -> None:
        self._room, self._sip, self._dispatch = services.room, services.sip, services.agent_dispatch
        self._url, self._limits = masked(url), limits

    async def create_room(self, room: str, *, empty_timeout: float = 0, departure_timeout: float = 0) -> None:
        """Make a room; the times are how long it stays with nobody in it yet, and any longer, in seconds."""
        request = api.CreateRoomRequest(
            name=room, empty_timeout=round(empty_timeout), departure_timeout=round(departure_timeout)
        )
        await self._ask(self._room.create_room(request))

    async def delete_room(self, room: str) -> None:
        """Disconnect everybody in the room, which sends BYE to a phone. A room that is gone is deleted already."""
        try:
            await self._ask(self._room.delete_room(api.DeleteRoomRequest(room=room)), self._limits.call)
        except NotFound:
            return

    async def rooms(self, names: Collection[str] = ()) -> Sequence[api.Room]:
        """Return the rooms of these names that there are; without names all rooms."""
        return (await self._ask(self._room.list_rooms(api.ListRoomsRequest(names=list(names))))).rooms

    async def participants(self, room: str) -> Sequence[ParticipantInfo]:
        """Tell who is in the room; raises NotFound when it is gone."""
        request = api.ListParticipantsRequest(room=room)
        return (await self._ask(self._room.list_participants(request), self._limits.call)).participants

    async def remove_participant(self, room: str, identity: str) -> None:
        """BYE, or CANCEL while it rings, without deleting the room. Raise NotFound when they are not there."""
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        await self._ask(self._room.remove_participant(request), self._limits.call)

    async def set_attributes(self, room: str, identity: str, attributes: Mapping[str, str]) -> None:
        """Change attributes of a participant; an empty value removes one."""
        request = api.UpdateParticipantRequest(room=room, identity=identity, attributes=attributes)
        await self._ask(self._room.update_participant(request), self._limits.call)

    async def subscribe(self, room: str, listener: str, tracks: Sequence[str], *, to: bool) -> None:
        """Have the listener hear the tracks of these ids, or no longer."""
        request = api.UpdateSubscriptionsRequest(room=room, identity=listener, track_sids=tracks, subscribe=to)
        await self._ask(self._room.update_subscriptions(request), self._limits.call)

    async def move_participant(self, room: str, identity: str, destination: str) -> None:
        """Move a participant into another room; only LiveKit Cloud can."""
        request = api.MoveParticipantRequest(room=room, identity=identity, destination_room=destination)
        await self._ask(self._room.move_participant(request), self._limits.move)

    async def send_data(self, room: str, identity: str, topic: str, data: bytes = b"") -> None:
        """Send a participant a packet, reliably; nobody else in the room gets it."""
        request = api.SendDataRequest(
            room=room, data=data, kind=DataPacket.Kind.RELIABLE, destination_identities=[identity], topic=topic
        )
        await self._ask(self._room.send_data(request), self._limits.call)

    async def dispatch_agent(self, agent: str, room: str, metadata: str) -> None:
        """Have an agent of that name sent into the room."""
        request = api.CreateAgentDispatchRequest(agent_name=agent, room=room, metadata=metadata)
        await self._ask(self._dispatch.create_dispatch(request))

    async def dispatches(self, room: str) -> Sequence[api.AgentDispatch]:
        """Return the dispatches into a room. Of one that every worker has refused the server keeps no job."""
        return await self._ask(self._dispatch.list_dispatch(room), self._limits.call)

    async def delete_dispatch(self, dispatch: api.AgentDispatch) -> None:
        """Delete a dispatch. Raise NotFound when it is gone: somebody else was quicker, or so is its room."""
        await self._ask(self._dispatch.delete_dispatch(dispatch.id, dispatch.room), self._limits.call)

    async def dispatch_again(self, dispatch: api.AgentDispatch) -> None:
        """Have an agent sent once more as a dispatch asked for that has been deleted."""
        request = api.CreateAgentDispatchRequest(
            agent_name=dispatch.agent_name,
            room=dispatch.room,
            metadata=dispatch.metadata,
            restart_policy=dispatch.restart_policy,
            deployment=dispatch.deployment,
            attributes=dispatch.attributes,
        )
        await self._ask(self._dispatch.create_dispatch(request), self._limits.call)

    async def inbound_trunks(self) -> Sequence[api.SIPInboundTrunkInfo]:
        """Return all inbound trunks."""
        return (await self._ask(self._sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest()))).items

    async def outbound_trunks(self) -> Sequence[api.SIPOutboundTrunkInfo]:
        """Return all outbound trunks."""
        return (await self._ask(self._sip.list_outbound_trunk(api.ListSIPOutboundTrunkRequest()))).items

    async def dispatch_rules(self) -> Sequence[api.SIPDispatchRuleInfo]:
        """Return all dispatch rules."""
        return (await self._ask(self._sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest()))).items

    async def create(self, wanted: SipObject) -> str:
        """Make a trunk or a rule and give its id."""
        match wanted:
            case api.SIPInboundTrunkInfo() as trunk:
                making = self._sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=trunk))
                return (await self._ask(making)).sip_trunk_id
            case api.SIPOutboundTrunkInfo() as trunk:
                calling_out = self._sip.create_outbound_trunk(api.CreateSIPOutboundTrunkRequest(trunk=trunk))
                return (await self._ask(calling_out)).sip_trunk_id
            case rule:
                request = api.CreateSIPDispatchRuleRequest(dispatch_rule=rule)
                return (await self._ask(self._sip.create_dispatch_rule(request))).sip_dispatch_rule_id

    async def update(self, object_id: str, wanted: SipObject) -> None:
        """Replace a trunk or a rule. Raise NotFound when it is gone."""
        match wanted:
            case api.SIPInboundTrunkInfo() as trunk:
                await self._ask(self._sip.update_inbound_trunk(object_id, trunk))
            case api.SIPOutboundTrunkInfo() as trunk:
                await self._ask(self._sip.update_outbound_trunk(object_id, trunk))
            case rule:
                await self._ask(self._sip.update_dispatch_rule(object_id, rule))

    async def delete_trunk(self, trunk_id: str) -> None:
        """Delete a trunk of either kind; one that is gone is deleted already."""
        try:
            await self._ask(self._sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=trunk_id)))
        except NotFound:
            return

    async def delete_rule(self, rule_id: str) -> None:
        """Delete a dispatch rule; one that is gone is deleted already."""
        try:
            await self._ask(
                self._sip.delete_dispatch_rule(api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=rule_id))
            )
        except NotFound:
            return

    async def call(self, request: api.CreateSIPParticipantRequest) -> api.SIPParticipantInfo:
        """Dial, and return when somebody answers, for a request that waits for that.

        Raises:
            CallRefused: the telephone network has refused it.
        """
        limit = request.ringing_timeout.ToTimedelta().total_seconds() + self._limits.dial_margin
        return await self._ask(self._sip.create_sip_participant(request, timeout=limit), limit)

    async def transfer(self, request: api.TransferSIPParticipantRequest) -> TransferSIPParticipantResponse:
        """Have a phone call somebody else (REFER), and returns when the network has said what became of it.

        Raises:
            CallRefused: the telephone network has refused it.
        """
        limit = request.ringing_timeout.ToTimedelta().total_seconds() + self._limits.dial_margin
        return await self._ask(self._sip.transfer_sip_participant(request, timeout=limit), limit)

    async def _ask(self, request: Awaitable[T], limit: float | None = None) -> T:
        async with translated(self._url, self._limits.question if limit is None else limit):
            return await request

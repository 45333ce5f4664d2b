"""One call at the level `sip` over the local stack."""

import asyncio
import secrets
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Self

from livekit import api, rtc

from callagent.concurrency import cancel_and_wait
from callagent.livekit_api import LiveKitClient, ServerError, open_client
from callagent.scripted_calls.levels.remote.room_listener import RoomListener
from callagent.scripted_calls.levels.sip.phone import Credentials, SipUri
from callagent.scripted_calls.levels.sip.phone_call import PhoneStage
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.servers.local_stack import SipStack
from callagent.worker import Connection

RINGING_TIMEOUT_S = 20


class OwnNumber:
    """`number` rings in the room `room`, to which the agent is dispatched. `release` gives it back."""

    def __init__(self, server: Connection, number: str, room: str, trunk: str, rule: str) -> None:
        self.number = number
        self.room = room
        self._server = server
        self._trunk = trunk
        self._rule = rule

    @classmethod
    async def take(cls, server: Connection, room: str, dispatch: api.RoomAgentDispatch) -> Self:
        """Make a trunk and a rule with a number of their own."""
        number = f"+1202555{secrets.randbelow(10**7):07}"
        async with AsyncExitStack() as on_failure, open_client(server) as client:
            wanted = api.SIPInboundTrunkInfo(name=f"call {room}", numbers=[number])
            wanted.ringing_timeout.FromSeconds(RINGING_TIMEOUT_S)
            trunk = await client.create(wanted)
            rule = api.SIPDispatchRuleInfo(
                name=f"call {room}",
                trunk_ids=[trunk],
                rule=api.SIPDispatchRule(dispatch_rule_direct=api.SIPDispatchRuleDirect(room_name=room)),
                room_config=api.RoomConfiguration(agents=[dispatch]),
            )
            made = cls(server, number, room, trunk, "")
            on_failure.push_async_callback(made.release)
            created = await client.create(rule)
            on_failure.pop_all()
        return cls(server, number, room, trunk, created)

    async def release(self) -> None:
        """Delete trunk and rule; where the server is gone, they are gone with it."""
        with suppress(ServerError):
            async with open_client(self._server) as client:
                if self._rule:
                    await client.delete_rule(self._rule)
                await client.delete_trunk(self._trunk)


LOOK_S = 0.05
"""How often the server is asked whether the room of the call is there yet, in seconds: the agent speaks soon after."""


class SipStage(PhoneStage):
    """A call over the local stack.

    What is said and decided is watched from the room itself, by a hidden participant that joins as soon as the
    gateway has made it.
    """

    def __init__(
        self,
        plan: CallPlan,
        stack: SipStack,
        agent_name: str,
        *,
        broken: "asyncio.Future[str]",
        records: Path | None = None,
    ) -> None:
        super().__init__(plan, broken=broken, records=records)
        self._stack = stack
        self._agent_name = agent_name
        self._room = rtc.Room()
        self._joining: asyncio.Task[None] | None = None

    async def _callee(self) -> tuple[SipUri, Credentials | None]:
        number = await OwnNumber.take(self._stack.server, self._room_name, self._dispatch(self._agent_name))
        self._resources.push_async_callback(number.release)
        return SipUri.parse(f"sip:{number.number}@127.0.0.1:{self._stack.sip_port}"), None

    def _observe_agent(self) -> None:
        listener = self._listen(self._room, lambda track: None)
        self._joining = asyncio.create_task(self._join(listener), name="callagent.scripted_calls.sip.join")

    async def _leave_agent(self) -> None:
        """Raise the error that kept us from joining, if one did."""
        try:
            if self._joining is not None:
                await cancel_and_wait(self._joining)
        finally:
            await self._room.disconnect()

    async def _join(self, listener: RoomListener) -> None:
        """Wait for the room and join it, hidden and deaf."""
        async with open_client(self._stack.server) as server:
            while True:
                if await self._room_is_there(server):
                    break
                await asyncio.sleep(LOOK_S)
        await self._room.connect(self._stack.server.url, self._token(), rtc.RoomOptions(auto_subscribe=False))
        listener.look_around()

    async def _room_is_there(self, server: LiveKitClient) -> bool:
        try:
            return bool(await server.rooms([self._room_name]))
        except ServerError:
            return False

    def _token(self) -> str:
        server = self._stack.server
        grants = api.VideoGrants(room_join=True, room=self._room_name, hidden=True, can_publish=False)
        token = api.AccessToken(server.api_key, server.api_secret).with_identity("observer").with_grants(grants)
        return token.to_jwt()

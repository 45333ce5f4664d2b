"""A phone number of the local stack that leads to the agent: a trunk and a dispatch rule, for one call."""

import secrets
from contextlib import AsyncExitStack, suppress
from typing import Self

from livekit import api

from callagent.livekit_api import ServerError, open_client
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
        """Makes a trunk and a rule with a number of their own."""
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
        """Deletes trunk and rule; where the server is gone, they are gone with it."""
        with suppress(ServerError):
            async with open_client(self._server) as client:
                if self._rule:
                    await client.delete_rule(self._rule)
                await client.delete_trunk(self._trunk)

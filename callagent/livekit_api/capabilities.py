"""Whether the server can move a participant from one room to another: LiveKit Cloud can, a livekit-server cannot."""

import asyncio

from livekit import api, rtc

from callagent.livekit_api import Address, Refused, open_client

SCOUT = "callagent-scout"
"""Identity of the participant that is moved to see whether it can be done."""

CONNECT_S = 10.0
"""How long it may take to join the room, in seconds."""

_known: dict[str, bool] = {}


async def can_move(server: Address, room: str) -> bool:
    """Tell whether participants of that room can be moved; each process asks a server once.

    Only a participant who is there gives the answer: of any other livekit-server says that it is unavailable. So one
    joins the room whom the others cannot see, is moved, and leaves.

    Raises:
        rtc.ConnectError, ServerError, TimeoutError: the server cannot be reached.
    """
    if server.url not in _known:
        _known[server.url] = await _ask(server, room)
    return _known[server.url]


async def _ask(server: Address, name: str) -> bool:
    grants = api.VideoGrants(room_join=True, room=name, hidden=True, can_publish=False, can_subscribe=False)
    token = api.AccessToken(server.api_key, server.api_secret).with_identity(SCOUT).with_kind("agent")
    room = rtc.Room()
    try:
        async with asyncio.timeout(CONNECT_S):
            await room.connect(server.url, token.with_grants(grants).to_jwt())
        async with open_client(server) as client:
            await client.move_participant(name, SCOUT, f"{name}-scout")
    except Refused as error:
        return not is_unimplemented(error)
    finally:
        await room.disconnect()
    return True


def is_unimplemented(error: Refused) -> bool:
    """Tell whether that is how a server says that it does not have the method;
    livekit-server says it in words alone.
    """
    unknown = error.code in (api.ServerErrorCode.UNIMPLEMENTED, api.ServerErrorCode.BAD_ROUTE)
    return unknown or "not implemented" in error.words.lower()

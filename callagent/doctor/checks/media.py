"""Media: whether audio gets through to livekit-server, by ports that HTTP says nothing about."""

import secrets
import time

from livekit import api, rtc

from callagent.doctor.check import Check, Finding, Subject, failed, ok
from callagent.livekit_api import ServerError, open_client

LIMIT_S = 10.0
OPEN_PORTS = (
    "open the server's media ports, UDP 7882 (or its range, 50000-60000) and TCP 7881, and let its `rtc:` section "
    "announce an address that this machine can reach (node_ip, use_external_ip)"
)


async def check_media(subject: Subject) -> Finding:
    """Join a room of its own for a moment."""
    name = f"doctor-{secrets.token_hex(6)}"
    began = time.perf_counter()
    room = rtc.Room()
    try:
        await room.connect(subject.connection.url, _token(subject, name), rtc.RoomOptions(auto_subscribe=False))
    except rtc.ConnectError as error:
        return failed(f"a room cannot be joined: {error.message}", OPEN_PORTS)
    finally:
        await room.disconnect()
        await _delete(subject, name)
    return ok(f"joined a room in {time.perf_counter() - began:.1f} s")


def _token(subject: Subject, room: str) -> str:
    connection = subject.connection
    token = api.AccessToken(connection.api_key, connection.api_secret).with_identity("doctor")
    return token.with_grants(api.VideoGrants(room_join=True, room=room)).to_jwt()


async def _delete(subject: Subject, room: str) -> None:
    """Do not leave an empty room to its time-out."""
    try:
        async with open_client(subject.connection) as server:
            await server.delete_room(room)
    except ServerError:
        return  # it was never made, or goes by itself


MEDIA = Check("media", check_media, needs=("server",), limit=LIMIT_S, late=("no audio gets through", OPEN_PORTS))

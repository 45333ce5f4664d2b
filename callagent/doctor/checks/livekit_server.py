"""livekit-server: there, with the key pair and the time that we have; its SIP API, and whether audio gets through."""

import secrets
import time
from email.utils import parsedate_to_datetime

import aiohttp
from livekit import api, rtc

from callagent.doctor.check import Check, Finding, Subject, failed, ok, skipped, warning
from callagent.livekit_api import Refused, ServerError, SipDisabled, Unauthorised, open_client
from callagent.worker import InvalidWorker, ServerUnavailable, WorkerConfig
from callagent.worker.preflight import check_server as ask_server

START_IT = (
    "start it (configs/stack: `docker compose up -d`; for development `livekit-server --dev`) or correct LIVEKIT_URL"
)
OTHER_KEYS = (
    "use a key pair from the `keys:` of its configuration, or from LIVEKIT_KEYS; a clock that is off is refused as well"
)


async def check_server(subject: Subject) -> Finding:
    """Ask it for something small that needs a valid key pair."""
    connection = subject.connection
    began = time.perf_counter()
    try:
        await ask_server(WorkerConfig(connection.url, connection.api_key, connection.api_secret, max_calls=1))
    except ServerUnavailable as error:
        return failed(str(error), START_IT)
    except InvalidWorker as error:
        return failed(str(error), OTHER_KEYS)
    return ok(f"livekit-server answers in {(time.perf_counter() - began) * 1000:.0f} ms and takes the key")


SERVER = Check("server", check_server, needs=("keys",), late=("the server did not answer", START_IT))


RESOLUTION_S = 1.0
"""HTTP tells the time in whole seconds, cut off."""

WARNING_S = 5.0
FAILED_S = 30.0
"""Seconds by which a clock may be off. livekit-server refuses tokens whose beginning is more than a minute ahead."""

SET_IT = "let both machines follow a time server: `timedatectl set-ntp true`"

IS_IT_LIVEKIT = (
    "something takes connections at LIVEKIT_URL and says nothing: is it livekit-server, or a proxy without one?"
)


async def check_clock(subject: Subject) -> Finding:
    """Compare the server's `Date` with this machine's time."""
    try:
        async with aiohttp.ClientSession() as session, session.get(subject.http_url) as answer:
            now, date = time.time(), answer.headers.get("Date")
    except aiohttp.ClientError as error:
        return skipped(f"the server's time is not known ({type(error).__name__})")
    off = offset(now, date)
    if off is None:
        return skipped("the server does not tell the time")
    if abs(off) <= RESOLUTION_S:
        return ok("this machine and the server agree on the time")
    found = f"this machine's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the server's"
    if abs(off) > FAILED_S:
        return failed(f"{found}: tokens will be refused", SET_IT)
    return warning(found, SET_IT) if abs(off) > WARNING_S else ok(found)


def offset(now: float, date: str | None) -> float | None:
    """Return seconds by which `now` (since the epoch) is ahead of an HTTP date; None when that is none."""
    try:
        told = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return None
    return now - (told + RESOLUTION_S / 2)


CLOCK = Check("clock", check_clock, needs=("keys",), late=("the server did not tell the time", IS_IT_LIVEKIT))


ADD_REDIS = (
    "give livekit-server a `redis:` section, as configs/stack/livekit.yaml has it, and restart it; livekit-sip needs "
    "the same Redis"
)
GRANT_SIP = "the key pair has to allow SIP administration"


async def check_sip(subject: Subject) -> Finding:
    """List one kind of SIP object."""
    try:
        async with open_client(subject.connection) as server:
            await server.dispatch_rules()
    except SipDisabled:
        return failed("livekit-server runs without Redis: no trunks, no phone calls", ADD_REDIS)
    except Refused as error:
        return failed(f"the SIP API answers {error.code} ({error.status})", GRANT_SIP)
    except Unauthorised:
        return failed("the SIP API refuses the API key", GRANT_SIP)
    except ServerError as error:
        return failed(f"the SIP API does not answer ({type(error).__name__})", "look into the log of livekit-server")
    return ok("the SIP API answers")


SIP = Check("sip", check_sip, needs=("server",), late=("the SIP API did not answer", "is its Redis reachable?"))


MEDIA_LIMIT_S = 10.0
OPEN_PORTS = (
    "open the server's media ports, UDP 7882 (or its range, 50000-60000) and TCP 7881, and let its `rtc:` section "
    "announce an address that this machine can reach (node_ip, use_external_ip)"
)


async def check_media(subject: Subject) -> Finding:
    """Join a room of its own for a moment, by ports that HTTP says nothing about."""
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


MEDIA = Check("media", check_media, needs=("server",), limit=MEDIA_LIMIT_S, late=("no audio gets through", OPEN_PORTS))

"""Those who call: a telephone, or a participant that looks like one."""

import asyncio
import logging
import secrets
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Protocol

from livekit import api, rtc

from callagent.audio import AUDIBLE_DBFS, Impairments, Samples, level_dbfs
from callagent.concurrency import BackgroundTasks
from callagent.scripted_calls.levels.sip.phone import Phone, SipUri, answered_media
from callagent.scripted_calls.levels.sip.phone_call import RtpWire
from callagent.worker import Connection

PATIENCE_S = 30.0
"""How long a caller waits."""

_log = logging.getLogger("callagent.bench")

AUDIBLE = round(32768 * 10 ** (AUDIBLE_DBFS / 20))


@dataclass(frozen=True)
class Reached:
    """What a caller has got, in seconds from the moment of calling; None is what never came."""

    answered: float | None = None
    greeted: float | None = None


class Caller(Protocol):
    """One caller, of one call."""

    async def call(self) -> Reached:
        """Call, and wait for the greeting."""
        ...

    async def refused(self) -> float | None:
        """Call, and give the seconds to the busy; None when there is none."""
        ...

    async def hang_up(self) -> None:
        """End the call, or what there is of it."""
        ...


class _Watch:
    """When something first happened."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._at: dict[str, float] = {}

    def mark(self, what: str) -> None:
        self._at.setdefault(what, time.monotonic() - self._began)

    def reached(self) -> Reached:
        return Reached(self._at.get("answered"), self._at.get("greeted"))

    def elapsed(self) -> float:
        return time.monotonic() - self._began


class RoomCaller:
    """A participant of kind SIP who joins a room of its own. It is answered when the agent subscribes to its track.

    Args:
        dispatch: the agent that is to come.
    """

    def __init__(self, server: Connection, dispatch: api.RoomAgentDispatch) -> None:
        self._server = server
        self._dispatch = dispatch
        self._room = rtc.Room()
        self._watch = _Watch()
        self._audible = asyncio.Event()
        self._gone = asyncio.Event()
        self._listening = BackgroundTasks(_log, "a caller no longer listens")
        self._room.on("local_track_subscribed", lambda _: self._watch.mark("answered"))
        self._room.on("track_subscribed", self._subscribed)
        self._room.on("disconnected", lambda _: self._gone.set())

    async def call(self) -> Reached:
        """Join, and wait for the greeting."""
        await self._join(self._audible)
        return self._watch.reached()

    async def refused(self) -> float | None:
        """Join, and give the seconds until the room is closed."""
        await self._join(self._gone)
        return self._watch.elapsed() if self._gone.is_set() else None

    async def hang_up(self) -> None:
        """Leave."""
        await self._room.disconnect()
        await self._listening.aclose()

    async def _join(self, until: asyncio.Event) -> None:
        self._watch = _Watch()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._room.connect(self._server.url, self._token())
                track = rtc.LocalAudioTrack.create_audio_track("phone", rtc.AudioSource(8000, 1))
                options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False, red=False)
                await self._room.local_participant.publish_track(track, options)
                await until.wait()

    def _token(self) -> str:
        return (
            api.AccessToken(self._server.api_key, self._server.api_secret)
            .with_identity("sip_+12025550123")
            .with_kind("sip")
            .with_grants(api.VideoGrants(room_join=True, room=f"bench-{secrets.token_hex(6)}"))
            .with_room_config(api.RoomConfiguration(agents=[self._dispatch]))
            .with_attributes({"sip.callStatus": "active", "sip.phoneNumber": "+12025550123"})
            .to_jwt()
        )

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        self._listening.start(self._listen(track), name="scripts.benchmarks.caller")

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=8000, num_channels=1)
        try:
            async for event in stream:
                if max(event.frame.data, default=0) > AUDIBLE:
                    self._watch.mark("greeted")
                    self._audible.set()
                    return
        finally:
            await stream.aclose()


class PhoneCaller:
    """A telephone that calls over SIP. It is answered with the 200 OK.

    Args:
        number: ours, in E.164.
        to: the number to call at the gateway.
    """

    def __init__(self, number: str, to: SipUri) -> None:
        self._number = number
        self._to = to
        self._watch = _Watch()
        self._audible = asyncio.Event()
        self._phone: Phone | None = None
        self._wire = RtpWire(codec="pcmu", impairments=Impairments(), on_change=lambda _: None, on_key=lambda _: None)
        self._wire.on_frame = self._hear

    async def call(self) -> Reached:
        """Send the INVITE, and wait for the greeting."""
        phone = await self._dial()
        await asyncio.wait([phone.answered], timeout=PATIENCE_S)
        if phone.answered.done() and not phone.answered.cancelled():
            self._watch.mark("answered")
            self._wire.connect(answered_media(phone.answered.result(), "pcmu"))
            self._wire.start(0.0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._audible.wait(), PATIENCE_S)
        return self._watch.reached()

    async def refused(self) -> float | None:
        """Send the INVITE, and give the seconds to the final answer that is none of success."""
        phone = await self._dial()
        await asyncio.wait([phone.ended], timeout=PATIENCE_S)
        return self._watch.elapsed() if phone.ended.done() and phone.ended.result().status >= 400 else None

    async def hang_up(self) -> None:
        """End the call."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._wire.aclose)
            if self._phone is not None:
                stack.push_async_callback(self._phone.aclose)

    async def _dial(self) -> Phone:
        self._phone = await Phone.open(self._to)
        offer = await self._wire.open(self._phone.host)
        self._watch = _Watch()
        self._phone.call(self._number, offer)
        return self._phone

    def _hear(self, frame: Samples) -> None:
        if level_dbfs(frame) > AUDIBLE_DBFS:
            self._watch.mark("greeted")
            self._audible.set()

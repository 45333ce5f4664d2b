"""The console in the room of a call: seen by nobody, to listen; or as somebody who talks with the caller."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from callagent.concurrency import BackgroundTasks, wait_for_native_callbacks_at_exit
from callagent.console.operator.mixed_sound import RATE, MixedSound
from callagent.console.operator.order_post import NotTaken
from callagent.database import StoreUnavailable
from callagent.livekit_api import ServerError, agent_identity
from callagent.livekit_api.connection import Connection

if TYPE_CHECKING:
    from livekit import rtc

LISTENER: Final = "callagent-listener"
"""Begin of the identity of a participant who listens."""

OPERATOR: Final = "callagent-operator"
"""Begin of the identity of a participant who talks with the caller."""

JOIN_S: Final = 10.0
"""How long joining a room may take, in seconds."""

TOKEN_S: Final = 60.0
"""How long a token can be joined with, in seconds."""

QUEUE_MS: Final = 300
"""Sound of a microphone that waits at most, in milliseconds."""

PIECE_S: Final = 0.08
"""Length of a piece of sound, in seconds."""

_log = logging.getLogger("callagent.console")


LAST_ORDERS_S: Final = 3.0
"""How long calls may take to be told that somebody has left when the console ends, in seconds."""


class NoSound(Exception):
    """The room of the call could not be joined; the message is one line."""


REFUSALS: Final = (NotTaken, ServerError, NoSound, StoreUnavailable)
"""What being in a room of a call, or telling the call of it, fails with."""


class Listening:
    """What is heard in a room.

    Attributes:
        over: set when the call is over, or none of ours any more.
    """

    def __init__(self, room: "rtc.Room", agent: str) -> None:
        self.over = asyncio.Event()
        self._room, self._agent = room, agent
        self._sound = MixedSound()
        self._tasks = BackgroundTasks(_log, "a track of a call cannot be heard")

    def begin(self) -> None:
        """Hear what is there, and what comes. To be called before the room is joined."""
        self._room.on("track_published", self._published)
        self._room.on("track_subscribed", self._subscribed)
        self._room.on("participant_disconnected", self._left)
        self._room.on("disconnected", lambda _: self.over.set())

    def joined(self) -> None:
        """Ask for the sound of those who are there already."""
        if self._agent not in self._room.remote_participants:
            self.over.set()
        for participant in self._room.remote_participants.values():
            for publication in participant.track_publications.values():
                self._published(publication, participant)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the sound as it goes, 16 bits at `RATE`, until the call is over."""
        loop = asyncio.get_running_loop()
        due, count = loop.time(), round(PIECE_S * RATE)
        while not self.over.is_set():
            due = max(due + PIECE_S, loop.time() - 1.0)
            await asyncio.sleep(due - loop.time())
            yield self._sound.take(count).tobytes()

    async def aclose(self) -> None:
        """Hear nothing any more."""
        await self._tasks.aclose()

    def _published(self, publication: "rtc.RemoteTrackPublication", _: Any) -> None:
        from livekit import rtc

        if publication.kind == rtc.TrackKind.KIND_AUDIO:
            publication.set_subscribed(True)

    def _subscribed(self, track: "rtc.Track", *_: Any) -> None:
        self._tasks.start(self._hear(track), name="callagent.console.track")

    def _left(self, participant: "rtc.RemoteParticipant") -> None:
        if participant.identity == self._agent:
            self.over.set()

    async def _hear(self, track: "rtc.Track") -> None:
        from livekit import rtc

        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
        try:
            async for event in stream:
                self._sound.put(track.sid, np.frombuffer(event.frame.data, np.int16))
        finally:
            self._sound.end(track.sid)
            await stream.aclose()


class Voice:
    """A participant's microphone.

    Attributes:
        identity: of the participant.
    """

    def __init__(self, identity: str, source: "rtc.AudioSource") -> None:
        self.identity = identity
        self._source = source

    async def say(self, piece: bytes) -> None:
        """Let a piece of sound be heard: 16 bits, one channel, at `RATE`. Waits where there is too much already."""
        from livekit import rtc

        await self._source.capture_frame(rtc.AudioFrame(piece, RATE, 1, len(piece) // 2))


@asynccontextmanager
async def talking(server: Connection, room: str) -> AsyncIterator[Voice]:
    """Be in the room of a call meanwhile, with a microphone.

    Raises:
        NoSound: the room cannot be joined.
    """
    rtc, api = await asyncio.to_thread(_livekit)
    identity = f"{OPERATOR}-{secrets.token_hex(6)}"
    grants = api.VideoGrants(
        room_join=True,
        room=room,
        can_publish_sources=["microphone"],
        can_subscribe=False,
        can_publish_data=False,
    )
    joined = rtc.Room()
    async with AsyncExitStack() as leaving:
        leaving.push_async_callback(joined.disconnect)
        await _join(joined, server, _token(api, server, identity, grants), rtc)
        source = rtc.AudioSource(RATE, 1, queue_size_ms=QUEUE_MS)
        leaving.push_async_callback(source.aclose)
        track = rtc.LocalAudioTrack.create_audio_track("operator", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await joined.local_participant.publish_track(track, options)
        yield Voice(identity, source)


@asynccontextmanager
async def listening(server: Connection, room: str, call: str) -> AsyncIterator[Listening]:
    """Be in the room of a call meanwhile, seen by nobody, and hear it.

    Raises:
        NoSound: the room cannot be joined.
    """
    rtc, api = await asyncio.to_thread(_livekit)
    grants = api.VideoGrants(
        room_join=True, room=room, hidden=True, can_subscribe=True, can_publish=False, can_publish_data=False
    )
    joined = rtc.Room()
    heard = Listening(joined, agent_identity(call))
    heard.begin()
    async with AsyncExitStack() as leaving:
        leaving.push_async_callback(joined.disconnect)
        leaving.push_async_callback(heard.aclose)
        await _join(joined, server, _token(api, server, f"{LISTENER}-{secrets.token_hex(6)}", grants), rtc)
        heard.joined()
        yield heard


async def _join(room: "rtc.Room", server: Connection, token: str, rtc: Any) -> None:
    try:
        async with asyncio.timeout(JOIN_S):
            await room.connect(server.url, token, rtc.RoomOptions(auto_subscribe=False))
    except (rtc.ConnectError, TimeoutError) as error:
        reason = str(error) or f"it took longer than {JOIN_S:.0f} s"
        raise NoSound(f"the room of the call cannot be joined: {reason}") from error


def _token(api: Any, server: Connection, identity: str, grants: Any) -> str:
    token = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
    text: str = token.with_ttl(timedelta(seconds=TOKEN_S)).with_grants(grants).to_jwt()
    return text


def _livekit() -> tuple[Any, Any]:
    """Return livekit's modules, with its native library, which nobody needs who does not listen. Blocks."""
    wait_for_native_callbacks_at_exit()
    from livekit import api, rtc

    return rtc, api

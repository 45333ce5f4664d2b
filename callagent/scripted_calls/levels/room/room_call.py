"""One call at the level `room`: a participant of kind SIP in a room of a real livekit-server."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
from livekit import api, rtc

from callagent.audio import AUDIBLE_DBFS, SAMPLE_RATE, CodecName, Impairments, Samples, level_dbfs
from callagent.audio.audibility import Change
from callagent.audio.remote_line import Wire
from callagent.journal import CallerKeys
from callagent.scripted_calls.levels.remote.remote_call import LineStage
from callagent.scripted_calls.run.caller_audio import impairments_of
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.worker import Connection

MOST_AHEAD_S = 0.04
"""Seconds of the caller's audio that may wait in the track; after a stall more of it would wait for the whole call."""

FRAME_MS = 20
SOURCE_QUEUE_MS = 200


BACKGROUND_TRACK = "background_audio"
"""The name that livekit's `BackgroundAudioPlayer` gives its track."""


class Gateway(Wire):
    """`microphone` is the track to publish; `receive` takes the agent's."""

    def __init__(self, *, codec: CodecName, impairments: Impairments, on_change: Callable[[Change], None]) -> None:
        super().__init__(codec=codec, impairments=impairments, on_change=on_change)
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=SOURCE_QUEUE_MS)
        self.microphone = rtc.LocalAudioTrack.create_audio_track("phone", self._source)
        self._outgoing: asyncio.Queue[Samples] = asyncio.Queue()

    def start(self, now: float) -> None:
        """Let frames flow from call time `now` on."""
        super().start(now)
        self.run(self._send(), "send")

    def send(self, frame: Samples) -> None:
        """Queue the next 20 ms of the caller for the track."""
        self._outgoing.put_nowait(frame)

    def receive(self, track: rtc.RemoteAudioTrack) -> None:
        """Play a track of the agent's on the line from now on: its voice, or the sounds behind it."""
        play = self.play_beside if track.name == BACKGROUND_TRACK else self.play
        self.run(self._receive(track, play), "receive")

    async def close_media(self) -> None:
        """Close the track's source."""
        await self._source.aclose()

    async def _send(self) -> None:
        while True:
            frame = await self._outgoing.get()
            behind = self._source.queued_duration > MOST_AHEAD_S or not self._outgoing.empty()
            if behind and level_dbfs(frame) <= AUDIBLE_DBFS:
                continue
            await self._source.capture_frame(rtc.AudioFrame(frame.tobytes(), SAMPLE_RATE, 1, frame.size))

    async def _receive(self, track: rtc.RemoteAudioTrack, play: Callable[[Samples], None]) -> None:
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                play(np.frombuffer(bytes(event.frame.data), dtype=np.int16))
        finally:
            await stream.aclose()


ANSWER_TIMEOUT_S = 20.0
"""How long the caller lets it ring."""

CONNECT_TIMEOUT_S = 10.0

DTMF_CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}
"""Event codes of RFC 4733."""


class RoomStage(LineStage[Gateway]):
    """A call into a room that dispatches the agent by name, as a SIP dispatch rule does."""

    def __init__(
        self,
        plan: CallPlan,
        connection: Connection,
        agent_name: str,
        *,
        broken: "asyncio.Future[str]",
        records: Path | None = None,
    ) -> None:
        super().__init__(plan, broken=broken, records=records)
        self._connection = connection
        self._agent_name = agent_name
        self._room = rtc.Room()

    async def start(self) -> None:
        """Join the room and publish the caller's line; the agent is dispatched by the server meanwhile."""
        await self._render_voices()
        self._room.on("disconnected", self._disconnected)
        self._begin()
        listener = self._listen(self._room, self._wire.receive)
        self._watch(listener.agent_joined, ANSWER_TIMEOUT_S)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await self._room.connect(self._connection.url, self._token())
        self._wire.start(self._clock.now())
        listener.look_around()
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        await self._room.local_participant.publish_track(self._wire.microphone, options)

    async def press_keys(self, digits: str) -> None:
        """Send DTMF digits."""
        for digit in digits:
            await self._room.local_participant.publish_dtmf(code=DTMF_CODES[digit], digit=digit)
        self._log.add(CallerKeys(self._clock.now(), digits))

    async def hang_up(self) -> None:
        """Leave the room as the caller."""
        self._end("caller hung up")
        await self._room.disconnect()

    async def aclose(self) -> None:
        """Leave the room, if need be, and end everything."""
        if self._begun:
            self._end("caller hung up")
        self._wire.hang_up()
        async with AsyncExitStack() as last_first:
            for close in (self._wire.aclose, self._look_back, self._room.disconnect, self._stop_watching):
                last_first.push_async_callback(close)

    def _new_wire(self) -> Gateway:
        line = self._plan.script.line
        return Gateway(codec=line.codec, impairments=impairments_of(line), on_change=self._agent_changed)

    def _token(self) -> str:
        dispatch = self._dispatch(self._agent_name)
        context = self._plan.script.context
        token = (
            api.AccessToken(self._connection.api_key, self._connection.api_secret)
            .with_identity(f"sip_{context.number}")
            .with_name(f"Phone {context.number}")
            .with_kind("sip")
            .with_grants(api.VideoGrants(room_join=True, room=self._room_name))
            .with_room_config(api.RoomConfiguration(agents=[dispatch]))
            .with_attributes(
                {
                    **context.of_participant,
                    "sip.callStatus": "active",
                    "sip.callID": f"SCL_{secrets.token_hex(6)}",
                    "sip.callIDFull": f"{secrets.token_hex(8)}@127.0.0.1",
                }
            )
        )
        return token.to_jwt()

    def _disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        if self._log.ended is not None:
            return
        by_agent = reason in (rtc.DisconnectReason.ROOM_DELETED, rtc.DisconnectReason.PARTICIPANT_REMOVED)
        if by_agent:
            self._ended_by_agent()
        else:
            self._fail(f"the connection to the room was lost ({rtc.DisconnectReason.Name(reason)})")

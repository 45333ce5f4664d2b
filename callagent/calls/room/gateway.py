"""The caller's telephone line into a room, as a SIP gateway makes it: 8 kHz G.711 on one side, a track on the other."""

import asyncio
from collections.abc import Callable

import numpy as np
from livekit import rtc

from callagent.calls.room.voice import Change
from callagent.calls.wire import Wire
from callagent.line import AUDIBLE_DBFS, SAMPLE_RATE, CodecName, Impairments, Samples, level_dbfs

MOST_AHEAD_S = 0.04
"""Seconds of the caller's audio that may wait in the track; after a stall more of it would wait for the whole call."""

FRAME_MS = 20
SOURCE_QUEUE_MS = 200


class Gateway(Wire):
    """`microphone` is the track to publish; `receive` takes the agent's."""

    def __init__(self, *, codec: CodecName, impairments: Impairments, on_change: Callable[[Change], None]) -> None:
        super().__init__(codec=codec, impairments=impairments, on_change=on_change)
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=SOURCE_QUEUE_MS)
        self.microphone = rtc.LocalAudioTrack.create_audio_track("phone", self._source)
        self._outgoing: asyncio.Queue[Samples] = asyncio.Queue()

    def start(self, now: float) -> None:
        """Frames flow from call time `now` on."""
        super().start(now)
        self.run(self._send(), "send")

    def send(self, frame: Samples) -> None:
        """Queues the next 20 ms of the caller for the track."""
        self._outgoing.put_nowait(frame)

    def receive(self, track: rtc.RemoteAudioTrack) -> None:
        """Plays the agent's track on the line from now on."""
        self.run(self._receive(track), "receive")

    async def close_media(self) -> None:
        """Closes the track's source."""
        await self._source.aclose()

    async def _send(self) -> None:
        while True:
            frame = await self._outgoing.get()
            behind = self._source.queued_duration > MOST_AHEAD_S or not self._outgoing.empty()
            if behind and level_dbfs(frame) <= AUDIBLE_DBFS:
                continue
            await self._source.capture_frame(rtc.AudioFrame(frame.tobytes(), SAMPLE_RATE, 1, frame.size))

    async def _receive(self, track: rtc.RemoteAudioTrack) -> None:
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                self.play(np.frombuffer(bytes(event.frame.data), dtype=np.int16))
        finally:
            await stream.aclose()

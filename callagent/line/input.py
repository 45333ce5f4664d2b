"""What the agent hears."""

import asyncio
import logging
from collections import deque

from livekit import rtc
from livekit.agents.voice import io

from callagent.line.frames import SAMPLE_RATE, Samples

_log = logging.getLogger("callagent.line")

MAX_BACKLOG = 500
"""Frames kept for a session that falls behind: 10 s."""


class LineInput(io.AudioInput):
    """The caller's audio as a session's `AudioInput`: 8 kHz mono int16 frames of 20 ms.

    While it is not attached to a session only the newest frame is kept, so that nobody is handed old audio. The
    iteration ends when the line is closed.
    """

    def __init__(self) -> None:
        super().__init__(label="PhoneLine")
        self._frames: deque[rtc.AudioFrame] = deque(maxlen=1)
        self._arrived = asyncio.Event()
        self._closed = False
        self._behind = False

    def on_attached(self) -> None:
        """Keep a backlog from now on."""
        self._frames = deque(self._frames, maxlen=MAX_BACKLOG)

    def on_detached(self) -> None:
        """Forget the backlog."""
        self._frames = deque(maxlen=1)

    def push(self, frame: Samples) -> None:
        """Hand over the next 20 ms."""
        if len(self._frames) == MAX_BACKLOG and not self._behind:
            self._behind = True
            _log.warning("the session does not keep up with the caller's audio, the oldest is dropped")
        self._frames.append(rtc.AudioFrame(frame.tobytes(), SAMPLE_RATE, 1, frame.size))
        self._arrived.set()

    def close(self) -> None:
        """End the stream once the frames at hand have been read."""
        self._closed = True
        self._arrived.set()

    async def __anext__(self) -> rtc.AudioFrame:
        while not self._frames:
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._frames.popleft()

"""The detector's view of one recogniser's audio: the session's detection where it hears the same, or another one."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from livekit import rtc
from livekit.agents import utils, vad

from callagent.providers.local.detector import SharedDetector, SharedStream

PATIENCE = 5
"""Frames that nobody else has been given, after which the detector is run for this recogniser alone."""


class Detection:
    """Events for the frames that are pushed, in order.

    A session gives its frames to its detector and to its recogniser: then the detector runs once, and both have its
    events. Frames of the recogniser's own, as the silence that a session may put in place of what the caller says, are
    looked at by a stream of its own from then on; it hears no more of the session's.
    """

    missed: float
    """Seconds of what was pushed for which there are no events: the session's stream had begun before we listened."""

    def __init__(self, detector: SharedDetector) -> None:
        self.missed = 0.0
        self._detector = detector
        self._events: asyncio.Queue[vad.VADEvent | None] = asyncio.Queue()
        self._unknown: deque[rtc.AudioFrame] = deque()
        self._shared: SharedStream | None = None
        self._own: vad.VADStream | None = None
        self._pump: asyncio.Task[None] | None = None

    def push(self, frame: rtc.AudioFrame) -> None:
        """The next frame."""
        if self._own is not None:
            self._own.push_frame(frame)
            return
        self._unknown.append(frame)
        self._find()
        if len(self._unknown) > PATIENCE:
            self._look_ourselves()

    def end(self) -> None:
        """There is no more audio: the events end, after those of a stream of our own."""
        if self._own is None and self._shared is None:
            self._look_ourselves()
        if self._own is not None:
            self._own.end_input()
        else:
            self._events.put_nowait(None)

    async def events(self) -> AsyncGenerator[vad.VADEvent, None]:
        """The events, until `end`."""
        while (event := await self._events.get()) is not None:
            yield event

    async def aclose(self) -> None:
        """Ends what was begun here."""
        self._leave()
        if self._pump is not None:
            await utils.aio.cancel_and_wait(self._pump)
        if self._own is not None:
            await self._own.aclose()

    def _find(self) -> None:
        """Strikes off what somebody else has been given, and listens there."""
        if self._shared is None or not self._shared.has_heard(self._unknown[0]):
            shared = self._detector.hearing(self._unknown[0])
            if shared is None:
                return
            self._leave()
            self._shared = shared
            shared.listen(self._events.put_nowait)
            self.missed += shared.told_of(self._unknown[0])
        while self._unknown and self._shared.has_heard(self._unknown[0]):
            self._unknown.popleft()

    def _leave(self) -> None:
        if self._shared is not None:
            self._shared.leave(self._events.put_nowait)
            self._shared = None

    def _look_ourselves(self) -> None:
        self._leave()
        self._own = self._detector.detector.stream()
        for frame in self._unknown:
            self._own.push_frame(frame)
        self._unknown.clear()
        self._pump = asyncio.create_task(self._forward(self._own), name="whisper.detection")

    async def _forward(self, own: vad.VADStream) -> None:
        async for event in own:
            self._events.put_nowait(event)
        self._events.put_nowait(None)

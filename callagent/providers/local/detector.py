"""A detector whose streams can be listened to by others that hear the same audio, so that it is run once per call."""

import threading
from collections import deque
from collections.abc import Callable

from livekit import rtc
from livekit.agents import vad

REMEMBERED = 50
"""Frames of a stream that are known again: a second of audio."""

Listener = Callable[[vad.VADEvent], None]


class SharedDetector(vad.VAD):
    """A detector as it is, which knows its streams. They may be those of many calls, in several threads."""

    def __init__(self, detector: vad.VAD) -> None:
        super().__init__(capabilities=detector.capabilities)
        self.detector = detector
        self._streams: set[SharedStream] = set()
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.detector.model

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return self.detector.provider

    @property
    def min_silence_duration(self) -> float | None:
        """Seconds of silence that end speech, where the detector tells; livekit's turn detectors ask for it."""
        return getattr(self.detector, "min_silence_duration", None)

    def stream(self) -> "SharedStream":
        """A stream of one call's audio."""
        stream = SharedStream(self, self.detector.stream())
        with self._lock:
            self._streams.add(stream)
        return stream

    def hearing(self, frame: rtc.AudioFrame) -> "SharedStream | None":
        """The stream that has been given this very frame of late."""
        with self._lock:
            streams = tuple(self._streams)
        return next((stream for stream in streams if stream.has_heard(frame)), None)

    def forget(self, stream: "SharedStream") -> None:
        """Of a stream that has ended."""
        with self._lock:
            self._streams.discard(stream)


class SharedStream(vad.VADStream):
    """A stream of the detector within; its events go to whoever iterates and to its listeners."""

    def __init__(self, owner: SharedDetector, within: vad.VADStream) -> None:
        self._owner = owner
        self._within = within
        self._heard: deque[tuple[rtc.AudioFrame, float]] = deque(maxlen=REMEMBERED)
        self._pushed = self._told = 0.0
        self._listeners: list[Listener] = []
        super().__init__(owner)

    def has_heard(self, frame: rtc.AudioFrame) -> bool:
        """Whether this very frame, not one like it, is among the last `REMEMBERED`."""
        return any(frame is heard for heard, _ in reversed(self._heard))

    def told_of(self, frame: rtc.AudioFrame) -> float:
        """Seconds, from the beginning of a frame that it has heard, that events have been about."""
        return next((max(0.0, self._told - begin) for heard, begin in self._heard if heard is frame), 0.0)

    def listen(self, listener: Listener) -> None:
        """Has the listener called with every event from now on."""
        self._listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        """The listener is called no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        """Some audio to be looked at."""
        self._heard.append((frame, self._pushed))
        self._pushed += frame.duration
        self._within.push_frame(frame)

    def flush(self) -> None:
        """A hard boundary: what follows is a segment of its own."""
        self._within.flush()

    def end_input(self) -> None:
        """There is no more audio."""
        self._within.end_input()

    async def aclose(self) -> None:
        """Ends the stream at once."""
        self._owner.forget(self)
        self._listeners.clear()
        self._heard.clear()
        await self._within.aclose()
        await super().aclose()

    async def _main_task(self) -> None:
        async for event in self._within:
            self._event_ch.send_nowait(event)
            if event.type is vad.VADEventType.INFERENCE_DONE:
                self._told += sum(frame.duration for frame in event.frames)
            for listener in tuple(self._listeners):
                listener(event)

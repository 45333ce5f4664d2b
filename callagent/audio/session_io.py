"""The line as a session's audio input and output: what the caller says, and what the agent says."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc
from livekit.agents.voice import io

from callagent.audio.g711 import FRAME_SAMPLES, SAMPLE_RATE, Samples
from callagent.audio.pacing import CallClock

_log = logging.getLogger("callagent.audio")

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


MAX_BUFFER_S = 30.0
"""Seconds of unplayed speech beyond which `capture_frame` waits."""

FADE_S = 0.08
"""Seconds in which speech that is cut off fades out."""

HALVED_S = 0.01
"""Seconds of it in which the level halves: the agent is half as loud within the first frame, and no slower to stop."""

_FRAME_BYTES = 2 * FRAME_SAMPLES

_GAIN = 0.5 ** (np.arange(round(FADE_S * SAMPLE_RATE)) / (HALVED_S * SAMPLE_RATE))


@dataclass
class _Segment:
    """A stretch of speech between two flushes."""

    unplayed: bytearray = field(default_factory=bytearray)
    played: int = 0  # samples
    flushed: bool = False
    dropped: bool = False
    run_start: float | None = None  # call time
    run_offset: int = 0  # samples

    @property
    def seconds_played(self) -> float:
        return self.played / SAMPLE_RATE

    @property
    def over(self) -> bool:
        return self.flushed and not self.unplayed

    @property
    def ready(self) -> bool:
        """A whole frame can be played, or the rest that is shorter than one."""
        return len(self.unplayed) >= _FRAME_BYTES or (self.flushed and bool(self.unplayed))


class LineOutput(io.AudioOutput):
    """The agent's audio as a session's `AudioOutput`: 8 kHz mono, played in ticks of 20 ms, can pause.

    Speech may be captured faster than real time; beyond `MAX_BUFFER_S` of it `capture_frame` waits. `playback_started`
    comes with the first frame of a segment that is really played, `playback_finished` once for each segment: when its
    last frame has been on the line for its 20 ms, or at once when `clear_buffer` cuts it off. What is still captured of
    a segment after it was cut off is dropped until the next `flush`. What is cut off fades out (`fading_frame`), and
    is no playback any more.
    """

    def __init__(self, clock: CallClock) -> None:
        super().__init__(
            label="PhoneLine", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=SAMPLE_RATE
        )
        self._clock = clock
        self._capturing: _Segment | None = None
        self._segments: deque[_Segment] = deque()
        self._paused = False
        self._closed = False
        self._was_cut = False
        self._fading: deque[Samples] = deque()
        self._room_left = asyncio.Event()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Queue audio of the current segment. Raise `ValueError` unless it is 8 kHz mono."""
        if frame.sample_rate != SAMPLE_RATE or frame.num_channels != 1:
            raise ValueError(f"the line takes {SAMPLE_RATE} Hz mono, not {frame.sample_rate} Hz x {frame.num_channels}")
        await super().capture_frame(frame)
        if self._capturing is None:
            self._capturing = _Segment()
            self._segments.append(self._capturing)
        segment = self._capturing
        if self._closed:
            self.clear_buffer()
        if not segment.dropped:
            segment.unplayed += frame.data.cast("B")
        while self.buffered > MAX_BUFFER_S and not segment.dropped:
            self._room_left.clear()
            await self._room_left.wait()

    def flush(self) -> None:
        """End the current segment, which plays to its end."""
        super().flush()
        if self._capturing is not None:
            self._capturing.flushed = True
            self._capturing = None

    def clear_buffer(self) -> None:
        """Cut off everything captured so far; the line is silent from the next tick on."""
        while self._segments:
            segment = self._segments.popleft()
            segment.dropped = True
            if segment.played and not segment.over:
                self._was_cut = True
                self._fade(segment)
            self._finish(segment)
        self._room_left.set()

    def pause(self) -> None:
        """Fall silent from the next tick on, keeping what is queued."""
        super().pause()
        self._paused = True

    def resume(self) -> None:
        """Go on where `pause` stopped."""
        super().resume()
        self._paused = False

    @property
    def buffered(self) -> float:
        """Seconds of speech captured and not yet played."""
        return sum(len(segment.unplayed) for segment in self._segments) / 2 / SAMPLE_RATE

    def next_frame(self, at: float) -> Samples | None:
        """Return the 160 samples that are sent at call time `at`, or None when there is nothing to play."""
        while self._segments and self._segments[0].over:
            self._finish(self._segments.popleft())
        if not self._segments:
            return None
        segment = self._segments[0]
        if self._paused or not segment.ready:
            self._end_run(segment)
            return None
        return self._play(segment, at)

    def fading_frame(self) -> Samples | None:
        """Return the next 160 samples of speech that was cut off, to be heard beside the next frame, or None."""
        return self._fading.popleft() if self._fading else None

    def take_cut(self) -> bool:
        """Tell whether speech was cut off since the last call."""
        was_cut, self._was_cut = self._was_cut, False
        return was_cut

    def close(self) -> None:
        """Cut off everything, now and in future, so that nobody waits for a line that is gone."""
        self._closed = True
        self.clear_buffer()

    def _fade(self, segment: _Segment) -> None:
        if self._paused or self._closed:
            return
        rest = np.frombuffer(bytes(segment.unplayed[: 2 * _GAIN.size]), dtype=np.int16)
        faded = (rest * _GAIN[: rest.size]).astype(np.int16)
        padded = np.pad(faded, (0, -faded.size % FRAME_SAMPLES))
        self._fading = deque(padded.reshape(-1, FRAME_SAMPLES))

    def _play(self, segment: _Segment, at: float) -> Samples:
        frame = np.frombuffer(bytes(segment.unplayed[:_FRAME_BYTES]), dtype=np.int16)
        del segment.unplayed[:_FRAME_BYTES]
        begins = segment.played == 0
        if segment.run_start is None:
            segment.run_start, segment.run_offset = at, segment.played
        segment.played += frame.size
        self._room_left.set()
        if begins:
            self.on_playback_started(created_at=self._clock.wall(at))
        return np.pad(frame, (0, FRAME_SAMPLES - frame.size))

    def _finish(self, segment: _Segment) -> None:
        cut = not segment.over
        segment.unplayed.clear()
        self._end_run(segment)
        self.on_playback_finished(playback_position=segment.seconds_played, interrupted=cut)

    def _end_run(self, segment: _Segment) -> None:
        if segment.run_start is not None:
            self.on_playback_progressed(
                started_at=self._clock.wall(segment.run_start),
                offset=segment.run_offset / SAMPLE_RATE,
                duration=(segment.played - segment.run_offset) / SAMPLE_RATE,
            )
            segment.run_start = None

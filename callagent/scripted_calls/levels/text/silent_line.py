"""The line of level text: no audio, only times. Both ends work with timers and events, not with 20 ms ticks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.utils import aio
from livekit.agents.voice import io

from callagent.audio import SAMPLE_RATE
from callagent.scripted_calls.levels.text.cues import spoken_length

FIRST_BYTE_S = 0.1
"""From a sentence to its first audio, as of a good streaming voice."""


class ScriptedTTS(tts.TTS[str]):
    """8 kHz mono silence, as long as it takes to say the text at `pace` times the natural speed."""

    def __init__(self, pace: float = 1.0) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=SAMPLE_RATE, num_channels=1)
        self._pace = pace

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Return one sentence."""
        return _Silence(self, self._pace, text, conn_options)


class _Silence(tts.ChunkedStream):
    def __init__(self, voice: ScriptedTTS, pace: float, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, input_text=text, conn_options=conn_options)
        self._pace = pace

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(), sample_rate=SAMPLE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        await asyncio.sleep(FIRST_BYTE_S)
        output_emitter.push(bytes(2 * round(spoken_length(self.input_text) / self._pace * SAMPLE_RATE)))
        output_emitter.flush()


LOUD = 3000
"""Amplitude of the frames that stand for the caller's voice, about -24 dBFS."""


@dataclass
class _Playout:
    """One segment: `pushed` seconds of it have been captured, `played` seconds were played before the current run."""

    pushed: float = 0.0
    played: float = 0.0
    flushed: bool = False
    began: bool = False


class TextOutput(io.AudioOutput):
    """Plays silence for as long as the audio lasts, exactly.

    Args:
        on_audible: called when a playout begins, or goes on after a gap.
        on_silent: called when it ends, is cut off, is paused or runs dry.
        on_ended: called when a playout is over, after `on_silent`; True when it was cut off.
    """

    def __init__(
        self, on_audible: Callable[[], None], on_silent: Callable[[], None], on_ended: Callable[[bool], None]
    ) -> None:
        super().__init__(
            label="text line", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=SAMPLE_RATE
        )
        self._on_audible = on_audible
        self._on_silent = on_silent
        self._on_ended = on_ended
        self._segments: list[_Playout] = []
        self._capturing: _Playout | None = None
        self._run_start: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._paused = False

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Take audio of the current segment; it may come much faster than it is played."""
        await super().capture_frame(frame)
        if self._capturing is None:
            self._capturing = _Playout()
            self._segments.append(self._capturing)
        self._capturing.pushed += frame.duration
        self._play_on()

    def flush(self) -> None:
        """End the current segment."""
        super().flush()
        if self._capturing is not None:
            self._capturing.flushed = True
            self._capturing = None
            self._play_on()

    def clear_buffer(self) -> None:
        """Cut off everything that was captured."""
        self._end_run()
        while self._segments:
            self._finish(self._segments.pop(0), interrupted=True)
        self._capturing = None

    def pause(self) -> None:
        """Fall silent, keeping what is queued."""
        super().pause()
        self._paused = True
        self._end_run()

    def resume(self) -> None:
        """Go on where `pause` stopped."""
        super().resume()
        self._paused = False
        self._play_on()

    def _play_on(self) -> None:
        """Play what can be played, up to the end of what has been captured."""
        if self._paused or not self._segments:
            return
        segment, loop = self._segments[0], asyncio.get_running_loop()
        if self._run_start is None:
            if segment.pushed > segment.played:
                self._begin_run(segment)
            elif segment.flushed:
                self._next()
                return
        if self._run_start is not None:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(self._run_start + segment.pushed - segment.played, self._ran_out)

    def _begin_run(self, segment: _Playout) -> None:
        self._run_start = asyncio.get_running_loop().time()
        if not segment.began:
            segment.began = True
            self.on_playback_started(created_at=time.time())
        self._on_audible()

    def _ran_out(self) -> None:
        self._end_run()
        if self._segments[0].flushed:
            self._next()

    def _next(self) -> None:
        self._finish(self._segments.pop(0), interrupted=False)
        self._play_on()

    def _end_run(self) -> None:
        if self._run_start is None:
            return
        segment = self._segments[0]
        passed = asyncio.get_running_loop().time() - self._run_start
        segment.played = min(segment.pushed, segment.played + passed)
        self._run_start = None
        if self._timer is not None:
            self._timer.cancel()
        self._on_silent()

    def _finish(self, segment: _Playout, *, interrupted: bool) -> None:
        if segment.began:
            self._on_ended(interrupted)
        self.on_playback_finished(playback_position=segment.played, interrupted=interrupted)


class TextInput(io.AudioInput):
    """The caller's audio as far as its loudness goes: one frame whenever the line becomes loud or quiet."""

    def __init__(self) -> None:
        super().__init__(label="text line")
        self._frames = aio.Chan[rtc.AudioFrame]()

    def push(self, loud: bool, seconds: float) -> None:
        """Add a frame of noise or of silence."""
        samples = np.full(round(seconds * SAMPLE_RATE), LOUD if loud else 0, dtype=np.int16)
        if not self._frames.closed:
            self._frames.send_nowait(rtc.AudioFrame(samples.tobytes(), SAMPLE_RATE, 1, samples.size))

    def close(self) -> None:
        """End the stream."""
        self._frames.close()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.__anext__()

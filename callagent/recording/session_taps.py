"""The way of a session's sound past the recorder: what it hears, and what it has played.

livekit-agents (1.8.9) has a recorder of its own, `RecorderIO`, which `AgentSession.start(record=…)` puts at the same
place. It is not used: it begins with the session, cannot pause, keeps an utterance of the agent in memory until it is
over, so that a process that is killed has lost it, writes where the job says and into one format, and turns on the
upload to LiveKit Cloud. These two are its public way of listening, `AudioInput` and `AudioOutput` around those of the
session; they only put down what happened and when, for the thread that writes.
"""

from collections.abc import Callable
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession
from livekit.agents.voice import io

from callagent.audio import CallClock
from callagent.recording.call_audio import CallAudio

Put = Callable[[Callable[[CallAudio], None]], None]
"""Takes what is to be done with the sound of the call, in a thread; never waits."""


def tap(session: AgentSession[Any], clock: CallClock, put: Put) -> bool:
    """Listen to a session that has its input and output, before its first agent begins; False where it has none."""
    if session.input.audio is None or session.output.audio is None:
        return False
    session.input.audio = InputTap(session.input.audio, clock, put)
    session.output.audio = OutputTap(session.output.audio, clock, put)
    return True


class InputTap(io.AudioInput):
    """What the session hears. Frames tell no time: they are heard when they arrive."""

    def __init__(self, source: io.AudioInput, clock: CallClock, put: Put) -> None:
        super().__init__(label="callagent recording", source=source)
        self._audio, self._clock, self._put = source, clock, put

    async def __anext__(self) -> rtc.AudioFrame:
        frame = await self._audio.__anext__()
        at = self._clock.now() - frame.duration
        self._put(lambda audio: audio.caller.heard(at, frame))
        return frame


class OutputTap(io.AudioOutput):
    """What the session plays."""

    def __init__(self, output: io.AudioOutput, clock: CallClock, put: Put) -> None:
        super().__init__(
            label="callagent recording",
            next_in_chain=output,
            sample_rate=output.sample_rate,
            capabilities=io.AudioOutputCapabilities(pause=True),
        )
        self._clock, self._put = clock, put

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Pass a frame on."""
        now = self._clock.now()
        self._put(lambda audio: audio.agent.captured(now, frame))
        if self.next_in_chain is not None:  # livekit may have put something between this and the output
            await self.next_in_chain.capture_frame(frame)
        await super().capture_frame(frame)

    def flush(self) -> None:
        """End an utterance."""
        self._put(lambda audio: audio.agent.flushed())
        super().flush()
        if self.next_in_chain is not None:
            self.next_in_chain.flush()

    def clear_buffer(self) -> None:
        """Cut off what is being said."""
        now = self._clock.now()
        self._put(lambda audio: audio.agent.cleared(now))
        if self.next_in_chain is not None:
            self.next_in_chain.clear_buffer()

    def pause(self) -> None:
        """Hold what is being said."""
        now = self._clock.now()
        self._put(lambda audio: audio.agent.held(now))
        super().pause()

    def resume(self) -> None:
        """Go on with it."""
        now = self._clock.now()
        self._put(lambda audio: audio.agent.released(now))
        super().resume()

    def on_playback_started(self, *, created_at: float) -> None:
        """Take note that an utterance is heard."""
        at = self._clock.of(created_at)
        self._put(lambda audio: audio.agent.started(at))
        super().on_playback_started(created_at=created_at)

    def on_playback_progressed(self, *, started_at: float, offset: float, duration: float) -> None:
        """Take note of what was heard."""
        now, at = self._clock.now(), self._clock.of(started_at)
        self._put(lambda audio: audio.agent.progressed(now, at, offset, duration))
        super().on_playback_progressed(started_at=started_at, offset=offset, duration=duration)

    def on_playback_finished(
        self, *, playback_position: float, interrupted: bool, synchronized_transcript: str | None = None
    ) -> None:
        """Take note that an utterance is over."""
        now = self._clock.now()
        self._put(lambda audio: audio.agent.finished(now, playback_position))
        super().on_playback_finished(
            playback_position=playback_position,
            interrupted=interrupted,
            synchronized_transcript=synchronized_transcript,
        )

"""A detector, a recogniser and a thread that do as the samples say, at once."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

import numpy as np
from livekit import rtc
from livekit.agents import vad

from callagent.providers.local.whisper.transcript import Heard
from callagent.providers.local.whisper.utterance import Samples

P = ParamSpec("P")
T = TypeVar("T")

SAMPLE_RATE = 8000
STEP = 0.032
_STEP_SAMPLES = 256


class LoudnessDetector(vad.VAD):
    """Takes every frame with a sample above 0 for speech."""

    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=STEP))

    def stream(self) -> vad.VADStream:
        return _LoudnessStream(self)


class _LoudnessStream(vad.VADStream):
    async def _main_task(self) -> None:
        at = 0.0
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame):
                at += frame.duration
                event = vad.VADEvent(
                    type=vad.VADEventType.INFERENCE_DONE,
                    samples_index=0,
                    timestamp=at,
                    speech_duration=0.0,
                    silence_duration=0.0,
                    frames=[frame],
                    probability=0.9 if max(frame.data) > 0 else 0.0,
                )
                self._event_ch.send_nowait(event)


class CountingRecogniser:
    """Hears the distinct values of the loud samples, as numbers; `noise` is what it takes for no speech."""

    def __init__(self, noise: int = 0) -> None:
        self.noise = noise
        self.finals = 0
        self.interims = 0

    def interim(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        self.interims += 1
        return self._heard(audio)

    def final(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        self.finals += 1
        return self._heard(audio)

    def _heard(self, audio: Samples) -> Heard | None:
        values = [value for value in dict.fromkeys(audio.tolist()) if value > 0 and value != self.noise]
        return Heard(" ".join(map(str, values)), 0.7) if values else None


class SameThread(Executor):
    """Runs what it is given before it returns."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class HeldThread(Executor):
    """Keeps what it is given until it is told to run the oldest."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        self.waiting.append(lambda: future.set_result(fn(*args, **kwargs)))
        return future

    def run_oldest(self) -> None:
        self.waiting.pop(0)()


def sound(value: int, seconds: float) -> list[rtc.AudioFrame]:
    """Frames whose samples all have one value; 0 is silence."""
    data = np.full(_STEP_SAMPLES, value, np.int16).tobytes()
    return [rtc.AudioFrame(data, SAMPLE_RATE, 1, _STEP_SAMPLES) for _ in range(round(seconds / STEP))]

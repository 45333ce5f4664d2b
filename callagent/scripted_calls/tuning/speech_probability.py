"""How sure the profile's detector was of the caller's speech, and what other thresholds would have made of it."""

import asyncio
import contextlib
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from livekit import rtc
from livekit.agents import vad

from callagent.profile import VadSettings
from callagent.providers.local.whisper.utterance import Edge, Segmenter
from callagent.turns.gate.events import CallerStarted, CallerStopped
from callagent.yaml_config import ConfigError

FRAME_S = 0.2
"""Length of the frames that the detector gets; it cuts its own windows."""

LOWEST = 0.01
"""The least deactivation threshold; the detector takes none that is not above zero."""


@dataclass(frozen=True)
class Speech:
    """The detector's probabilities, one for each of its windows from the call's time 0 on; `window` is in seconds."""

    probabilities: Sequence[float]
    window: float


@dataclass(frozen=True)
class Thresholds:
    """When speech begins and ends: two probabilities, and two durations in seconds."""

    activation: float
    deactivation: float
    min_speech: float
    min_silence: float

    @classmethod
    def of(cls, settings: VadSettings, activation: float) -> "Thresholds":
        """Return those of a profile with another `activation`; deactivation stays as far below it as in the profile."""
        return cls(activation, deactivation_for(settings, activation), settings.min_speech, settings.min_silence)


def deactivation_for(settings: VadSettings, activation: float) -> float:
    """Return the deactivation threshold that goes with `activation`: at the profile's distance, but above zero."""
    distance = settings.activation_threshold - settings.deactivation_threshold
    return max(round(activation - distance, 6), min(LOWEST, activation / 2))


def segmented(speech: Speech, thresholds: Thresholds) -> list[CallerStarted | CallerStopped]:
    """Tell when the detector would have reported the begin and the end of the caller's speech, in order."""
    segmenter = Segmenter(thresholds.activation, thresholds.deactivation, thresholds.min_speech, thresholds.min_silence)
    events: list[CallerStarted | CallerStopped] = []
    for number, probability in enumerate(speech.probabilities, 1):
        at = number * speech.window
        match segmenter.feed(probability, speech.window):
            case Edge.START:
                events.append(CallerStarted(at, at - segmenter.speech))
            case Edge.END:
                events.append(CallerStopped(at, at - segmenter.silence))
    return events


def listen(recordings: Iterable[Path], detector: vad.VAD) -> Mapping[Path, Speech]:
    """Return what `detector` makes of the caller's side of each recording, each heard once and as fast as it goes.

    A recording is a 16-bit WAV file of two channels, the caller on the left; its first sample is the call's time 0.
    Not for use on an event loop.

    Raises:
        ConfigError: a file cannot be read, or is no such recording.
    """

    async def all_of_them() -> dict[Path, Speech]:
        return {path: await _heard(path, detector) for path in dict.fromkeys(recordings)}

    return asyncio.run(all_of_them())


def recorded_seconds(recording: Path) -> float:
    """Return length of a recording. Raise ConfigError as `listen` does."""
    with _opened(recording) as file:
        return float(file.getnframes() / file.getframerate())


async def _heard(path: Path, detector: vad.VAD) -> Speech:
    samples, rate = await asyncio.to_thread(_caller, path)
    size = round(FRAME_S * rate)
    probabilities: list[float] = []
    window = 0.0
    stream = detector.stream()
    try:
        for start in range(0, len(samples), size):
            frame = samples[start : start + size]
            stream.push_frame(rtc.AudioFrame(frame.tobytes(), rate, 1, len(frame)))
        stream.end_input()
        async for event in stream:
            if event.type is vad.VADEventType.INFERENCE_DONE:
                probabilities.append(event.probability)
                window = round(event.timestamp / len(probabilities), 9)
    finally:
        await stream.aclose()
    return Speech(probabilities, window)


def _caller(path: Path) -> tuple[np.ndarray[tuple[int], np.dtype[np.int16]], int]:
    with _opened(path) as file:
        content = file.readframes(file.getnframes())
        whole = len(content) // 4 * 4  # a file that was cut off may end in the middle of a sample
        return np.frombuffer(content[:whole], np.dtype("<i2"))[::2].copy(), file.getframerate()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[wave.Wave_read]:
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (2, 2) or file.getframerate() < 8000:
                kind = f"{file.getnchannels()} x {8 * file.getsampwidth()} bits at {file.getframerate()} Hz"
                message = f"is no recording of a call: needs 2 x 16 bits at 8000 Hz or more, has {kind}"
                raise ConfigError.single(str(path), message)
            yield file
    except OSError as error:
        raise ConfigError.single(str(path), f"cannot be read: {error.strerror or error}") from error
    except (wave.Error, EOFError) as error:
        raise ConfigError.single(str(path), f"is no recording of a call: {str(error) or 'ends too early'}") from error

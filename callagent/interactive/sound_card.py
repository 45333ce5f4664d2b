"""Microphone and loudspeaker of this machine, as the two ends of an 8 kHz line."""

import importlib
from collections import deque
from types import ModuleType
from typing import Any

import numpy as np
import soxr

from callagent.audio import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, SILENCE, Samples
from callagent.extras import needed
from callagent.scripted_calls import LevelUnavailable

LIBRARY = "sounddevice"

MOST_FRAMES = 10
"""Frames (of 20 ms) kept in either direction. What comes on top of them is late for a conversation and is dropped,
the oldest first."""


class SoundCard:
    """The default devices, in both directions. The library calls back on a thread of its own.

    Args:
        library: the module sounddevice.

    Raises:
        LevelUnavailable: there is no microphone or no loudspeaker, or they cannot be opened.
    """

    def __init__(self, library: ModuleType) -> None:
        self._heard: deque[Samples] = deque(maxlen=MOST_FRAMES)
        self._to_play: deque[Samples] = deque(maxlen=MOST_FRAMES)
        self._stream: Any = None
        for kind, name in (("input", "microphone"), ("output", "loudspeaker")):
            try:
                library.query_devices(kind=kind)
            except (library.PortAudioError, ValueError) as error:
                raise LevelUnavailable(f"there is no {name} on this machine; --mic needs one") from error
        rate = self._rate(library)
        self._input = _Resampler(rate, SAMPLE_RATE, FRAME_SAMPLES)
        self._output = _Resampler(SAMPLE_RATE, rate, round(rate * FRAME_S))
        try:
            self._stream = library.RawStream(
                samplerate=rate, blocksize=round(rate * FRAME_S), channels=1, dtype="int16", callback=self._exchange
            )
            self._stream.start()
        except library.PortAudioError as error:
            self.close()
            raise LevelUnavailable(f"the sound card cannot be opened: {error}") from error

    def microphone(self) -> Samples:
        """Return the next 20 ms that the microphone has heard, silence when there is nothing yet."""
        return self._heard.popleft() if self._heard else SILENCE

    def loudspeaker(self, frame: Samples) -> None:
        """Play 20 ms."""
        self._to_play.extend(self._output.take(frame))

    def close(self) -> None:
        """Let go of the devices; idempotent."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    @staticmethod
    def _rate(library: ModuleType) -> int:
        """Return 8 kHz where the devices can, else what they can both do; resampled here."""
        usual: float = library.query_devices(kind="output")["default_samplerate"]
        rates = (SAMPLE_RATE, round(usual), 48_000)
        for rate in rates:
            try:
                library.check_input_settings(samplerate=rate, channels=1, dtype="int16")
                library.check_output_settings(samplerate=rate, channels=1, dtype="int16")
            except (library.PortAudioError, ValueError):
                continue
            return rate
        raise LevelUnavailable("microphone and loudspeaker have no sample rate in common; --mic needs one")

    def _exchange(self, heard: Any, played: Any, _frames: int, _time: Any, _status: Any) -> None:
        self._heard.extend(self._input.take(np.frombuffer(heard, np.int16)))
        if self._to_play:
            played[:] = self._to_play.popleft().tobytes()
        else:
            played[:] = bytes(len(played))


class _Resampler:
    """From one rate to another, in pieces of `size` samples."""

    def __init__(self, rate_in: int, rate_out: int, size: int) -> None:
        same = rate_in == rate_out
        self._stream = None if same else soxr.ResampleStream(rate_in, rate_out, 1, dtype="int16", quality="LQ")
        self._size = size
        self._rest: Samples = np.zeros(0, np.int16)

    def take(self, pcm: Samples) -> list[Samples]:
        """Return the pieces that are complete now."""
        got = pcm if self._stream is None else self._stream.resample_chunk(pcm)
        whole = np.concatenate([self._rest, got])
        count = whole.size // self._size
        self._rest = whole[count * self._size :]
        return [whole[index * self._size : (index + 1) * self._size].copy() for index in range(count)]


def load_library() -> ModuleType:
    """Return the module sounddevice.

    Raises:
        LevelUnavailable: it is not installed, or has no PortAudio under it.
    """
    try:
        return importlib.import_module(LIBRARY)
    except ModuleNotFoundError as error:
        raise LevelUnavailable(needed("--mic", LIBRARY)) from error
    except OSError as error:
        raise LevelUnavailable(f"--mic needs PortAudio ({error}); on Debian: apt install libportaudio2") from error

"""The files of recordings: containers that can be played up to their last whole piece, whenever their writer dies."""

import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Final, Protocol

import av
import numpy as np

from callagent.profile import RecordingFormat
from callagent.recording.call_audio import CHANNELS, Stereo

PAGE_US: Final = 100_000
"""Longest page of Ogg, in microseconds: what a page has is played when the next one is missing."""

BIT_RATE: Final[dict[int, int]] = {8000: 48_000, 16000: 64_000}
"""Bits a second for both channels, by samples a second. With `application` audio one side is not heard in the channel
of the other (-148 dB in the tests), with voip it is (-48 dB): that one takes both together."""

_WAV: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_LONGEST: Final = 0xFFFFFFFF - _WAV.size


class AudioFile(Protocol):
    """A recording that is being written."""

    def write(self, samples: Stereo) -> None:
        """Write the next samples."""
        ...

    def close(self) -> None:
        """Write the rest."""
        ...


class WavFile:
    """16 bit PCM; its head is made true with each piece.

    Args:
        append: takes bytes at the end of the file.
        rewrite: takes bytes instead of those at its begin.
    """

    def __init__(self, rate: int, append: Callable[[bytes], object], rewrite: Callable[[bytes], object]) -> None:
        self._rate, self._append, self._rewrite = rate, append, rewrite
        self._size = 0
        append(self._head())

    def write(self, samples: Stereo) -> None:
        """Write the next samples."""
        content = samples.astype("<i2", copy=False).tobytes()
        self._append(content)
        self._size += len(content)
        self._rewrite(self._head())

    def close(self) -> None:
        """Do nothing: the file is whole."""

    def _head(self) -> bytes:
        size, width = min(self._size, _LONGEST), 2 * CHANNELS
        form = (b"fmt ", 16, 1, CHANNELS, self._rate, self._rate * width, width, 16)
        return _WAV.pack(b"RIFF", _WAV.size - 8 + size, b"WAVE", *form, b"data", size)


class _Appending:
    """What PyAV writes into; without `seek` it does not go back."""

    def __init__(self, append: Callable[[bytes], object]) -> None:
        self._append = append

    def write(self, content: bytes) -> int:
        """Take the next bytes."""
        self._append(bytes(content))
        return len(content)


class OpusFile:
    """Opus in Ogg, by libopus, with a page for every tenth of a second.

    Args:
        append: takes bytes at the end of the file.
    """

    def __init__(self, rate: int, append: Callable[[bytes], object]) -> None:
        options = {"page_duration": str(PAGE_US), "flush_packets": "1"}
        self._container = av.open(_Appending(append), "w", format="ogg", options=options)
        self._stream = self._container.add_stream("libopus", rate=rate, layout="stereo")
        self._stream.bit_rate = BIT_RATE[rate]
        self._stream.options = {"application": "audio", "frame_duration": "20"}
        self._rate, self._written = rate, 0

    def write(self, samples: Stereo) -> None:
        """Write the next samples."""
        if not len(samples):
            return
        interleaved = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._written, Fraction(1, self._rate)
        self._written += len(samples)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write the rest, and the end."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


def audio_file(
    form: RecordingFormat, rate: int, append: Callable[[bytes], object], rewrite: Callable[[bytes], object]
) -> AudioFile:
    """Return a file of a format, which begins now."""
    return WavFile(rate, append, rewrite) if form == "wav" else OpusFile(rate, append)

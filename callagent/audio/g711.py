"""G.711 speech coding."""

import math
from fractions import Fraction
from typing import Literal

import av
import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 8000
"""Samples per second on the line, as in G.711."""

FRAME_S = 0.02
"""Seconds of audio in one frame, the packet time (ptime) that telephone trunks use."""

FRAME_SAMPLES = 160
"""Samples in one frame."""

SILENT_DBFS = -100.0
"""The level reported for digital silence, whose true level is minus infinity."""

FULL_SCALE = 32768.0

FRAME_RATE = SAMPLE_RATE // FRAME_SAMPLES
"""Frames per second."""

Samples = npt.NDArray[np.int16]

SILENCE: Samples = np.zeros(FRAME_SAMPLES, dtype=np.int16)
SILENCE.setflags(write=False)


def level_dbfs(pcm: Samples) -> float:
    """Return the RMS level of int16 samples in dB relative to full scale, at least `SILENT_DBFS`."""
    if pcm.size == 0:
        return SILENT_DBFS
    samples = pcm.astype(np.float64)
    power = float(np.dot(samples, samples)) / pcm.size
    return max(SILENT_DBFS, 10 * math.log10(power / FULL_SCALE**2)) if power else SILENT_DBFS


def to_samples(signal: npt.NDArray[np.float64]) -> Samples:
    """Round a signal on the int16 scale to samples; what does not fit is clipped, as in a converter."""
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def mixed(*frames: Samples | None) -> Samples:
    """Return the frames added up, those that are there; silence where none is."""
    there = [frame for frame in frames if frame is not None]
    match there:
        case []:
            return SILENCE
        case [alone]:
            return alone
    return to_samples(np.sum(there, axis=0, dtype=np.float64))


CodecName = Literal["pcmu", "pcma"]
"""The names of G.711 mu-law and A-law in SDP (RFC 3551)."""

_FFMPEG_NAMES: dict[CodecName, Literal["pcm_mulaw", "pcm_alaw"]] = {"pcmu": "pcm_mulaw", "pcma": "pcm_alaw"}


class G711:
    """One G.711 encoder and decoder, 8 kHz mono, kept open between frames.

    Raises `ValueError` for a name that is neither `pcmu` nor `pcma`.
    """

    def __init__(self, codec: CodecName = "pcmu") -> None:
        if codec not in _FFMPEG_NAMES:
            raise ValueError(f"unknown codec {codec!r}: pcmu or pcma")
        self._encoder = av.AudioCodecContext.create(_FFMPEG_NAMES[codec], "w")
        self._decoder = av.AudioCodecContext.create(_FFMPEG_NAMES[codec], "r")
        for context in (self._encoder, self._decoder):
            context.sample_rate = SAMPLE_RATE
            context.layout = "mono"
        self._encoder.format = "s16"
        self._encoder.time_base = Fraction(1, SAMPLE_RATE)
        self._position = 0

    def encode(self, frame: Samples) -> bytes:
        """Return one byte for each sample."""
        audio = av.AudioFrame.from_ndarray(frame.reshape(1, -1), format="s16", layout="mono")
        audio.sample_rate = SAMPLE_RATE
        audio.pts = self._position
        self._position += frame.size
        return b"".join(bytes(packet) for packet in self._encoder.encode(audio))

    def decode(self, payload: bytes) -> Samples:
        """Return one sample for each byte."""
        frames = self._decoder.decode(av.Packet(payload))
        return np.concatenate([frame.to_ndarray()[0] for frame in frames])

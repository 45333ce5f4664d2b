"""G.711 speech coding."""

from fractions import Fraction
from typing import Literal

import av
import numpy as np

from callagent.line.frames import SAMPLE_RATE, Samples

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

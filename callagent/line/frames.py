"""What travels on the line: 20 ms frames of 8 kHz mono audio as int16 samples."""

import math

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

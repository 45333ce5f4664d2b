"""Sounds to send over the line."""

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples


def tone(seconds: float, *, hertz: float = 440.0, peak: int = 8000, rate: int = SAMPLE_RATE) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    wave: Samples = np.rint(np.sin(2 * np.pi * hertz * at) * peak).astype(np.int16)
    return wave


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.int16)

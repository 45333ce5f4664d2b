"""Sounds that a voice activity detector takes for speech, made by rule."""

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples

FORMANTS_HZ = ((730, 90), (1090, 110), (2440, 170))
"""Frequency and bandwidth of an open vowel's resonances, Hz."""


def voiced(*stretches: tuple[float, int]) -> Samples:
    """Stretches of (seconds, 1 for a voice or 0 for a faint hiss) one after the other, 8 kHz."""
    noise = np.random.default_rng(1)
    parts = [
        _vowel(seconds) if voice else noise.normal(0, 10, round(seconds * SAMPLE_RATE)) for seconds, voice in stretches
    ]
    return np.concatenate(parts).astype(np.int16)


def _vowel(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 120 + 25 * np.sin(2 * np.pi * 1.5 * at)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    sound = np.zeros_like(at)
    for number in range(1, 28):
        hertz = number * 120
        loudness = sum(1 / (1 + ((hertz - centre) / width) ** 2) for centre, width in FORMANTS_HZ) / number**0.3
        sound += loudness * np.sin(number * phase)
    syllables = 0.35 + 0.65 * np.abs(np.sin(2 * np.pi * 2.2 * at))
    envelope = np.minimum(1, np.minimum(at, seconds - at) / 0.02)
    shaped = sound * syllables * envelope
    return np.asarray(9000 * shaped / np.max(np.abs(shaped)), dtype=np.float64)

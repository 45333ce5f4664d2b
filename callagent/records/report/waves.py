"""Waveforms as the outlines of SVG paths."""

import math

import numpy as np

from callagent.line import Samples

PER_SECOND, MOST = 50, 6000
"""A waveform has a point for every 20 ms; one of a call beyond two minutes has fewer, so that the page stays small."""

HEIGHT = 100
"""Height of the outline's box, from full scale to full scale."""


def points(seconds: float) -> int:
    """How many points a waveform of that length has; it is also the width of the outline's box."""
    return max(1, min(MOST, math.ceil(seconds * PER_SECOND)))


def outline(pcm: Samples, rate: int, seconds: float, peak: float) -> str:
    """The outline of mono int16 `pcm` from call time 0 to `seconds`, in a box of `points(seconds)` by `HEIGHT`.

    `peak` is the sample that reaches the edge of the box. Empty where there is no sound.
    """
    if not pcm.size:
        return ""
    count = points(seconds)
    length = round(seconds * rate)
    whole = np.zeros(max(length, count), dtype=np.int16)
    whole[: min(pcm.size, whole.size)] = pcm[: whole.size]
    edges = np.linspace(0, whole.size, count, endpoint=False).astype(int)
    half = HEIGHT / 2
    tops = half - np.clip(np.maximum.reduceat(whole, edges) / peak, 0, 1) * half
    bottoms = half - np.clip(np.minimum.reduceat(whole, edges) / peak, -1, 0) * half
    there = [f"{x} {round(y)}" for x, y in enumerate(tops)]
    back = [f"{x} {round(y)}" for x, y in reversed(list(enumerate(bottoms)))]
    return f"M{'L'.join(there + back)}Z"

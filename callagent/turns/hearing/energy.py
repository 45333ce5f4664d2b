"""Whether the caller's line is loud right now, from the samples alone, on any VAD.

A VAD reports the end of speech only after its own stretch of silence (350 ms and more), too late for the end of
`grace`: a cough of 200 ms would still count as speech. Levels are enough for that one question.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

SILENCE_DBFS: Final = -90.0
"""dBFS of digital silence, and the least that is told apart."""

ABSOLUTE_DBFS: Final = -52.0
"""dBFS below which nothing counts as loud; G.711 lines idle at -70 to -60."""

ABOVE_NOISE_DB: Final = 9.0
"""dB above the line's noise floor that count as loud."""

BELOW_PEAK_DB: Final = 26.0
"""dB below the recent peak at which a word's tail no longer counts."""

HUSH_S: Final = 0.1
"""Seconds of quiet after which the line is hushed: longer than the stop gap of a plosive (50 to 90 ms)."""

_FLOOR_RISE = 3.0  # dB a second: the noise floor follows downwards at once and upwards slowly
_PEAK_FALL = 20.0  # dB a second


class Loudness:
    """Feed it every frame of the caller's audio, in order."""

    def __init__(self) -> None:
        self._audible: bool | None = None
        self._floor = -60.0
        self._peak = SILENCE_DBFS
        self._quiet = 0.0

    def feed(self, level: float, seconds: float) -> bool | None:
        """Take `seconds` of audio at `level` dBFS; True or False when the line becomes, or
        is found to be, loud or hushed, else None.
        """
        self._floor = min(level, self._floor + _FLOOR_RISE * seconds)
        self._peak = max(level, self._peak - _PEAK_FALL * seconds)
        loud = level > max(ABSOLUTE_DBFS, self._floor + ABOVE_NOISE_DB, self._peak - BELOW_PEAK_DB)
        self._quiet = 0.0 if loud else self._quiet + seconds
        if loud and self._audible is not True:
            self._audible = True
            return True
        if self._quiet >= HUSH_S and self._audible is not False:
            self._audible = False
            return False
        return None


def dbfs(samples: npt.NDArray[np.int16]) -> float:
    """Return level of mono int16 `samples`, RMS, `SILENCE_DBFS` and more."""
    if not samples.size:
        return SILENCE_DBFS
    wide = samples.astype(np.float32)
    power = float(np.dot(wide, wide)) / samples.size
    return max(SILENCE_DBFS, 10 * math.log10(power / 32768.0**2 + 1e-12))

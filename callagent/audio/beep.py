"""The beep after which a mailbox records, found in the samples alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from callagent.audio.g711 import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples, level_dbfs

LOWEST, HIGHEST = 380.0, 3300.0
"""Hertz; mailboxes beep at 400 to 1400, what lies below is hum and voice."""

PURE: Final = 0.85
"""Share of a frame's power that lies in one tone. The vowels of a voice stay below 0.7 for all but a few frames."""

STEADY_HZ: Final = 25.0
"""Hertz by which a tone may drift from frame to frame; a sung or whistled one drifts more."""

FAINTEST_DBFS: Final = -45.0
"""dBFS below which a tone is none that a caller is meant to hear."""

SHORTEST, LONGEST = 0.1, 2.5
"""Seconds. A ringing tone (2 s in America) has two frequencies, a fax or a dead line goes on."""

_SIZE = 1024
_HERTZ = SAMPLE_RATE / _SIZE
_WINDOW = np.hanning(FRAME_SAMPLES).astype(np.float32)
_LOBE = round(2.5 * SAMPLE_RATE / FRAME_SAMPLES / _HERTZ)
"""Bins on each side of a peak that belong to it: the main lobe of the window, and a little more."""


@dataclass
class _Tone:
    hertz: float
    seconds: float


class BeepDetector:
    """Feed it every 20 ms of one side of the line, 8 kHz mono int16, in order."""

    def __init__(self) -> None:
        self._tone: _Tone | None = None

    def feed(self, frame: Samples) -> bool:
        """Take 160 samples; True when a beep has just ended.

        Raises:
            ValueError: another number of samples.
        """
        if frame.shape != (FRAME_SAMPLES,):
            raise ValueError(f"needs {FRAME_SAMPLES} samples at {SAMPLE_RATE} Hz, not {frame.shape}")
        hertz, before = _pitch(frame), self._tone
        if hertz is not None and before is not None and abs(hertz - before.hertz) <= STEADY_HZ:
            self._tone = _Tone(hertz, before.seconds + FRAME_S)
            return False
        self._tone = None if hertz is None else _Tone(hertz, FRAME_S)
        return before is not None and SHORTEST <= before.seconds <= LONGEST

    @property
    def tone(self) -> bool:
        """Whether there is a tone right now that may be a beep."""
        return self._tone is not None


def _pitch(frame: Samples) -> float | None:
    """Return frequency of the only tone of a frame, in hertz."""
    if level_dbfs(frame) < FAINTEST_DBFS:
        return None
    spectrum = np.abs(np.fft.rfft(frame * _WINDOW, _SIZE)) ** 2
    peak = int(np.argmax(spectrum))
    hertz = peak * _HERTZ
    lobe = spectrum[max(0, peak - _LOBE) : peak + _LOBE + 1]
    return hertz if LOWEST <= hertz <= HIGHEST and lobe.sum() >= PURE * spectrum.sum() else None

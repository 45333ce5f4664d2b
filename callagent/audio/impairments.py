"""What a phone line does to speech: noise, echo, lost and late packets. Frame in, frame out, repeatable from a seed."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from callagent.audio.g711 import FRAME_S, FRAME_SAMPLES, FULL_SCALE, SILENCE, Samples, to_samples

ECHO_DELAY_S = 0.06
"""How late the agent's own voice comes back, a usual round trip to a handset in one country."""

_HELD_DEVIATIONS = 2.5  # then about 1 % of the packets come too late


@dataclass(frozen=True)
class Impairments:
    """How bad the line is. The defaults are a clean line.

    loss: share of packets that never arrive, 0 to 1, both directions.
    jitter: standard deviation of the network's delay in seconds, towards the agent; the jitter buffer holds two
        and a half times as much, rounded up to whole packets, and later packets count as lost.
    noise: RMS level of white noise around the caller, dBFS; None is a quiet room.
    echo: level of the agent's voice in the caller's microphone relative to the voice itself, dB; None is no echo.
    clipping: level above which the caller's microphone clips, dBFS; None is one that does not.
    seed: the same seed gives the same line.

    Raises `ValueError` for values out of range.
    """

    loss: float = 0.0
    jitter: float = 0.0
    noise: float | None = None
    echo: float | None = None
    clipping: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.loss <= 1:
            raise ValueError(f"loss must lie between 0 and 1, not {self.loss}")
        if self.jitter < 0:
            raise ValueError(f"jitter must not be negative, but is {self.jitter} s")
        if self.noise is not None and self.noise > 0:
            raise ValueError(f"noise must not be above full scale, but is {self.noise} dBFS")
        if self.clipping is not None and self.clipping > 0:
            raise ValueError(f"clipping must not be above full scale, but is {self.clipping} dBFS")
        if self.echo is not None and self.echo > 0:
            raise ValueError(f"echo must not be louder than the voice, but is {self.echo} dB")


class Surroundings:
    """The caller's end: the room's noise and the agent's leaking voice beside the caller's, clipped by a microphone."""

    def __init__(self, impairments: Impairments) -> None:
        self._random = np.random.default_rng([impairments.seed, 0])
        self._noise = 0.0 if impairments.noise is None else FULL_SCALE * _gain(impairments.noise)
        self._leak = 0.0 if impairments.echo is None else _gain(impairments.echo)
        self._peak = None if impairments.clipping is None else FULL_SCALE * _gain(impairments.clipping)
        self._echoes = deque([SILENCE] * round(ECHO_DELAY_S / FRAME_S))

    def pick_up(self, speech: Samples, loudspeaker: Samples) -> Samples:
        """Return what the caller's microphone hears, given the agent's voice from the loudspeaker at this moment."""
        self._echoes.append(loudspeaker)
        echo = self._echoes.popleft()
        if not self._noise and not self._leak and self._peak is None:
            return speech
        noise = self._random.normal(0.0, self._noise, FRAME_SAMPLES)
        heard = speech + self._leak * echo + noise
        return to_samples(heard if self._peak is None else np.clip(heard, -self._peak, self._peak))


class Network:
    """Carries packets one way and evens out their jitter; what is lost or too late comes out as None."""

    def __init__(self, *, loss: float, jitter: float, seed: tuple[int, int]) -> None:
        self._random = np.random.default_rng(seed)
        self._loss = loss
        self._jitter = jitter
        held = math.ceil(_HELD_DEVIATIONS * jitter / FRAME_S - 1e-9)
        self._delay = held * FRAME_S
        self._buffer: deque[bytes | None] = deque([None] * held)

    def carry(self, packet: bytes) -> bytes | None:
        """Send one packet and return the one whose turn it is to be played, sent `delay` seconds before."""
        lost = self._random.random() < self._loss
        late = abs(self._random.normal(0.0, self._jitter)) > self._delay
        self._buffer.append(None if lost or late else packet)
        return self._buffer.popleft()

    @property
    def delay(self) -> float:
        """Seconds that the jitter buffer adds."""
        return self._delay


class Concealment:
    """Fills in for missing frames with the last good one, fading to silence over 60 ms (as ITU-T G.711 Appendix I)."""

    _FADE = np.interp(np.arange(3 * FRAME_SAMPLES), [FRAME_SAMPLES / 2, 3 * FRAME_SAMPLES], [1.0, 0.0])

    def __init__(self) -> None:
        self._last = SILENCE
        self._missing = 0

    def fill(self, frame: Samples | None) -> Samples:
        """Return the frame, or a substitute for it when it is None."""
        if frame is not None:
            self._last, self._missing = frame, 0
            return frame
        gain = self._FADE[self._missing * FRAME_SAMPLES : (self._missing + 1) * FRAME_SAMPLES]
        self._missing += 1
        return to_samples(self._last * gain) if gain.size else SILENCE


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))

"""Both sides of a call on one axis of time, and what of it may be kept."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from callagent.recording.channels import AgentChannel, CallerChannel, PlacedSound

LAG_S: Final = 0.4
"""Seconds after which what both sides have said is taken to be here."""

STALL_S: Final = 0.8
"""Seconds that the caller's sound is waited for where it does not come: an event loop that is busy, or a line without a
track. What comes later than that is lost."""

CHANNELS: Final = 2
"""The caller left, the agent right."""

Stereo = NDArray[np.int16]
"""Samples by channels."""


def silence(seconds: float, rate: int) -> Stereo:
    """Return so much of it."""
    return np.zeros((round(seconds * rate), CHANNELS), np.int16)


@dataclass
class _Kept:
    begin: float
    end: float | None = None


class CallAudio:
    """The sound of a call, taken piece by piece: silence where nobody was heard, and where nothing may be kept.

    Args:
        rate: samples a second, of both channels.

    Attributes:
        begun: whether anything is to be kept at all.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._caller, self._agent = PlacedSound(rate), PlacedSound(rate)
        self.caller, self.agent = CallerChannel(self._caller), AgentChannel(self._agent)
        self._kept: list[_Kept] = []
        self._taken = 0
        self.begun = False

    @property
    def seconds(self) -> float:
        """How much of the call has been taken."""
        return self._taken / self.rate

    def keep(self, at: float) -> None:
        """Keep what is heard from `at` on."""
        self.begun = True
        if not self._kept or self._kept[-1].end is not None:
            self._kept.append(_Kept(at))

    def omit(self, at: float) -> None:
        """Keep nothing of what is heard from `at` on."""
        if self._kept and self._kept[-1].end is None:
            self._kept[-1].end = max(at, self._kept[-1].begin)

    def settled(self, now: float) -> float:
        """Return up to when all of the call is here."""
        return max(min(now - LAG_S, self.caller.through), now - STALL_S)

    def take(self, until: float) -> Stereo:
        """Return the next piece of the call, up to `until` seconds."""
        first, last = self._taken, max(self._taken, int(until * self.rate))
        self.agent.advance(until)
        self.caller.advance(until)
        both = np.column_stack((self._caller.take(last), self._agent.take(last)))
        self._taken = last
        allowed = np.zeros(last - first, np.bool_)
        for kept in self._kept:
            begin = max(0, round(kept.begin * self.rate) - first)
            end = None if kept.end is None else max(0, round(kept.end * self.rate) - first)
            allowed[begin:end] = True
        both[~allowed] = 0
        self._kept = [kept for kept in self._kept if kept.end is None or kept.end * self.rate > last]
        return both

"""Sound that is too faint to be the caller: the agent's own voice, come back over the line.

What a telephone echo leaves of the agent's voice is 25 to 45 dB weaker than the voice itself, and callers are not. So
while the agent is audible, what stays below a level reaches neither the recogniser nor the gate.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from callagent.turns.hearing.energy import SILENCE_DBFS, Loudness, dbfs

FAINT_DBFS: Final = -41.0
"""dBFS of 20 ms below which the line is faint. The loudest frames of callers lie at -30 to -5, those of an echo that is
30 dB down at -47 to -42."""

BELOW_CALLER_DB: Final = 20.0
"""dB below the loudest frames of this caller that are faint, for a caller who is quieter than others."""

FAINTEST_DBFS: Final = -55.0
"""dBFS below which everything is faint, however quiet the caller is."""

OPEN_S: Final = 0.2
"""Seconds after a loud frame for which everything passes: the ends of words are soft."""

ECHO_TAIL_S: Final = 0.3
"""Seconds for which the agent's voice may still come back when it has fallen silent."""


class FaintGuard:
    """Feed it every frame of the caller's audio, in order."""

    def __init__(self) -> None:
        self._now = 0.0
        self._sounding_until = 0.0
        self._open_until = 0.0
        self._caller: float | None = None

    def passes(self, level: float, seconds: float, *, agent_sounds: bool, caller_speaks: bool = False) -> bool:
        """Tell whether `seconds` of audio at `level` dBFS may be the caller.

        `caller_speaks` is what the VAD says; how loud this caller is shows in the agent's silence.
        """
        self._now += seconds
        if agent_sounds:
            self._sounding_until = self._now + ECHO_TAIL_S
        if self._now > self._sounding_until:
            if caller_speaks:
                self._caller = level if self._caller is None else max(self._caller, level)
            return True
        if level >= self._limit():
            self._open_until = self._now + OPEN_S
        return self._now <= self._open_until

    def _limit(self) -> float:
        return (
            FAINT_DBFS if self._caller is None else min(FAINT_DBFS, max(FAINTEST_DBFS, self._caller - BELOW_CALLER_DB))
        )


class Ear:
    """What the gate itself hears of the caller's line, whatever VAD and recogniser are in use.

    Feed it every frame of the caller's audio, in order; keep `agent_sounds` and `caller_speaks` up to date.
    """

    def __init__(self) -> None:
        self.agent_sounds = False
        self.caller_speaks = False
        """What the VAD says."""
        self._faint = FaintGuard()
        self._loudness = Loudness()

    def hear(self, samples: npt.NDArray[np.int16], seconds: float) -> tuple[bool, bool | None]:
        """Take mono int16 `samples` that last `seconds`.

        Returns:
            Whether they may be the caller, rather than the agent's echo; and True or False when the line becomes loud
            or hushed, else None.
        """
        level = dbfs(samples)
        caller = self._faint.passes(level, seconds, agent_sounds=self.agent_sounds, caller_speaks=self.caller_speaks)
        return caller, self._loudness.feed(level if caller else SILENCE_DBFS, seconds)

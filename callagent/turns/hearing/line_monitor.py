"""What the gate itself hears of the caller's line, whatever VAD and recogniser are in use."""

import numpy as np
import numpy.typing as npt

from callagent.turns.hearing.echo_gate import FaintGuard
from callagent.turns.hearing.energy import SILENCE_DBFS, Loudness, dbfs


class Ear:
    """Feed it every frame of the caller's audio, in order; keep `agent_sounds` and `caller_speaks` up to date."""

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

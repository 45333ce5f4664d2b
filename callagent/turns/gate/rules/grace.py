"""Grace: the caller speaks and no words have come when `grace` ends.

It is stretched to the latency of the call's recogniser: it is no use when it ends before words can have come.
"""

from collections import deque

from callagent.turns.gate.rules.situation import Reaction, Situation

LONGEST_S = 1.0
"""Seconds to which `grace` is stretched at most."""

WORDLESS_S = 1.2
"""Seconds of speech by which words have come, or else the agent is stopped, however often the line was quiet for a
moment when `grace` ended: the recogniser is late, and the caller goes on."""

STALLED_S = 2.0
"""Seconds without another transcript after which a caller who goes on speaks to a recogniser that has stalled."""

MARGIN = 1.25
"""Grace lasts this much longer than the slowest of the last first words."""


class Pace:
    """Watches the time from the VAD's report of speech to the first words of it, over the last few utterances."""

    def __init__(self) -> None:
        self._delays: deque[float] = deque(maxlen=5)
        self._started: float | None = None

    def caller_started(self, at: float) -> None:
        """Note that the VAD reports speech."""
        self._started = at

    def words(self, at: float) -> None:
        """Note that a transcript that is not empty has come."""
        if self._started is not None:
            self._delays.append(at - self._started)
            self._started = None

    def grace(self, configured: float) -> float:
        """Tell how long to wait for words: as configured, longer on a slow
        recogniser, twice as long on an unknown one.
        """
        if not self._delays:
            return min(2 * configured, max(LONGEST_S, configured))
        return max(configured, min(LONGEST_S, MARGIN * max(self._delays)))


def grace(situation: Situation) -> Reaction | None:
    """Interrupt when the caller is still speaking and nothing was heard of it; after a cough or a click wait for the
    late final transcript. Words that were heard and do not go on for `STALLED_S` are as good as none.

    While the agent only thinks there is nothing to stop: the session does not begin to speak over a caller.
    """
    overlap = situation.overlap
    if situation.transcript is not None or overlap is None:
        return None
    words_at = overlap.words_at
    unheard = words_at is None or situation.now >= words_at + STALLED_S
    if situation.speaking and overlap.speaking and overlap.audible and unheard:
        return Reaction.INTERRUPT
    return Reaction.HOLD

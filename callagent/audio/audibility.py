"""When the agent is on the line, judged from the sound that arrives: a room carries silence too."""

from dataclasses import dataclass

from callagent.audio import AUDIBLE_DBFS, FRAME_S, Timeline

LONGEST_PAUSE_S = 1.0
"""Silence that still belongs to speech while the agent says that it speaks, in seconds.

Measured on the local voice, 300 pauses of 20 ms and more at commas and between sentences: 99 % are shorter than 0.41 s,
the longest is 0.9 s.
"""

SETTLE_S = 0.1
"""Silence that ends speech once the agent says that it no longer speaks: the tail of its audio is still on the way."""


@dataclass(frozen=True)
class Change:
    """The agent came onto the line, or left it, at call time `at`."""

    at: float
    audible: bool


class AgentVoice:
    """Turns the level of each 20 ms of received audio into spans of the timeline.

    A span begins with the first audible frame. It ends with the last one before a silence that cannot be a pause in
    speech: longer than `LONGEST_PAUSE_S`, or while the agent does not say that it speaks. A gap is therefore known only
    some time after it began; it is then entered at the time at which it began.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.speaking = False
        self._timeline = timeline
        self._cut = False
        self._heard_until = 0.0

    def cut_off(self) -> None:
        """Note that the agent says that its speech was cut off, now or a moment ago."""
        if self._timeline.agent_active:
            self._cut = True
        else:
            self._timeline.cut_agent(self._heard_until)

    def hear(self, at: float, level: float) -> Change | None:
        """Take the level in dBFS of the 20 ms from call time `at` on; give what it changes, if anything."""
        on_line = self._timeline.agent_active
        if level > AUDIBLE_DBFS:
            self._heard_until = at + FRAME_S
            if on_line:
                return None
            self._cut = False
            self._timeline.begin_agent(at)
            return Change(at, audible=True)
        silent_for = at + FRAME_S - self._heard_until
        if on_line and silent_for >= (LONGEST_PAUSE_S if self.speaking else SETTLE_S):
            return self.leave()
        return None

    def leave(self) -> Change | None:
        """Note that the agent leaves the line with the last frame that was heard; None when it was not on it."""
        if not self._timeline.agent_active:
            return None
        if self._cut:
            self._timeline.cut_agent(self._heard_until)
        else:
            self._timeline.end_agent(self._heard_until)
        return Change(self._heard_until, audible=False)

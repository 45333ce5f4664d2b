"""Where an utterance begins and ends, from the detector's speech probabilities alone."""

from dataclasses import dataclass
from enum import Enum


class Edge(Enum):
    """What one more stretch of audio has brought."""

    NONE = "none"
    START = "start"
    END = "end"


@dataclass
class Segmenter:
    """Finds utterances in a sequence of (probability, duration) stretches. Durations are in seconds.

    Speech begins after `min_speech` of probabilities from `activation` on, and ends after `end_silence` of
    probabilities below `deactivation`.
    """

    activation: float
    deactivation: float
    min_speech: float
    end_silence: float
    speaking: bool = False
    speech: float = 0.0
    """Seconds since the utterance began, the silence at its end not counted; the last one's after its end."""
    silence: float = 0.0
    """Seconds of silence at the end of what was heard."""
    _rising: float = 0.0

    def feed(self, probability: float, duration: float) -> Edge:
        """Take the next stretch and say whether an utterance begins or ends with it."""
        return self._within(probability, duration) if self.speaking else self._before(probability, duration)

    def _before(self, probability: float, duration: float) -> Edge:
        if probability < self.activation:
            self._rising = 0.0
            self.silence += duration
            return Edge.NONE
        self._rising += duration
        if self._rising < self.min_speech:
            return Edge.NONE
        self.speaking, self.speech, self.silence, self._rising = True, self._rising, 0.0, 0.0
        return Edge.START

    def _within(self, probability: float, duration: float) -> Edge:
        if probability > self.deactivation:
            self.speech += self.silence + duration
            self.silence = 0.0
            return Edge.NONE
        self.silence += duration
        if self.silence < self.end_silence:
            return Edge.NONE
        self.speaking = False
        return Edge.END

    def cut(self) -> bool:
        """End the utterance now; whether there was one."""
        was, self.speaking, self._rising = self.speaking, False, 0.0
        return was

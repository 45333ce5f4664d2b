"""The audio of one utterance as it comes in, and where it can be cut in two."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


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


Samples = npt.NDArray[np.int16]


class Stretch(NamedTuple):
    """A short piece of audio, mono, and whether it is speech. Times are seconds."""

    samples: Samples
    probability: float
    begin: float
    duration: float

    @property
    def end(self) -> float:
        """Where it ends in the stream."""
        return self.begin + self.duration


class Utterance:
    """Consecutive stretches that are recognised together; those from `deactivation` on count as speech."""

    def __init__(self, stretches: Sequence[Stretch], deactivation: float) -> None:
        self._stretches = list(stretches)
        self._deactivation = deactivation

    def add(self, stretch: Stretch) -> None:
        """Take the next stretch."""
        self._stretches.append(stretch)

    @property
    def length(self) -> float:
        """Seconds of audio, silence included."""
        return self._stretches[-1].end - self._stretches[0].begin

    @property
    def begin(self) -> float:
        """Where its speech begins in the stream."""
        return next((each.begin for each in self._stretches if self._spoken(each)), self._stretches[0].begin)

    @property
    def end(self) -> float:
        """Where its speech ends in the stream, so far."""
        return next((each.end for each in reversed(self._stretches) if self._spoken(each)), self.begin)

    @property
    def speech(self) -> float:
        """Seconds from its first to its last speech."""
        return self.end - self.begin

    def audio(self) -> Samples:
        """Return all of its samples."""
        return np.concatenate([stretch.samples for stretch in self._stretches])

    def split(self, shortest: float) -> "Utterance":
        """Cut at the likeliest pause with `shortest` seconds on both sides; what lies before is returned."""
        first, last = self._stretches[0].begin + shortest, self._stretches[-1].end - shortest
        inside = [index for index, each in enumerate(self._stretches) if first <= each.end <= last]
        cut = min(inside or [len(self._stretches) // 2], key=self._speech_around) + 1
        before, self._stretches = self._stretches[:cut], self._stretches[cut:]
        return Utterance(before, self._deactivation)

    def _spoken(self, stretch: Stretch) -> bool:
        return stretch.probability > self._deactivation

    def _speech_around(self, index: int) -> float:
        return sum(each.probability for each in self._stretches[max(0, index - 1) : index + 2])

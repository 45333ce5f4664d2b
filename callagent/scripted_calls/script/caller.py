"""What a caller can play over the line, and the keys of a telephone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TELEPHONE_KEYS = frozenset("0123456789ABCDabcd*#")

CONFIDENCE = 0.9
"""Of every transcript of level text that is given none: what a good recogniser gives for clear speech."""

SoundName = Literal["cough", "noise", "tone", "beep"]


@dataclass(frozen=True)
class Speech:
    """Words that the caller says with the level's own voice."""

    text: str


@dataclass(frozen=True)
class Sound:
    """A sound that is not speech."""

    name: SoundName


@dataclass(frozen=True)
class Recording:
    """A .wav file; `text` is what is said in it (empty: nothing that a recogniser should make words of)."""

    path: Path
    text: str = ""


@dataclass(frozen=True)
class ReportedWords:
    """A transcript as a recogniser gave it: `after` so many seconds from the utterance's first sample.

    `confidence` is 0..1; 0 where the recogniser told none.
    """

    after: float
    text: str
    final: bool
    confidence: float


@dataclass(frozen=True)
class Reported:
    """Speech of which it is known how a recogniser heard it; `text` is what is said in it, empty for no words.

    Args:
        seconds: from its first sample to its last.
        heard: the transcripts; level text gives these and no others.
        loud: from when to when the line was loud, seconds from the first sample; None: all the time.
    """

    text: str
    seconds: float
    heard: tuple[ReportedWords, ...] = ()
    loud: tuple[tuple[float, float], ...] | None = None


CallerAudio = Speech | Sound | Recording | Reported


def telephone_keys(keys: str) -> str:
    """Return the keys themselves. Raise ValueError for one that no telephone has."""
    if wrong := next((key for key in keys if key not in TELEPHONE_KEYS), None):
        raise ValueError(f"'{wrong}' is not a key of a telephone (0 to 9, A to D, * and #)")
    return keys

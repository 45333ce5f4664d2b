"""What a caller can play over the line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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


CallerAudio = Speech | Sound | Recording

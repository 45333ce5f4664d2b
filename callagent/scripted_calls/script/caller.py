"""What a caller can play over the line, and the keys of a telephone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TELEPHONE_KEYS = frozenset("0123456789ABCDabcd*#")

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


def telephone_keys(keys: str) -> str:
    """Return the keys themselves. Raise ValueError for one that no telephone has."""
    if wrong := next((key for key in keys if key not in TELEPHONE_KEYS), None):
        raise ValueError(f"'{wrong}' is not a key of a telephone (0 to 9, A to D, * and #)")
    return keys

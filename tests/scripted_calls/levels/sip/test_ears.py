import numpy as np
import pytest

from callagent.audio import FRAME_S, Samples
from callagent.audio.g711 import SILENCE
from callagent.scripted_calls.levels.sip.external_agent import LONGEST_S, Ears

LOUD: Samples = np.full(160, 8000, np.int16)


class Recogniser:
    """Knows what was said after so many seconds."""

    def __init__(self, *heard: str) -> None:
        self.heard = list(heard)
        self.seconds: list[float] = []

    def __call__(self, samples: Samples) -> str:
        self.seconds.append(samples.size / 8000)
        return self.heard.pop(0)


def hear(ears: Ears, seconds: float, frame: Samples = LOUD) -> None:
    for _ in range(round(seconds / FRAME_S)):
        ears.hear(frame)


async def test_words_are_told_once_and_the_last_ones_only_when_they_are_sure() -> None:
    told: list[str] = []
    ears = Ears(
        told.append, Recogniser("Thank you for", "Thank you for calling Arbor", "Thank you for calling Harbour.")
    )
    for _ in range(2):
        hear(ears, 1)
        await ears.listen()
    hear(ears, 0.5, SILENCE)
    await ears.listen()
    assert told == ["Thank", "you for", "calling Harbour."]


async def test_silence_before_is_not_listened_to_and_a_new_stretch_begins_anew() -> None:
    told: list[str] = []
    recogniser = Recogniser("Hello.", "Goodbye.")
    ears = Ears(told.append, recogniser)
    for _ in range(2):
        hear(ears, 1, SILENCE)
        hear(ears, 0.5)
        hear(ears, 0.4, SILENCE)
        await ears.listen()
    assert told == ["Hello.", "Goodbye."]
    assert recogniser.seconds == pytest.approx([0.9, 0.9 + 0.6], abs=0.61)


async def test_a_long_stretch_is_cut() -> None:
    told: list[str] = []
    ears = Ears(told.append, Recogniser("and so on", "and on"))
    hear(ears, LONGEST_S + 0.1)
    await ears.listen()
    hear(ears, 0.5)
    hear(ears, 0.4, SILENCE)
    await ears.listen()
    assert told == ["and so on", "and on"]

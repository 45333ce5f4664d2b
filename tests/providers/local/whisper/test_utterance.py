import numpy as np
import pytest

from callagent.providers.local.whisper.utterance import Stretch, Utterance

STEP = 0.1


def utterance(*probabilities: float) -> Utterance:
    stretches = [
        Stretch(np.full(2, index, np.int16), probability, 1.0 + index * STEP, STEP)
        for index, probability in enumerate(probabilities)
    ]
    return Utterance(stretches, deactivation=0.35)


def test_speech_is_what_lies_between_the_silences() -> None:
    said = utterance(0.0, 0.1, 0.9, 0.2, 0.9, 0.0)
    assert (said.begin, said.end) == pytest.approx((1.2, 1.5))
    assert (said.speech, said.length) == pytest.approx((0.3, 0.6))


def test_cut_is_made_at_the_pause_and_loses_nothing() -> None:
    said = utterance(*[0.9] * 30, *[0.0] * 3, *[0.9] * 20)
    whole = said.audio().tolist()
    first = said.split(shortest=1.0)
    assert first.end == pytest.approx(1.0 + 30 * STEP)
    assert first.audio().tolist() + said.audio().tolist() == whole
    assert said.begin == pytest.approx(1.0 + 33 * STEP)


def test_each_part_is_long_enough_even_when_the_pause_is_not_there() -> None:
    said = utterance(0.0, *[0.9] * 40)
    first = said.split(shortest=1.5)
    assert first.length >= 1.5 - STEP
    assert said.length >= 1.5 - STEP

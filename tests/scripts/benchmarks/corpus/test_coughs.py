import numpy as np
import pytest

from callagent.audio import SAMPLE_RATE
from scripts.benchmarks.corpus.case import SOUNDS
from scripts.benchmarks.corpus.coughs import make_sound


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_are_short_and_repeatable_and_no_two_seeds_alike(name: str) -> None:
    sound = make_sound(name, 1)
    assert 0.1 < sound.size / SAMPLE_RATE < 1.6
    assert np.max(np.abs(sound)) == pytest.approx(1.0)
    assert np.array_equal(sound, make_sound(name, 1))
    assert not np.array_equal(sound[:800], make_sound(name, 2)[:800])


def test_an_unknown_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="no such sound"):
        make_sound("hiccup", 1)

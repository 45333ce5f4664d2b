import numpy as np
import pytest

from callagent.audio.g711 import SILENCE, SILENT_DBFS, level_dbfs, to_samples
from tests.audio.sounds import tone


def test_a_full_scale_sine_is_3_db_below_full_scale() -> None:
    assert level_dbfs(tone(1.0, peak=32767)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("pcm", [SILENCE, SILENCE[:0]])
def test_silence_has_the_lowest_level(pcm: np.ndarray) -> None:
    assert level_dbfs(pcm) == SILENT_DBFS


def test_what_does_not_fit_is_clipped() -> None:
    assert to_samples(np.array([1e6, -1e6, 1.6])).tolist() == [32767, -32768, 2]

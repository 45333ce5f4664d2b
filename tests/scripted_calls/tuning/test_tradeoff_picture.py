from pathlib import Path

import pytest
from PIL import Image

from callagent.scripted_calls.tuning.tradeoff_picture import draw
from tests.scripted_calls.tuning.journals import Said, journal_of
from tests.scripted_calls.tuning.test_tradeoff import swept

ACK, STOP = Said(10, "Okay.", "acknowledgement"), Said(20, "Stop.", "interruption")


@pytest.mark.parametrize("said", [(ACK, STOP), (ACK,), (STOP,)], ids=["both", "acknowledgements", "interruptions"])
def test_a_picture_is_drawn_whatever_the_calls_have(said: tuple[Said, ...], tmp_path: Path) -> None:
    draw(swept(journal_of(*said)), tmp_path / "tradeoff.png", title="Settings")
    with Image.open(tmp_path / "tradeoff.png") as picture:
        assert picture.size == (1600, 1000)

"""Turns that were cut off and answered, counted; and what is said in the benchmark."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from callagent.audio import SAMPLE_RATE
from callagent.profile import load_profile
from callagent.turns.endpointing import Dictation
from scripts.benchmarks.endpointing.delays import SYSTEMS, delay_table, draw, milliseconds
from scripts.benchmarks.endpointing.pauses import BROKEN, PAUSES_S, WHOLE, Sentence, joined, sentences
from scripts.benchmarks.endpointing.turn_call import Turn

BROKEN_OFF = Sentence(("A table for", "two."), 0.4, 1.0)
WHOLE_ONE = Sentence(("A table.",), 0.0, 1.0)

FOUND = {
    "quick": [Turn(BROKEN_OFF, True, None), Turn(WHOLE_ONE, False, 0.5), Turn(WHOLE_ONE, False, 0.7)],
    "slow": [Turn(BROKEN_OFF, False, 1.5), Turn(WHOLE_ONE, False, 1.5), Turn(WHOLE_ONE, False, None)],
}


def test_each_system_has_a_row_with_what_it_cut_off_and_when_it_answered() -> None:
    head, quick, slow = delay_table(FOUND)
    assert head[1:4] == ["cut off", "pause 0.2 s", "pause 0.4 s"]
    assert quick[:4] == ["quick", "1 of 1", "0 of 0", "1 of 1"]
    assert quick[-2:] == ["0.60 / 0.69 s (2)", "0"]
    assert slow[-2:] == ["1.50 / 1.50 s (2)", "1"]


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    draw(FOUND, tmp_path / "endpointing.png")
    assert imread(tmp_path / "endpointing.png").shape[:2] == (800, 1280)


def test_durations_are_told_in_milliseconds() -> None:
    assert milliseconds([0.1, 0.1, 0.2]) == {"p50": 100.0, "p95": 190.0, "count": 3}
    assert milliseconds([]) == {}


def test_the_sentences_follow_from_the_seed_and_have_every_pause_equally_often() -> None:
    said = sentences(1)
    assert said == sentences(1) != sentences(2)
    pauses = [each.pause for each in said if each.pause]
    assert {pause: pauses.count(pause) for pause in PAUSES_S} == dict.fromkeys(
        PAUSES_S, 2 * len(BROKEN) // len(PAUSES_S)
    )
    assert sum(not each.pause for each in said) == 2 * len(WHOLE)
    assert len(sentences(1, short=True)) == len(said) // 4


def test_no_sentence_is_a_dictation() -> None:
    rule = Dictation("en-US", ("number", "spelling", "date", "email"))
    parts = [part for each in sentences(1) for part in each.parts]
    assert [part for part in parts if rule.unfinished(part, "How can I help you?")] == []


def test_parts_are_joined_with_their_silence() -> None:
    voice = np.ones(SAMPLE_RATE, np.int16)
    whole = joined([voice, voice], 0.4)
    assert whole.size == round(2.4 * SAMPLE_RATE)
    assert not whole[SAMPLE_RATE : round(1.4 * SAMPLE_RATE)].any()
    assert joined([voice], 0.0).size == SAMPLE_RATE


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_is_a_setting_of_a_profile(name: str) -> None:
    load_profile("en-US", sets=SYSTEMS[name], env={})

"""The short ones of the shipped calls, over the simulated line with the local speech models, in real time."""

from pathlib import Path

import pytest

from callagent.scripted_calls import load_call, make_level, run_calls
from tests.support.patience import patient
from tests.support.scripted import failed

SHIPPED = Path(__file__).resolve().parents[4] / "configs" / "calls"
TOGETHER = [
    ("called-person", "voicemail", "tool-slow"),
    ("llm-slow", "digits-keyed", "dtmf-menu"),
    ("agent-hangs-up", "tool-fails", "clipped-line"),
    ("no-stop", "answer-in-the-window", "llm-fails-once"),
    ("cough", "hang-up-while-thinking", "lossy-line"),
    ("hang-up-in-silence", "tts-fails-once", "hang-up-at-once"),
]
"""Calls about as long as each other, made side by side: a machine of two cores starves none of three."""

pytestmark = [
    pytest.mark.audio,
    pytest.mark.local_models,
    pytest.mark.blocks_loop(
        reason="the models' threads share cores and GIL with the loop: a callback's length says nothing"
    ),
]


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_shipped_calls_pass_by_ear(names: tuple[str, ...]) -> None:
    runs = [patient(load_call(SHIPPED / f"{name}.yaml")) for name in names]
    results = [finished.result for finished in run_calls(make_level("audio"), runs, at_once=len(runs))]
    assert [failed(result) for result in results] == [[]] * len(runs), "\n".join(
        str(each) for result in results for each in result.log
    )

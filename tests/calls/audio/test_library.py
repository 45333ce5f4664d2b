"""The short ones of the shipped calls, over the simulated line with the local speech models, in real time."""

from pathlib import Path

import pytest

from callagent.calls import load_call, make_level, run_calls
from tests.support.patience import patient
from tests.support.scripted import failed

SHIPPED = Path(__file__).resolve().parents[3] / "configs" / "calls"
CALLS = [
    "agent-hangs-up",
    "answer-in-the-window",
    "called-person",
    "clipped-line",
    "cough",
    "digits-keyed",
    "dtmf-menu",
    "hang-up-at-once",
    "hang-up-in-silence",
    "hang-up-while-thinking",
    "llm-fails-once",
    "llm-slow",
    "lossy-line",
    "no-stop",
    "tool-fails",
    "tool-slow",
    "tts-fails-once",
    "voicemail",
]

pytestmark = [
    pytest.mark.audio,
    pytest.mark.local_models,
    pytest.mark.blocks_loop(
        reason="the models' threads share cores and GIL with the loop: a callback's length says nothing"
    ),
]


@pytest.mark.parametrize("name", CALLS)
def test_a_shipped_call_passes_by_ear(name: str) -> None:
    (finished,) = run_calls(make_level("audio"), [patient(load_call(SHIPPED / f"{name}.yaml"))])
    assert failed(finished.result) == [], "\n".join(map(str, finished.result.log))

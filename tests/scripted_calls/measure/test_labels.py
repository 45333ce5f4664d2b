from typing import Any

import pytest

from callagent.profile import load_profile
from callagent.scripted_calls import CallScript
from callagent.scripted_calls.measure.labels import labels_of
from callagent.turns import GateConfig

LEXICON = GateConfig.from_profile(load_profile("en-US", env={})).lexicon
KEEPS, STOPS, REPLIES, SILENT = (
    {"expect": f"agent {verb}"} for verb in ("keeps speaking", "stops", "replies", "is silent")
)


@pytest.mark.parametrize(
    ("caller", "expected", "meaning"),
    [
        ("Okay.", [KEEPS], "acknowledgement"),
        ("Um.", [KEEPS], "tic"),
        ({"sound": "cough"}, [KEEPS], "tic"),
        ({"sound": "cough"}, [SILENT], "tic"),
        ("I am on the phone, darling.", [KEEPS], "aside"),
        ("No, stop.", [STOPS], "interruption"),
        ("Yeah.", [STOPS, REPLIES], "interruption"),
        ("When are you open?", [REPLIES], "turn"),
        ("When are you open?", [{"expect": {"tool": "look_up"}}, REPLIES], "turn"),
        ({"sound": "noise"}, [], "tic"),
        ("Hello?", [], None),
    ],
)
def test_the_expectations_tell_what_an_utterance_is_meant_as(caller: Any, expected: list[Any], meaning: str) -> None:
    script = CallScript.model_validate({"call": "A call", "steps": [{"caller": caller}, *expected]})
    (label,) = labels_of(script.steps, LEXICON)
    assert label.meaning == meaning


def test_expectations_belong_to_the_caller_step_before_them() -> None:
    steps = [{"caller": "Okay."}, KEEPS, {"caller": {"dtmf": "1"}}, {"caller": "No, stop."}, STOPS, REPLIES]
    labels = labels_of(CallScript.model_validate({"call": "A call", "steps": steps}).steps, LEXICON)
    assert [(label.step, label.meaning, label.reply) for label in labels] == [
        (1, "acknowledgement", False),
        (4, "interruption", True),
    ]

"""Who ends a turn, over the line with the real models: a pause, or the end-of-turn model."""

from dataclasses import replace
from pathlib import Path

import pytest

from callagent.journal import TurnAdded
from callagent.providers.local.turn_model import is_installed
from callagent.scripted_calls import load_call, make_level, plan_call, run_calls
from tests.support.patience import patient

pytestmark = [
    pytest.mark.audio,
    pytest.mark.local_models,
    pytest.mark.blocks_loop(
        reason="the models' threads share cores and GIL with the loop: a callback's length says nothing"
    ),
]

QUESTION = """
call: A question
profile: en-US
agent: {greeting: Hello., otherwise: Noted.}
steps:
  - agent_says: Hello
  - {caller: "What time do you open on Saturdays?", when: agent listening, after: 400 ms}
  - {expect: agent replies, within: 4 s}
"""

BROKEN_OFF = """
call: A sentence that breaks off
profile: en-US
agent: {greeting: Hello., otherwise: Noted.}
steps:
  - agent_says: Hello
  - {caller: "I would like to book a table for,", when: agent listening, after: 400 ms}
  - {caller: "six people on Friday evening.", after: 1.2 s}
  - {expect: agent replies, within: 6 s}
"""


def caller_turns(directory: Path, script: str, *ways: str) -> list[list[str]]:
    """What the caller says, turn by turn, in calls side by side that differ in who ends a turn."""
    file = directory / "call.yaml"
    file.write_text(script, encoding="utf-8")
    run = patient(load_call(file))
    sets = [[f"endpointing.by={by}", "endpointing.max_delay=4 s"] for by in ways]
    runs = [replace(run, plan=plan_call(run.call, sets=each, env={})) for each in sets]
    finished = [*run_calls(make_level("audio"), runs, at_once=len(runs))]
    assert [step.observed for each in finished for step in each.result.steps if not step.passed] == []
    return [[turn.text for turn in each.result.log.of(TurnAdded) if turn.role == "user"] for each in finished]


def test_a_question_is_answered_whoever_ends_the_turn(tmp_path: Path) -> None:
    assert [len(turns) for turns in caller_turns(tmp_path, QUESTION, "vad", "stt", "model")] == [1, 1, 1]


@pytest.mark.skipif(not is_installed(), reason="livekit-local-inference is not installed")
def test_the_model_waits_for_a_sentence_that_breaks_off(tmp_path: Path) -> None:
    by_model, by_pause = caller_turns(tmp_path, BROKEN_OFF, "model", "vad")
    (turn,) = by_model
    assert "table" in turn and "Friday" in turn
    assert len(by_pause) == 2

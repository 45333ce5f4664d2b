"""The benchmark of faults: calls that are made again the same, what counts as silence, what is reported."""

import random
from pathlib import Path

import pytest
from matplotlib.image import imread

from callagent.scripted_calls.run.faults import Faults
from scripts.benchmarks.endurance.chaos import LINES, draw, judged, silent, table
from scripts.benchmarks.endurance.chaos_in_rooms import Rounds
from scripts.benchmarks.endurance.chaos_in_text import ChaoticCall, chaos, faults_of
from scripts.benchmarks.endurance.talking_caller import Conversation


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_made_up_is_a_fault_that_scripts_know(seed: int) -> None:
    assert Faults.model_validate(faults_of(random.Random(seed)))


def test_faults_of_all_parts_and_kinds_come() -> None:
    made = [fault for seed in range(200) for fault in faults_of(random.Random(seed)).items()]
    assert {part for part, _ in made} == {"stt", "llm", "tts"}
    assert {fault.get("then", "slow") for _, fault in made} == {"fails", "times out", "slow"}


@pytest.mark.text
def test_a_call_of_a_seed_goes_as_before() -> None:
    (first,), (second,) = chaos(1, 29), chaos(1, 29)
    assert first == second
    assert first.trouble == ""
    assert first.conversation.greeted is not None
    assert len(first.conversation.said) == 3


@pytest.mark.text
def test_a_slow_model_leaves_nobody_in_silence_where_fillers_were_made_ahead() -> None:
    (call,) = chaos(1, 29)
    assert call.faults == {"llm": {"delay": "6 s", "times": 2, "skip": 0}}
    assert not silent([call])
    assert call.conversation.answers == 3


def call(seed: int, wait: float, trouble: str = "") -> ChaoticCall:
    talk = Conversation(f"chaos-{seed}", 0.0, 0.0, [(4, 5)], [(0, 3), (5 + wait, 7 + wait)], ended=20.0)
    return ChaoticCall(seed, {"llm": {"then": "fails"}}, talk, trouble)


FOUND = [call(1, 0.5), call(2, 3.5), call(3, 1.0, "KeyError: 'x'")]
ROUNDS = Rounds([call(4, 6.0).conversation], [call(5, 9.0).conversation], {"bench-1"})


def test_silence_errors_and_lost_records_are_counted() -> None:
    assert [each.value for each in judged(FOUND, ROUNDS, in_rooms=True)] == [1, 1, 1, 1]
    assert [each.value for each in judged(FOUND[:1], Rounds(), in_rooms=False)] == [0, 0]
    assert len(LINES) == 4


def test_who_waits_when_the_worker_is_killed_is_told_and_not_judged() -> None:
    assert [each.value for each in judged([], Rounds([], [call(5, 9.0).conversation]), in_rooms=True)][2] == 0
    text = table(FOUND, ROUNDS, "Title", judged(FOUND, ROUNDS, in_rooms=True))
    assert "1 calls in rooms, worker or server killed: longest silence 9.0 s, 0 cut off." in text
    assert "| 2 | 3.5 s | {'llm': {'then': 'fails'}} |  |" in text
    assert "| 3 | 1.0 s | {'llm': {'then': 'fails'}} | KeyError: 'x' |" in text


def test_the_picture_has_a_column_for_each_part(tmp_path: Path) -> None:
    draw(FOUND, "Title", tmp_path / "new" / "waits.png")
    assert imread(tmp_path / "new" / "waits.png").shape[0] > 400

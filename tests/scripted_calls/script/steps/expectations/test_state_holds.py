from typing import Any

import pytest

from callagent.journal import StateChanged
from callagent.scripted_calls.script.steps.expectations.state_holds import NOT_TOLD, StateHolds, matches
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def holds(state: dict[str, Any], within: str = "2 s") -> StateHolds:
    return StateHolds.model_validate({"expect": {"state": state}, "within": within})


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    step = holds({"order": {"total": ">= 12", "items": ["bread"]}, "name": "Ann"})
    said = """the state has order.total: '>= 12', order.items: ["bread"], name: 'Ann' within 2 s"""
    assert step.describe() == said


def test_a_value_is_waited_for(call: PlayedCall) -> None:
    call.observe(StateChanged(0.5, "total", 0))
    call.observe(StateChanged(1.0, "total", 12))
    assert call.carry_out(holds({"total": 12})) == Verdict(True, "so it was at 1.00 s")


def test_nested_names_and_dots_are_the_same(call: PlayedCall) -> None:
    call.observe(StateChanged(0.5, "order.total", 12))
    assert call.carry_out(holds({"order": {"total": 12}})).passed
    assert call.carry_out(holds({"order.total": 12})).passed


def test_what_is_there_instead_is_told(call: PlayedCall) -> None:
    call.observe(StateChanged(0.5, "total", 9))
    call.observe(StateChanged(0.5, "name", "Ann"))
    call.observe(StateChanged(0.5, "tip", missing="the state has no 'tip'"))
    verdict = call.carry_out(holds({"total": 12, "name": "Ann", "tip": 1}))
    assert verdict == Verdict(False, "total is 9, the state has no 'tip'")


def test_personal_data_is_not_shown(call: PlayedCall) -> None:
    call.observe(StateChanged(0.5, "pii_name", "Ann Smith"))
    call.observe(StateChanged(0.5, "customer", {"pii_card": "4111", "age": 7}))
    step = holds({"pii_name": "Bob", "customer": []})
    verdict = call.carry_out(step)
    assert not any(word in f"{step.describe()} {verdict.observed}" for word in ("Ann", "Bob", "4111"))
    assert '"age": 7' in verdict.observed


def test_an_agent_that_is_not_ours_tells_nothing(call: PlayedCall) -> None:
    assert call.carry_out(holds({"total": 12})) == Verdict(False, NOT_TOLD)
    assert call.never({"state": {"total": 12}}) == Verdict(False, NOT_TOLD)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"total": 12}, Verdict(False, "the state has total: 12 at 0.50 s")),
        ({"total": 12, "paid": True}, Verdict(True, "it was never so")),
    ],
)
def test_values_are_never_there_at_the_same_time(call: PlayedCall, state: dict[str, Any], verdict: Verdict) -> None:
    call.observe(StateChanged(0.5, "total", 12))
    call.observe(StateChanged(1.0, "total", 13))
    call.observe(StateChanged(1.5, "paid", True))
    assert call.never({"state": state}) == verdict


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (12, 12.0),
        (0.5, 0.5),
        (True, True),
        (None, None),
        ("rye bread", "RYE and more bread"),
        ("/^ry/", "Rye"),
        ("", "  "),
        (">= 2", 2),
        ("< -1.5", -2),
        ("== 3", 3),
        (["a", ">1"], ["a", 2]),
        ([{"size": "big"}], [{"size": "big", "kind": "rye"}]),
        ([], []),
    ],
)
def test_what_matches(expected: object, value: object) -> None:
    assert matches(expected, value)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (12, 13),
        (1, True),
        (True, 1),
        (False, None),
        (None, 0),
        (None, False),
        ("12", 12),
        ("12", None),
        ("bread", "cake"),
        ("/^y/", "rye"),
        (">= 2", 1),
        (">= 2", True),
        (">= 2", "3"),
        (["a"], ["a", "b"]),
        (["a"], "a"),
        ([{"size": "big"}], [{"kind": "rye"}]),
        ([], None),
    ],
)
def test_what_does_not(expected: object, value: object) -> None:
    assert not matches(expected, value)

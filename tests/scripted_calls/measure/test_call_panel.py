import pytest

from callagent.journal import Meaning
from callagent.scripted_calls.measure.call_panel import measure
from callagent.scripted_calls.measure.labels import Label
from callagent.scripted_calls.measure.panel import Panel
from tests.support.played_call import PlayedCall


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def measured(call: PlayedCall, meaning: Meaning, *, reply: bool = False, end: float = 20.0) -> Panel:
    return measure(call.play(end), [Label(1, meaning, "Okay.", reply)], end)


def test_an_answer_is_timed(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(2.75, 4.0)
    panel = measured(call, "turn", reply=True)
    assert panel.response_latency == [0.75]
    assert panel.answered == [True]
    assert panel.talked_over == [False]


def test_a_turn_without_an_answer_counts_as_such(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    panel = measured(call, "turn", reply=True)
    assert panel.answered == [False]
    assert panel.response_latency == []


def test_an_agent_that_begins_over_the_caller_talks_over_them(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(1.5, 4.0)
    panel = measured(call, "turn", reply=True)
    assert panel.talked_over == [True]
    assert panel.response_latency == [0.0]


def test_an_interruption_yields(call: PlayedCall) -> None:
    call.agent(0.1, 1.4, interrupted=True)
    call.caller(1.0, 2.0)
    panel = measured(call, "interruption")
    assert panel.yield_latency == [pytest.approx(0.4)]
    assert panel.yielded == [True]


def test_a_late_stop_is_no_yield(call: PlayedCall) -> None:
    call.agent(0.1, 3.1, interrupted=True)
    call.caller(1.0, 2.0)
    panel = measured(call, "interruption")
    assert panel.yielded == [False]
    assert panel.yield_latency == []


def test_an_acknowledgement_is_talked_through(call: PlayedCall) -> None:
    call.agent(0.1, 9.0)
    call.caller(1.0, 1.4)
    panel = measured(call, "acknowledgement")
    assert panel.acknowledgements == [True]
    assert panel.gaps == [0.0]


def test_an_acknowledgement_that_stops_the_agent_is_not(call: PlayedCall) -> None:
    call.agent(0.1, 1.6, interrupted=True)
    call.caller(1.0, 1.4)
    assert measured(call, "acknowledgement").acknowledgements == [False]


def test_a_gap_in_what_should_go_on_is_measured(call: PlayedCall) -> None:
    call.agent(0.1, 1.5, over=False)
    call.agent(1.58, 9.0)
    call.caller(1.0, 1.4)
    assert measured(call, "acknowledgement").as_dict()["max_gap_ms"] == 80


def test_a_cough_in_silence_is_ignored_unless_it_is_answered(call: PlayedCall) -> None:
    call.caller(1.0, 1.3, "")
    call.agent(3.2, 4.0)
    assert measured(call, "tic").tics == [False]


def test_a_turn_that_never_reached_the_model_is_lost(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    assert measured(call, "turn", reply=True).lost_answers == 1


def test_a_turn_that_reached_the_model_is_not_lost(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.user_turn(2.5, "Okay.")
    assert measured(call, "turn", reply=True).lost_answers == 0


def test_a_turn_that_a_closing_session_adds_did_not_reach_the_model(call: PlayedCall) -> None:
    call.agent(0.2, 0.8)
    call.caller(1.0, 2.0)
    call.user_turn(2.5, "Okay.")
    call.ends(2.5, "agent hung up")
    assert measured(call, "turn", reply=True).lost_answers == 1


def test_a_turn_that_the_agent_thinks_about_reached_the_model_though_the_caller_hung_up(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.user_turn(2.5, "Okay.")
    call.state(2.5, "thinking")
    call.ends(2.6, "caller hung up")
    assert measured(call, "turn", reply=True).lost_answers == 0


def test_keys_are_not_taken_for_what_was_said(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.keys(2.1, "1#")
    call.user_turn(2.5, "1")
    call.state(2.5, "thinking")
    assert measured(call, "turn", reply=True).lost_answers == 1

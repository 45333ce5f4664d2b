from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.agent_keeps_speaking import KeepsSpeaking
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def keeps(**options: Any) -> KeepsSpeaking:
    return KeepsSpeaking.model_validate({"expect": "agent keeps speaking", **options})


def kept(call: PlayedCall, **options: Any) -> Verdict:
    return call.carry_out(keeps(**options))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert keeps(**{"for": "1.5 s"}).describe() == "agent keeps speaking for 1.5 s, no gap over 60 ms"


def test_an_agent_that_talks_on_keeps_speaking(call: PlayedCall) -> None:
    call.agent(0.1, 9.0)
    call.caller(2.0, 2.4)
    assert kept(call) == Verdict(True, "the agent kept speaking, longest gap 0 ms")


def test_a_cut_is_told_from_the_callers_first_sample(call: PlayedCall) -> None:
    call.agent(0.1, 2.59, interrupted=True)
    call.caller(2.0, 2.4)
    assert kept(call) == Verdict(False, "the agent stopped 590 ms after the caller's first sample")


def test_a_cut_counts_until_the_time_after_the_callers_last_sample_is_over(call: PlayedCall) -> None:
    call.agent(0.1, 4.3, interrupted=True)
    call.caller(2.0, 4.0)
    assert not kept(call, **{"for": "500 ms"}).passed


def test_a_cut_after_that_does_not_count(call: PlayedCall) -> None:
    call.agent(0.1, 4.6, interrupted=True)
    call.caller(2.0, 4.0)
    assert kept(call, **{"for": "500 ms"}).passed


@pytest.mark.parametrize(("gap", "passed"), [(0.06, True), (0.061, False)])
def test_a_gap_is_let_pass_up_to_max_gap(call: PlayedCall, gap: float, passed: bool) -> None:
    call.agent(0.1, 2.5, over=False)
    call.agent(2.5 + gap, 9.0)
    call.caller(2.0, 2.4)
    verdict = kept(call, max_gap="60 ms")
    assert verdict.passed is passed
    assert f"longest gap {round(gap * 1000)} ms" in verdict.observed


def test_an_agent_that_falls_silent_for_good_has_paused(call: PlayedCall) -> None:
    call.agent(0.1, 2.5, over=False)
    call.caller(2.0, 2.4)
    assert kept(call) == Verdict(False, "the agent paused, longest gap 900 ms")


def test_the_end_of_the_sentence_is_no_stop(call: PlayedCall) -> None:
    call.agent(0.1, 2.6)
    call.caller(2.0, 2.4)
    verdict = kept(call)
    assert verdict == Verdict(True, "the agent spoke to the end of what it was saying at 2.60 s, longest gap 0 ms")


def test_an_agent_that_was_silent_cannot_keep_speaking(call: PlayedCall) -> None:
    call.agent(0.1, 1.0)
    call.caller(2.0, 2.4)
    assert kept(call) == Verdict(False, "the agent was not speaking when the caller began")


def test_the_end_of_the_call_is_not_speaking_on(call: PlayedCall) -> None:
    call.agent(0.1, 9.0)
    call.caller(2.0, 2.4)
    call.trouble(2.5, "APIError: no answer")
    call.ends(2.5, "error")
    assert kept(call) == Verdict(False, "the call ended at 2.50 s (error: APIError: no answer)")


def test_without_an_act_it_counts_from_the_moment_that_the_step_is_reached(call: PlayedCall) -> None:
    call.agent(0.0, 0.5, interrupted=True)
    assert kept(call) == Verdict(False, "the agent was not speaking when the step was reached")


def test_it_never_talks_through_the_caller(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    call.caller(1.0, 2.0)
    told = "the agent talked on when the caller spoke at 1.00 s"
    assert call.never("agent keeps speaking") == Verdict(False, told)


@pytest.mark.parametrize(("cut", "passed"), [(3.0, True), (3.01, False)])
def test_an_agent_that_stops_within_two_seconds_has_not_talked_on(call: PlayedCall, cut: float, passed: bool) -> None:
    call.agent(0.5, cut, interrupted=True)
    call.caller(1.0, 2.0)
    assert call.never("agent keeps speaking").passed is passed

from typing import Any

import pytest

from callagent.calls.expectations.speaking import is_silent, keeps_speaking, stops
from callagent.calls.expectations.verdict import Verdict
from callagent.calls.steps import IsSilent, KeepsSpeaking, Stops
from tests.support.played_call import PlayedCall


def kept(call: PlayedCall, **options: Any) -> Verdict:
    step = KeepsSpeaking.model_validate({"expect": "agent keeps speaking", **options})
    return call.judge(lambda scene: keeps_speaking(step, scene))


def stopped(call: PlayedCall, **options: Any) -> Verdict:
    step = Stops.model_validate({"expect": "agent stops", **options})
    return call.judge(lambda scene: stops(step, scene))


def silent(call: PlayedCall, **options: Any) -> Verdict:
    step = IsSilent.model_validate({"expect": "agent is silent", **options})
    return call.judge(lambda scene: is_silent(step, scene))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


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


@pytest.mark.parametrize(("at", "passed"), [(2.6, True), (2.601, False)])
def test_a_stop_counts_up_to_within(call: PlayedCall, at: float, passed: bool) -> None:
    call.agent(0.1, at, interrupted=True)
    call.caller(2.0, 2.4)
    verdict = stopped(call, within="600 ms")
    assert verdict.passed is passed
    assert verdict.observed == f"the agent stopped {round((at - 2) * 1000)} ms after the caller's first sample"


def test_a_pause_that_becomes_a_cut_counts_from_the_pause(call: PlayedCall) -> None:
    call.agent(0.1, 2.3, over=False)
    call.caller(2.0, 2.4)
    call.cut(2.9)
    assert stopped(call).observed == "the agent stopped 300 ms after the caller's first sample"


def test_an_agent_that_talks_on_has_not_stopped(call: PlayedCall) -> None:
    call.agent(0.1, 9.0)
    call.caller(2.0, 2.4)
    assert stopped(call) == Verdict(False, "the agent was still speaking 2.00 s after the caller's first sample")


def test_an_agent_that_comes_to_its_end_was_not_stopped(call: PlayedCall) -> None:
    call.agent(0.1, 2.2)
    call.caller(2.0, 2.4)
    verdict = stopped(call)
    assert not verdict.passed
    assert verdict.observed.endswith("after 200 ms; nothing stopped it")


def test_silence_counts_from_the_callers_last_sample(call: PlayedCall) -> None:
    call.caller(1.0, 1.5, "")
    call.agent(4.0, 5.0)
    assert silent(call, **{"for": "2 s"}) == Verdict(True, "the agent was silent for 2.00 s")
    assert silent(call, **{"for": "3 s"}).observed == "the agent spoke 2.50 s later, at 4.00 s"


def test_what_the_agent_was_saying_before_may_come_to_its_end(call: PlayedCall) -> None:
    call.agent(0.1, 3.0)
    call.caller(1.0, 1.5)
    assert silent(call, **{"for": "1 s"}).passed


def test_an_agent_that_answered_the_caller_was_not_silent(call: PlayedCall) -> None:
    call.caller(1.0, 2.5)
    call.agent(2.0, 4.0)
    assert silent(call) == Verdict(False, "the agent was speaking, since 2.00 s")

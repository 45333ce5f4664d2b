from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.agent_stops import Stops
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def stops(**options: Any) -> Stops:
    return Stops.model_validate({"expect": "agent stops", **options})


def stopped(call: PlayedCall, **options: Any) -> Verdict:
    return call.carry_out(stops(**options))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert stops(within="600 ms").describe() == "agent stops within 600 ms"


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


def test_an_agent_that_was_silent_cannot_stop(call: PlayedCall) -> None:
    call.agent(0.1, 1.0)
    call.caller(2.0, 2.4)
    assert stopped(call) == Verdict(False, "the agent was not speaking when the caller began")


def test_the_end_of_the_call_is_no_stop(call: PlayedCall) -> None:
    call.agent(0.1, 9.0)
    call.caller(2.0, 2.4)
    call.ends(2.5, "error")
    assert stopped(call) == Verdict(False, "the call ended at 2.50 s (error)")


def test_the_agent_never_stops_but_for_the_end_of_the_call(call: PlayedCall) -> None:
    call.agent(0.1, 3.0, interrupted=True)
    assert call.never("agent stops") == Verdict(False, "the agent was cut off at 3.00 s")
    hung_up = PlayedCall()
    hung_up.ends(2.9, "caller hung up")
    hung_up.agent(0.1, 3.0, interrupted=True)
    assert hung_up.never("agent stops").passed

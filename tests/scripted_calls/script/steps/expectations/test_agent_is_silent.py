from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.agent_is_silent import IsSilent
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def is_silent(**options: Any) -> IsSilent:
    return IsSilent.model_validate({"expect": "agent is silent", **options})


def silent(call: PlayedCall, **options: Any) -> Verdict:
    return call.carry_out(is_silent(**options))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert is_silent(**{"for": "3 s"}).describe() == "agent is silent for 3 s"


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


def test_a_call_that_ends_too_soon_was_not_silent_for_long_enough(call: PlayedCall) -> None:
    call.caller(1.0, 1.5)
    call.ends(2.5, "agent hung up")
    assert silent(call) == Verdict(False, "the call ended at 2.50 s (agent hung up)")


def test_there_is_never_a_long_silence(call: PlayedCall) -> None:
    call.agent(0.5, 2.0)
    call.agent(8.0, 9.0)
    assert call.never("agent is silent") == Verdict(False, "nobody spoke for 6.00 s at 2.00 s")
    assert call.never({"expect": "agent is silent", "for": "7 s"}).passed


def test_a_call_in_which_nobody_is_heard_is_not_free_of_silence(call: PlayedCall) -> None:
    assert not call.never("agent is silent").passed

from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.call_ends import CallEnds
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def call_ends(**options: Any) -> CallEnds:
    return CallEnds.model_validate({"expect": "call ends", **options})


def ended(call: PlayedCall, **options: Any) -> Verdict:
    return call.carry_out(call_ends(**options))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert call_ends().describe() == "call ends within 5 s"
    assert call_ends(reason="error").describe() == "call ends within 5 s: error"


def test_the_call_ends_for_a_reason(call: PlayedCall) -> None:
    call.ends(1.0, "agent hung up")
    assert ended(call, reason="agent hung up") == Verdict(True, "the call ended at 1.00 s (agent hung up)")


def test_another_reason_is_a_failure(call: PlayedCall) -> None:
    call.ends(1.0, "error")
    assert not ended(call, reason="agent hung up").passed


def test_a_call_that_goes_on_has_not_ended(call: PlayedCall) -> None:
    assert ended(call, within="2 s") == Verdict(False, "the call was still going on after 2.00 s")


def test_the_call_never_ends_for_a_reason(call: PlayedCall) -> None:
    call.ends(3.0, "error")
    assert not call.never({"expect": "call ends", "reason": "error"}).passed
    assert not call.never("call ends").passed
    assert call.never({"expect": "call ends", "reason": "timeout"}).passed

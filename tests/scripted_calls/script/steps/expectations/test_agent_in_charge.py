import pytest

from callagent.journal import HandedOver
from callagent.scripted_calls.script.steps.expectations.agent_in_charge import HasCall
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def has_call(agent: str) -> HasCall:
    return HasCall.model_validate({"expect": {"agent": agent}, "within": "2 s"})


@pytest.fixture
def call() -> PlayedCall:
    call = PlayedCall()
    call.observe(HandedOver(0.0, "reception"))
    call.observe(HandedOver(1.0, "orders", "reception"))
    return call


def test_it_is_put_in_words() -> None:
    assert has_call("orders").describe() == "the agent orders has the call within 2 s"


@pytest.mark.parametrize("agent", ["orders", "Orders", "/^ord/"])
def test_the_agent_that_gets_the_call_is_waited_for(call: PlayedCall, agent: str) -> None:
    assert call.carry_out(has_call(agent)) == Verdict(True, "orders has had it since 1.00 s")


def test_who_has_it_instead_is_told(call: PlayedCall) -> None:
    call.caller(1.2, 1.5)
    assert call.carry_out(has_call("reception")) == Verdict(False, "orders has had it since 1.00 s")


def test_a_call_without_an_agent_is_told() -> None:
    assert PlayedCall().carry_out(has_call("orders")) == Verdict(False, "no agent has had it")


def test_an_agent_never_gets_the_call(call: PlayedCall) -> None:
    assert call.never({"agent": "orders"}) == Verdict(False, "orders got it at 1.00 s")
    assert call.never({"agent": "billing"}).passed

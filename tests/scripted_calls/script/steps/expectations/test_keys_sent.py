from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.keys_sent import KeysAreSent
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def are_sent(wanted: str) -> KeysAreSent:
    return KeysAreSent.model_validate({"expect": {"dtmf_sent": wanted}, "within": "2 s"})


def keys(call: PlayedCall, wanted: str) -> Verdict:
    return call.carry_out(are_sent(wanted))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert are_sent("12#a").describe() == "the agent sends 12#A within 2 s"


def test_keys_come_one_after_the_other(call: PlayedCall) -> None:
    call.keys_sent(1.0, "1")
    call.keys_sent(1.2, "2")
    assert keys(call, "12") == Verdict(True, "the agent sent 12 at 1.20 s")


def test_other_keys_are_told(call: PlayedCall) -> None:
    call.keys_sent(1.0, "3")
    assert keys(call, "12") == Verdict(False, "the agent sent 3")


def test_each_key_meets_one_expectation(call: PlayedCall) -> None:
    call.keys_sent(1.0, "1")
    step = are_sent("1")

    async def twice(scene: Any) -> Verdict:
        assert (await step.carry_out(scene, 1)).passed
        return await step.carry_out(scene, 1)

    assert not call.judge(twice).passed


def test_keys_never_come(call: PlayedCall) -> None:
    call.keys_sent(1.0, "12")
    assert call.never({"dtmf_sent": "12"}) == Verdict(False, "the agent sent 12")
    assert call.never({"dtmf_sent": "3"}).passed

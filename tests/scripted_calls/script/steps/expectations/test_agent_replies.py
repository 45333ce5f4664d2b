from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.agent_replies import Replies
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def replies(**options: Any) -> Replies:
    return Replies.model_validate({"expect": "agent replies", **options})


def replied(call: PlayedCall, **options: Any) -> Verdict:
    return call.carry_out(replies(**options))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert replies().describe() == "agent replies within 3 s"
    assert replies(**{"with": "booked"}, within="1.5 s").describe() == "agent replies with 'booked' within 1.5 s"


def test_a_reply_is_timed_from_the_callers_last_sample(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(2.84, 5.0)
    call.says(3.0, "We are open.")
    assert replied(call) == Verdict(True, "the agent said 'We are open.' 840 ms after the caller's last sample")


@pytest.mark.parametrize(("at", "passed"), [(3.5, True), (3.502, False)])
def test_a_reply_must_begin_in_time(call: PlayedCall, at: float, passed: bool) -> None:
    call.caller(1.0, 2.0)
    call.agent(at, at + 2)
    assert replied(call, within="1.5 s").passed is passed


def test_what_the_agent_was_saying_anyway_is_no_reply(call: PlayedCall) -> None:
    call.agent(0.1, 9.0)
    call.caller(1.0, 2.0)
    assert not replied(call, within="3 s").passed


def test_a_reply_after_an_interruption_counts(call: PlayedCall) -> None:
    call.agent(0.1, 1.4, interrupted=True)
    call.caller(1.0, 2.0, "No, stop.")
    call.agent(2.6, 4.0)
    call.says(2.7, "Of course.")
    assert replied(call, **{"with": "of course"}).passed


def test_the_words_may_come_before_their_sound(call: PlayedCall) -> None:
    call.agent(0.1, 1.4, interrupted=True)
    call.says(0.2, "On Mondays we are open.")
    call.caller(1.0, 2.0, "No, stop.")
    call.says(2.4, "On which day")
    call.agent(2.6, 4.0)
    call.says(2.7, " would you like to come?")
    verdict = replied(call, **{"with": "on which day"})
    told = "the agent said 'On which day' 600 ms after the caller's last sample"
    assert verdict == Verdict(True, told)


def test_the_words_may_come_late_in_the_reply(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(2.5, 4.0)
    call.says(2.6, "One moment, please.")
    call.agent(5.0, 7.0)
    call.says(5.1, "Done, you are booked for Friday.")
    assert replied(call, **{"with": "/booked for friday/"}).passed


def test_other_words_are_told(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(2.5, 4.0)
    call.says(2.6, "Pardon?")
    verdict = replied(call, **{"with": "booked"})
    told = "the agent said 'Pardon?' 500 ms after the caller's last sample, without 'booked'"
    assert verdict == Verdict(False, told)


def test_a_reply_over_the_caller_is_told_as_such(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(1.75, 4.0)
    assert replied(call).observed.endswith("250 ms before the caller had finished")


def test_no_reply_tells_what_the_agent_was_doing(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.state(2.4, "thinking")
    told = "no reply within 3.00 s of the caller's last sample; it was thinking"
    assert replied(call) == Verdict(False, told)


def test_the_agent_never_replies(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(2.5, 4.0)
    call.says(2.6, "Pardon?")
    assert not call.never("agent replies").passed
    assert call.never({"expect": "agent replies", "with": "booked"}).passed


def test_nobody_replies_to_nothing(call: PlayedCall) -> None:
    assert replied(call) == Verdict(False, "nobody had said anything to reply to")

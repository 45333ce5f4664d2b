import pytest

from callagent.journal import EndReason
from callagent.scripted_calls.measure.labels import Label
from callagent.scripted_calls.script.steps.expectations.no_turn_lost import NoTurnLost
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall

STEP = NoTurnLost(expect="no turn lost")
FRIDAY = Label(1, None, "Friday.", False)


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert STEP.describe() == "no turn of the caller is lost"


def test_a_turn_that_never_reached_the_model_is_lost(call: PlayedCall) -> None:
    call.caller(1.0, 2.0, "Friday.")
    lost = STEP.look_back(call.evidence(None, FRIDAY))
    assert lost == Verdict(False, "'Friday.' at 1.00 s never reached the model")


def test_a_turn_in_the_conversation_is_not_lost(call: PlayedCall) -> None:
    call.caller(1.0, 2.0, "Friday.")
    call.user_turn(2.4, "Friday.")
    kept = STEP.look_back(call.evidence(None, FRIDAY))
    assert kept == Verdict(True, "1 of 1 turns reached the model")


def test_an_acknowledgement_while_the_agent_speaks_is_no_turn(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    call.caller(1.0, 2.0, "Okay.")
    assert not STEP.look_back(call.evidence(None, Label(1, None, "Okay.", False, polite=True))).passed


def test_what_is_said_over_the_last_sentence_is_named_and_not_lost(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    call.caller(1.0, 2.0, "Friday.")
    call.user_turn(9.0, "Friday.")
    call.ends(9.0, "agent hung up")
    told = "0 of 1 turns reached the model; 'Friday.' at 1.00 s was said over the agent's last sentence"
    assert STEP.look_back(call.evidence(None, FRIDAY)) == Verdict(True, told)


@pytest.mark.parametrize(
    ("interrupted", "goes_on", "reason"),
    [
        (True, False, "agent hung up"),
        (False, True, "agent hung up"),
        (False, False, "caller hung up"),
    ],
)
def test_what_is_said_over_another_sentence_is_lost_without_the_model(
    call: PlayedCall, interrupted: bool, goes_on: bool, reason: EndReason
) -> None:
    call.agent(0.5, 5.0, interrupted=interrupted)
    if goes_on:
        call.agent(6.0, 9.0)
    call.caller(1.0, 2.0, "Friday.")
    call.ends(9.0, reason)
    assert not STEP.look_back(call.evidence(None, FRIDAY)).passed

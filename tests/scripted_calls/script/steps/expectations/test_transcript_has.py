import pytest

from callagent.scripted_calls.script.steps.expectations.transcript_has import TranscriptHas
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def has(phrase: str, **of: str) -> TranscriptHas:
    return TranscriptHas.model_validate({"expect": {"transcript": phrase, **of}, "within": "2 s"})


def transcript(call: PlayedCall, phrase: str, **of: str) -> Verdict:
    return call.carry_out(has(phrase, **of))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert has("friday").describe() == "the transcript has 'friday'"
    assert has("friday", of="agent").describe() == "the transcript has 'friday', said by the agent"


def test_the_transcript_is_of_both_sides_or_of_one(call: PlayedCall) -> None:
    call.user_turn(1.0, "On Friday, please.")
    assert transcript(call, "friday") == Verdict(True, "the transcript has 'Friday'")
    assert transcript(call, "friday", of="caller").passed
    assert transcript(call, "friday", of="agent") == Verdict(False, "the transcript is empty")


def test_words_that_come_too_late_are_not_in_it(call: PlayedCall) -> None:
    call.user_turn(0.5, "On Monday, please.")
    call.user_turn(2.1, "On Friday, please.")
    assert transcript(call, "friday") == Verdict(False, "the transcript is 'On Monday, please.'")


def test_words_never_come_into_it(call: PlayedCall) -> None:
    call.user_turn(3.0, "Yes please.")
    assert not call.never({"transcript": "please"}).passed
    assert call.never({"transcript": "please", "of": "agent"}).passed

from typing import Any

import pytest

from callagent.calls.expectations.outcomes import is_transferred, keys_are_sent, says, transcript_has
from callagent.calls.expectations.verdict import Verdict
from callagent.calls.outcomes import IsTransferred, KeysAreSent, Says, TranscriptHas
from tests.support.played_call import PlayedCall


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def keys(call: PlayedCall, wanted: str) -> Verdict:
    step = KeysAreSent.model_validate({"expect": {"dtmf_sent": wanted}, "within": "2 s"})
    return call.judge(lambda scene: keys_are_sent(step, scene))


def transferred(call: PlayedCall, to: str) -> Verdict:
    step = IsTransferred.model_validate({"expect": {"transfer": to}, "within": "2 s"})
    return call.judge(lambda scene: is_transferred(step, scene))


def transcript(call: PlayedCall, phrase: str, **of: str) -> Verdict:
    step = TranscriptHas.model_validate({"expect": {"transcript": phrase, **of}, "within": "2 s"})
    return call.judge(lambda scene: transcript_has(step, scene))


def said(call: PlayedCall, phrase: str, within: str = "2 s") -> Verdict:
    step = Says.model_validate({"expect": "agent says", "with": phrase, "within": within})
    return call.judge(lambda scene: says(step, scene))


def test_keys_come_one_after_the_other(call: PlayedCall) -> None:
    call.keys_sent(1.0, "1")
    call.keys_sent(1.2, "2")
    assert keys(call, "12") == Verdict(True, "the agent sent 12 at 1.20 s")


def test_other_keys_are_told(call: PlayedCall) -> None:
    call.keys_sent(1.0, "3")
    assert keys(call, "12") == Verdict(False, "the agent sent 3")


def test_each_key_meets_one_expectation(call: PlayedCall) -> None:
    call.keys_sent(1.0, "1")
    step = KeysAreSent.model_validate({"expect": {"dtmf_sent": "1"}, "within": "2 s"})

    async def twice(scene: Any) -> Verdict:
        assert (await keys_are_sent(step, scene)).passed
        return await keys_are_sent(step, scene)

    assert not call.judge(twice).passed


def test_a_transfer_is_requested_to_a_number_however_it_is_written(call: PlayedCall) -> None:
    call.transfer(1.0, "+12025550100")
    assert transferred(call, "+1 202 555-0100") == Verdict(True, "a transfer to +12025550100 was requested at 1.00 s")


def test_a_transfer_elsewhere_and_its_refusal_are_told(call: PlayedCall) -> None:
    call.transfer(1.0, "+12025550100", refused="busy")
    told = "a transfer to +12025550100 was requested at 1.00 s, refused: busy"
    assert transferred(call, "/999/") == Verdict(False, told)
    assert transferred(PlayedCall(), "/999/") == Verdict(False, "no transfer was requested")


def test_the_transcript_is_of_both_sides_or_of_one(call: PlayedCall) -> None:
    call.user_turn(1.0, "On Friday, please.")
    assert transcript(call, "friday") == Verdict(True, "the transcript has 'Friday'")
    assert transcript(call, "friday", of="caller").passed
    assert transcript(call, "friday", of="agent") == Verdict(False, "the transcript is empty")


@pytest.mark.parametrize(
    ("phrase", "within", "verdict"),
    [
        ("moment", "2 s", Verdict(True, "the agent said 'moment' at 1.50 s")),
        ("moment", "1 s", Verdict(False, "it said nothing for 1.00 s")),
        ("goodbye", "2 s", Verdict(False, "it said 'One moment.'")),
    ],
)
def test_words_are_said_in_time(call: PlayedCall, phrase: str, within: str, verdict: Verdict) -> None:
    call.agent(0.5, 5.0)
    call.says(1.5, "One moment.")
    assert said(call, phrase, within) == verdict

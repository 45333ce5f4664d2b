import pytest

from callagent.scripted_calls.script.steps.expectations.transfer_requested import IsTransferred
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def is_transferred(to: str) -> IsTransferred:
    return IsTransferred.model_validate({"expect": {"transfer": to}, "within": "2 s"})


def transferred(call: PlayedCall, to: str) -> Verdict:
    return call.carry_out(is_transferred(to))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert is_transferred("+12025550100").describe() == "a transfer to +12025550100 is requested within 2 s"


def test_a_transfer_is_requested_to_a_number_however_it_is_written(call: PlayedCall) -> None:
    call.transfer(1.0, "+12025550100")
    assert transferred(call, "+1 202 555-0100") == Verdict(True, "a transfer to +12025550100 was requested at 1.00 s")


def test_a_transfer_elsewhere_and_its_refusal_are_told(call: PlayedCall) -> None:
    call.transfer(1.0, "+12025550100", refused="busy")
    told = "a transfer to +12025550100 was requested at 1.00 s, refused: busy"
    assert transferred(call, "/999/") == Verdict(False, told)
    assert transferred(PlayedCall(), "/999/") == Verdict(False, "no transfer was requested")


def test_a_transfer_is_never_requested(call: PlayedCall) -> None:
    call.transfer(2.0, "+12025550100")
    assert not call.never({"transfer": "+1 202 555-0100"}).passed
    assert call.never({"transfer": "/999/"}).passed

import pytest

from callagent.phone_numbers.call_parties import called_number, home_of, is_withheld


@pytest.mark.parametrize(
    ("ours", "country"),
    [
        (["+12025550100", "+12025550101"], "US"),
        (["+12025550100", "+4930123456"], None),
        (["+80012345678", "+12025550100"], "US"),
        (["+1", "+12025550100"], "US"),
        (["6002", "+12025550100"], "US"),
        (["6002"], None),
        ([], None),
    ],
)
def test_the_country_of_our_numbers(ours: list[str], country: str | None) -> None:
    assert home_of(ours) == country


@pytest.mark.parametrize(
    ("sent", "ours", "called"),
    [
        ("2025550100", ["+12025550100"], ("+12025550100", "US")),
        ("020 7946 0100", ["+442079460100", "+12025550100"], ("+442079460100", "GB")),
        ("+80012345678", ["+12025550100"], ("+80012345678", "US")),
        ("+80012345678", ["+12025550100", "+4930123456"], ("+80012345678", None)),
        ("6002", ["+12025550100"], ("6002", "US")),
        ("6002", [], ("6002", None)),
    ],
)
def test_the_number_that_was_called(sent: str, ours: list[str], called: tuple[str, str | None]) -> None:
    assert called_number(sent, ours) == called


@pytest.mark.parametrize("sent", ["anonymous", "+266696687", '"Private" <sip:no_number@pbx>', "sip:Unknown-Caller@pbx"])
def test_a_caller_who_is_not_shown(sent: str) -> None:
    assert is_withheld(sent)


@pytest.mark.parametrize("sent", ["+12025550123", "Ann", "sip:6002@anonymous"])
def test_a_caller_who_is_shown(sent: str) -> None:
    assert not is_withheld(sent)

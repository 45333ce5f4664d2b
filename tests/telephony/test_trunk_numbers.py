import pytest

from callagent.telephony.trunk_numbers import (
    as_on_trunk,
    caller_id,
    first_number,
    is_on_trunk,
    local_form,
    trunk_number,
)


@pytest.mark.parametrize(
    ("text", "region", "shown", "country"),
    [
        ("+12025550100", None, "+12025550100", "US"),
        ("2025550100", "US", "+12025550100", "US"),
        ("6002", None, "6002", ""),
        ("6002", "US", "6002", ""),
        ("100", None, "100", ""),
        ("02627855555", None, "02627855555", ""),
        ("12345678", None, "12345678", ""),
        ("*97", None, "*97", ""),
        ("411", "US", "411", ""),
    ],
)
def test_a_caller_id_is_a_number_or_an_extension(text: str, region: str | None, shown: str, country: str) -> None:
    number = caller_id(text, region)
    assert (number.e164, number.region) == (shown, country)


@pytest.mark.parametrize(
    "text", ["911", "112", "+1911", "+1411", "x", "123456789", "2025550100", "+12025550100 x7", "*", ""]
)
def test_nobody_calls_from_what_cannot_be_called_back(text: str) -> None:
    with pytest.raises(ValueError):
        caller_id(text)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        (("+12025550100", "+12025550101"), "+12025550100"),
        (("6002",), "6002"),
        (("*", "02627855555"), "02627855555"),
        (("911", "+1911", "nobody", "100"), "100"),
        (("+1411", "100", "101"), "100"),
    ],
)
def test_without_a_wish_the_first_number_of_the_trunk_is_shown(numbers: tuple[str, ...], shown: str) -> None:
    number = first_number(numbers)
    assert number is not None
    assert number.e164 == shown


def test_a_trunk_that_takes_any_caller_id_has_no_first_one() -> None:
    assert first_number(("*",)) is None


@pytest.mark.parametrize(
    ("caller", "on_trunk", "shown"),
    [
        ("+12025550100", "+1 202 555 0100", "+12025550100"),
        ("+12025550100", "2025550100", "2025550100"),
        ("+492627855555", "02627855555", "02627855555"),
        ("6002", "6002", "6002"),
    ],
)
def test_a_caller_id_is_shown_as_its_trunk_writes_it(caller: str, on_trunk: str, shown: str) -> None:
    number = caller_id(caller)
    assert is_on_trunk(number, ("+12025550199", on_trunk))
    found = as_on_trunk(number, ("+12025550199", on_trunk))
    assert (found.e164, found.region) == (shown, number.region)


def test_what_is_not_on_the_trunk_is_not_and_stays_as_it_is() -> None:
    number = caller_id("+12025550100")
    assert not is_on_trunk(number, ("6002", "+12025550199"))
    assert as_on_trunk(number, ("*",)) == number
    assert is_on_trunk(number, ("*",))


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("6002", "6002"),
        ("*97", "*97"),
        ("(202) 555-01/00", "2025550100"),
        ("1" * 20, "1" * 20),
        ("1" * 21, None),
        ("#*", None),
        ("+12025550100", None),
        ("٣", None),
        ("", None),
    ],
)
def test_what_a_carrier_sends_without_a_country_is_digits(text: str, local: str | None) -> None:
    assert local_form(text) == local


@pytest.mark.parametrize(
    ("text", "number"), [("+1 202 555 0100", "+12025550100"), ("(202) 555-0100", "2025550100"), ("411", "411")]
)
def test_a_number_of_a_trunk(text: str, number: str) -> None:
    assert trunk_number(text) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("112", "is an emergency number, not one of a trunk"),
        ("+1911", "is an emergency number, not one of a subscriber"),
        ("+1411", "is a short number, not one of a subscriber"),
        ("+12025550100 x7", "has an extension, which a trunk does not know"),
        ("*", "contains no digits"),
    ],
)
def test_what_is_no_number_of_a_trunk(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as raised:
        trunk_number(text)
    assert str(raised.value) == f"'{text}' {problem}"


@pytest.mark.parametrize(
    ("caller", "on_trunk"),
    [("+12025550100", "2025550100"), ("+12025550100", "+1-202-555-0100"), ("+4930123456", "030 123456")],
)
def test_a_number_is_on_the_trunk_however_it_is_written_there(caller: str, on_trunk: str) -> None:
    assert is_on_trunk(caller_id(caller), (on_trunk,))


def test_a_number_of_another_country_is_not_the_same_because_its_digits_are() -> None:
    assert not is_on_trunk(caller_id("+4930123456"), ("+4330123456", "+12025550100", "nobody"))

import pytest

from callagent.telephony.number_lists.cells import as_typed, is_missing, lacks_region, may_hold_number, number_in


@pytest.mark.parametrize("text", ["", " ", "N/A", "#N/A", "-", "0", "000 000", "k. A.", "नहीं", "None", "no_phone"])
def test_a_cell_says_that_there_is_no_number(text: str) -> None:
    assert is_missing(text)


@pytest.mark.parametrize("text", ["1", "+12025550123", "00 1", "Ann", "nobody"])
def test_a_cell_with_anything_else_is_not_missing(text: str) -> None:
    assert not is_missing(text)


@pytest.mark.parametrize(("text", "may"), [("1234", False), ("12345", True), ("1-2-3-4-5", True), ("abcdefg", False)])
def test_five_digits_may_be_a_number(text: str, may: bool) -> None:
    assert may_hold_number(text) is may


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("'+12025550123", "+12025550123"),
        ("' (202) 555-0123", "(202) 555-0123"),
        ('="+12025550123"', "+12025550123"),
        ("+12025550123", "+12025550123"),
        ("'s", "'s"),
    ],
)
def test_what_a_spreadsheet_adds_is_taken_off(text: str, typed: str) -> None:
    assert as_typed(text) == typed


def test_the_number_of_a_cell() -> None:
    assert number_in("'(202) 555-0123", "US").e164 == "+12025550123"


def test_a_long_text_that_says_there_is_none_is_shown_in_part() -> None:
    for zeros in (60, 61):
        with pytest.raises(ValueError, match=rf"^has no number \('{'0' * 60}'\)$"):
            number_in("0" * zeros)
    with pytest.raises(ValueError, match=r"^has no number$"):
        number_in("")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("12345 or 67890", "'12345' and '67890'"),
        ("+12025550123 ::: +12025550124", "'+12025550123' and '+12025550124'"),
        (f"{'1' * 41}, 67890", f"'{'1' * 40}' and '67890'"),
        (f"{'1' * 40}, 67890", f"'{'1' * 40}' and '67890'"),
        ("11111;22222;33333;44444", "'11111' and '22222' and '33333' and '44444'"),
        ("11111;22222;33333;44444;55555", "'11111' and '22222' and '33333' and '44444'"),
    ],
)
def test_several_numbers_in_a_cell_are_named(text: str, named: str) -> None:
    with pytest.raises(ValueError) as raised:
        number_in(text)
    assert str(raised.value) == f"holds more than one number, {named}: keep the one that is to be called"


@pytest.mark.parametrize("text", ["123456", "12345 or nobody", "+1202555 and 1"])
def test_one_wrong_number_is_not_several(text: str) -> None:
    with pytest.raises(ValueError, match=r"^'"):
        number_in(text)


@pytest.mark.parametrize(
    ("text", "region", "lacks"),
    [
        ("2025550123", None, True),
        ("(202) 555-0123", None, True),
        ("030/12345–67", None, True),  # noqa: RUF001 - as spreadsheets write it
        ("2025550123", "US", False),
        ("1234", None, False),
        ("+12025550123", None, False),
        ("2025550123 home", None, False),
    ],
)
def test_a_national_number_lacks_its_country(text: str, region: str | None, lacks: bool) -> None:
    assert lacks_region(text, region) is lacks

"""Letters for digits, and marks between what could be two numbers, judged with the plan at hand."""

import pytest

from callagent.phone_numbers.number import InvalidNumber, parse_number


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("1-800-5550-CAT", "US", "+18005550228"),
        ("1-800-555-5CAT", "US", "+18005555228"),
        ("1-8005550CAT", "US", "+18005550228"),
        ("800-FLOWERS", "US", "+18003569377"),
        ("202HOMECAT", "US", "+12024663228"),
        ("20-2HOMECAT", "US", "+12024663228"),
        ("+12 02HOMECAT", None, "+12024663228"),
        ("+120 2 HOMECAT", None, "+12024663228"),
        ("0800 CATDOGS", "DE", "+498002283647"),
        ("+44 800 FLOWERS", None, "+448003569377"),
        ("1300 CATDOG", "AU", "+611300228364"),
    ],
)
def test_a_number_ends_in_letters_behind_its_area_code(written: str, region: str | None, e164: str) -> None:
    assert parse_number(written, region).e164 == e164


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("1-800-FLO", "US"),
        ("1-800-FLOWERSFLOWERS", "US"),
        ("+999 FLOWERS", None),
        ("1-800-55500-AT", "US"),
        ("1-800-555-OIL1", "US"),
        ("1-800-OILOILO", "US"),
        ("1-800-FL0WERS", "US"),
        ("1-800-F1OWERS", "US"),
        ("202 5550 CAT", "US"),
        ("202 555 HOME", "US"),
        ("+1 20 HOMECATS", None),
        ("030 CATDOGS", "DE"),
        ("0171 CATDOGS", "DE"),
        ("+44 20 FLOWERSS", None),
        ("2025550123-CAT", "US"),
    ],
)
def test_other_letters_are_words(written: str, region: str | None) -> None:
    with pytest.raises(InvalidNumber, match="has words behind the number"):
        parse_number(written, region)


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("030 - 1234567", "DE", "+49301234567"),
        ("030  1234567", "DE", "+49301234567"),
        ("03012 / 345678", "DE", "+493012345678"),
        ("202 / 555 / 0123", "US", "+12025550123"),
        ("+1  202  555-0123", None, "+12025550123"),
        ("+49 / 30 1234567", None, "+49301234567"),
        ("02079 / 460123", "GB", "+442079460123"),
        ("+39 06 / 6982", None, "+39066982"),
    ],
)
def test_a_mark_may_stand_where_no_number_ends(written: str, region: str | None, e164: str) -> None:
    assert parse_number(written, region).e164 == e164


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("030 1234567 / 1235", "DE"),
        ("0503234 / 547", "AE"),  # six digits are no area code
        ("0301234 / 34567", "DE"),
        ("0301234  34567", "DE"),
        ("0301234 -- 34567", "DE"),
        ("(202) 555-0123 / 4", "US"),
        ("2025550123 - 4", "US"),
        ("5550123 / 5550124", "US"),
        ("+49 30 1234 - 5678", None),
    ],
)
def test_a_mark_behind_a_number_parts_two(written: str, region: str | None) -> None:
    with pytest.raises(InvalidNumber, match="seems to hold two numbers"):
        parse_number(written, region)

import pytest

from callagent.agent.number_reading.digit_groups import spell
from callagent.profile import NumberReading

READING = NumberReading(region="US", phone_group=3)


def test_written_groups_are_kept() -> None:
    assert spell("(415) 555-0112", "telephone", READING) == "4 1 5, 5 5 5, 0 1 1 2"


def test_the_plus_is_a_word_of_the_locale() -> None:
    reading = NumberReading(region="ES", plus="más")
    assert spell("+34 912 345 678", "telephone", reading) == "más 3 4, 9 1 2, 3 4 5, 6 7 8"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("4155550112", "4 1 5, 5 5 5, 0 1 1 2"),
        ("14155550112", "1, 4 1 5, 5 5 5, 0 1 1 2"),
        ("+14155550112", "plus 1, 4 1 5, 5 5 5, 0 1 1 2"),
        ("+442079460100", "plus 4 4, 2 0, 7 9 4 6, 0 1 0 0"),
        ("011442079460100", "0 1 1, 4 4, 2 0, 7 9 4 6, 0 1 0 0"),
    ],
)
def test_a_number_without_gaps_is_grouped_as_in_its_country(written: str, spoken: str) -> None:
    assert spell(written, "telephone", READING) == spoken


def test_codes_are_grouped_by_the_profile() -> None:
    assert spell("276983", "code", READING) == "2 7 6, 9 8 3"
    assert spell("12345678", "code", NumberReading(phone_group=2, pause=" - ")) == "1 2 - 3 4 - 5 6 - 7 8"
    assert spell("1234567", "code", READING) == "1 2 3, 4 5 6 7"  # no digit stands alone
    assert spell("94107", "code", READING) == "9 4 1 0 7"


def test_cards_are_read_in_fours() -> None:
    assert spell("4111111111111111", "code", READING) == "4 1 1 1, 1 1 1 1, 1 1 1 1, 1 1 1 1"


def test_full_width_digits_become_plain_ones() -> None:
    assert spell("\uff10\uff13\uff0d\uff11\uff12\uff13\uff14", "telephone", READING) == "0 3, 1 2 3 4"

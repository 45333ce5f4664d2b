"""Whether a date is still unfinished, by what was asked and what has been said of it."""

import pytest

from callagent.turns.endpointing.dates import date_unfinished
from callagent.turns.endpointing.said import Said

BORN = "What is your date of birth?"
DAY = "On what date?"
HELP = "How can I help you?"
GEBOREN = "Wie lautet Ihr Geburtsdatum?"
BIRTHDAY = "生年月日をお願いします。"


def unfinished(text: str, question: str, locale: str = "en-US") -> bool:
    return date_unfinished(Said.of(text, question, locale))


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("fourth of", True),
        ("On the 31 of", True),
        ("32 of", False),
        ("On the 1 of", True),
        ("0 of", False),
        ("A friend of", False),
        ("of", False),
        ("", False),
    ],
)
def test_a_day_and_of_begin_a_date_whatever_was_asked(said: str, waits: bool) -> None:
    assert unfinished(said, HELP) is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("12/04", False),
        ("12", True),
        ("the fourth, 12", False),
        ("the fourth", True),
        ("fourth twelfth", False),
        ("4 December", False),
        ("041224", False),
    ],
)
def test_a_date_is_a_day_and_a_month(said: str, waits: bool) -> None:
    assert unfinished(said, DAY) is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("041284", False),
        ("04128", True),
        ("0412198", True),
        ("04121984", False),
        ("12 04 198", True),
        ("12 04 84", False),
        ("12 04 19", True),
        ("4 December 19 84", False),
        ("December 4 19", True),
        ("nineteen hundred", True),
        ("1984", True),
        ("1984-12", True),
        ("1984-12-4", False),
        ("1984-12-19", False),
        ("the fourth, twelve, two thousand", False),
    ],
)
def test_a_date_of_birth_has_a_year_in_front_or_behind(said: str, waits: bool) -> None:
    assert unfinished(said, BORN) is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("vierter zwölf neunzehnhundertvierundachtzig", False),
        ("1984 vierter zwölfter", False),
        ("1984 vierter", True),
        ("vierter zwölfter 84", False),
        ("vierter 12 84", False),
        ("vierter, nein, fünfter zwölfter, eins neun acht vier", False),
        ("vierter zwölfter, eins neun", True),
    ],
)
def test_days_and_months_may_be_ordinals(said: str, waits: bool) -> None:
    assert unfinished(said, GEBOREN, "de-DE") is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("1984 12 04", False),
        ("1984 12", True),
        ("19841204", False),
        ("昭和59年", True),
        ("昭和59年の", True),
        ("1984年12月", True),
        ("1984年12月4", True),
        ("1984年12月4日", False),
        ("12月生まれ", False),
        ("はい", False),
    ],
)
def test_a_japanese_date_ends_with_the_sign_of_the_day(said: str, waits: bool) -> None:
    assert unfinished(said, BIRTHDAY, "ja-JP") is waits


def test_a_month_and_a_word_of_birth_make_a_date_of_birth() -> None:
    assert unfinished("I was born on December 4", HELP)
    assert not unfinished("I was born on December 4, 1984", HELP)
    assert not unfinished("I was born on a 4", HELP)

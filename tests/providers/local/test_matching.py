import pytest

from callagent.providers.local.matching import match_when


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("opening hours", "What are your OPENING hours?"),
        ("book appointment", "I'd like to book an appointment."),
        ("check-up", "a check up, please"),
        ("/^(yes|yeah)\\b/", "Yeah, sure"),
        ("/half past (?:nine|ten)/", "At Half Past Nine"),
        ("予約", "予約をお願いします"),
    ],
)
def test_matches(when: str, said: str) -> None:
    assert match_when(when, said) == {}


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("opening hours", "hours of opening"),
        ("book", "a booking"),
        ("friday", ""),
        ("...", "anything"),
        ("/^yes$/", "yes please"),
    ],
)
def test_does_not_match(when: str, said: str) -> None:
    assert match_when(when, said) is None


def test_named_groups_are_given_out() -> None:
    assert match_when("/on (?P<day>friday|tuesday)(?P<hour> at \\d)?/", "On Friday, please") == {"day": "Friday"}

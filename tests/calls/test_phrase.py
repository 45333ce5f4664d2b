import pytest

from callagent.calls.phrase import Match, find

TEXT = "Done, you're booked for Friday. Anything else?"


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("booked for friday", "booked for Friday"),
        ("done booked", "Done, you're booked"),
        ("you're", "you're"),
        ("you\u2019re booked", "you're booked"),
        ("/book\\w+ for/", "booked for"),
        ("/BOOKED/", "booked"),
        ("friday booked", None),
        ("book", None),
        ("/monday/", None),
    ],
)
def test_words_are_found_in_order_and_expressions_anywhere(phrase: str, found: str | None) -> None:
    match = find(phrase, TEXT)
    assert (None if match is None else TEXT[match.start : match.end]) == found


def test_the_search_can_begin_later() -> None:
    assert find("anything", TEXT, 10) == Match(32, 40)
    assert find("done", TEXT, 1) is None

"""A text that comes in pieces: the same result however it is cut, nothing held in vain, and no cost to speak of."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.agent.number_reading import digit_reader, read_digits
from callagent.agent.number_reading.text_stream import BEFORE, LONGEST_RUN, MOST_NUMBERS, NumberReader
from callagent.profile import NumberReading
from tests.support.processor import processor_time

READING = NumberReading(region="US")
SIZE = 100_000
TEXTS = [
    "Call us at (415) 555-0112.",
    "Call +1 415 555 0112 or 1-800-444-4141, your code is 276983.",
    "That is $1234567.50 for order A1234567 is it?",
    "Call 415-555-0112 ext. 12, then 911 (or +44 20 7946 0958).",
    "In 1999-2000 about 1500000 people, 1,234,567 dollars, 50 %",
    "IBAN GB82 WEST 1234 5698 7654 32, card 4111 1111 1111 1111",
    "Mail 4155550112@example.com or 4155550112.example.com",
    "Please 112 call, 112 rooms. (2) +5 ((1",
    "電話番号は\uff10\uff13\u2212\uff11\uff12\uff13\uff14です。",
    "12 34 56 78 " * 12 + "end 415-555-0112",
]


def cut(text: str, sizes: list[int]) -> list[str]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


def read(pieces: list[str]) -> list[str]:
    reader = NumberReader(READING)
    return [*map(reader.feed, pieces), reader.finish()]


@given(st.sampled_from(TEXTS), st.lists(st.integers(0, 9), max_size=40))
def test_the_result_does_not_depend_on_where_a_text_is_cut(text: str, sizes: list[int]) -> None:
    assert "".join(read(cut(text, sizes))) == read_digits(text, READING)


@given(st.text("0123456789 -+().,/$%xA is", max_size=60), st.lists(st.integers(0, 5), max_size=40))
def test_nor_does_that_of_any_other_text(text: str, sizes: list[int]) -> None:
    assert "".join(read(cut(text, sizes))) == read_digits(text, READING)


@pytest.mark.parametrize("text", TEXTS)
def test_letter_by_letter_is_as_good_as_at_once(text: str) -> None:
    assert "".join(read(list(text))) == read_digits(text, READING)


def test_text_without_numbers_passes_at_once() -> None:
    pieces = ["Your", " order", " is", " on", " its", " way", ", call", " us", ".", " A", "nd", "\n", "bye"]
    assert read(pieces) == [*pieces, ""]


def test_a_count_passes_as_soon_as_it_has_ended() -> None:
    assert read(["We have 12", " ", "rooms", " free"]) == ["We have ", "", "12 rooms", " free", ""]


def test_a_telephone_number_passes_with_the_word_behind_it() -> None:
    assert read(["Call 415", "-555-0112", " now", " please"])[:3] == ["Call ", "", ""]
    assert read(["Call 415", "-555-0112", " now", " please"])[3] == "4 1 5, 5 5 5, 0 1 1 2 now please"


def test_the_end_of_the_text_ends_a_number() -> None:
    assert read(["Call 415-555-0112"]) == ["Call ", "4 1 5, 5 5 5, 0 1 1 2"]
    assert read(["See (", ""]) == ["See ", "", "("]


def test_words_are_remembered_over_pieces() -> None:
    assert "".join(read(["Your co", "de", " is", " ", "4711."])) == "Your code is 4 7 1 1."


def test_a_string_longer_than_any_number_is_left_alone() -> None:
    digits = "7" * (LONGEST_RUN + 1)
    assert read_digits(digits, READING) == digits
    assert max(map(len, read(list(digits)))) <= LONGEST_RUN + 1
    assert read_digits(f"{digits} now 415-555-0112", READING) == f"{digits} now 4 1 5, 5 5 5, 0 1 1 2"


def test_more_numbers_than_anybody_listens_to_are_left_alone() -> None:
    counts = "1, 2; " * (MOST_NUMBERS // 2)
    assert read_digits(f"{counts}415-555-0112", READING) == f"{counts}415-555-0112"


def test_words_too_far_away_say_nothing() -> None:
    assert read_digits("code" + " " * (BEFORE + 1) + "276983", READING).endswith(" 276983")


@pytest.mark.parametrize(
    "unit",
    ["7", "7 ", "(1", "1.", "A1", "1) -", "call 415-555-0112, ", "code 12, ", "112 a, ", "1 AAAA ", "+", "number is "],
)
@pytest.mark.parametrize("size", [7, SIZE])
def test_no_text_takes_long(unit: str, size: int) -> None:
    text = unit * (SIZE // len(unit))
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    read_digits("+12025550112, 2025550112, 112.", READING)
    assert processor_time(lambda: read(pieces)) < 0.5


async def test_the_transform_reads_a_stream() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in ["Call ", "555", "0123", "456", " today."]:
            yield piece

    spoken = [piece async for piece in digit_reader(READING)(pieces())]
    assert "".join(spoken) == "Call 5 5 5, 0 1 2, 3 4 5 6 today."
    assert all(spoken)

from collections.abc import AsyncIterator

import pytest

from callagent.agent.reading import digit_reader, read_digits
from callagent.profile import NumberReading

READING = NumberReading(phone_group=3, pause=", ")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Call 5550123456 now", "Call 5 5 5, 0 1 2, 3 4 5 6 now"),
        ("+44 20 7946 0958", "+ 4 4 2, 0 7 9, 4 6 0, 9 5 8"),
        ("from 9 to 18", "from 9 to 18"),
        ("123456", "123456"),
        ("1234567.50 dollars", "1234567.50 dollars"),
        ("order A12345678", "order A12345678"),
    ],
)
def test_strings_of_digits_are_spelt_in_groups(written: str, read: str) -> None:
    assert read_digits(written, READING) == read


def test_group_size_and_pause_are_the_profiles() -> None:
    assert read_digits("12345678", NumberReading(phone_group=2, pause=" - ")) == "1 2 - 3 4 - 5 6 - 7 8"


async def test_a_number_cut_by_the_stream_is_read_whole() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in ["Call ", "555", "0123", "456", " today."]:
            yield piece

    read = [piece async for piece in digit_reader(READING)(pieces())]
    assert "".join(read) == "Call 5 5 5, 0 1 2, 3 4 5 6 today."

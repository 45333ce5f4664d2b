"""Reading takes time in proportion to the text, whatever is in it and however it is cut."""

import time

import pytest

from callagent.agent.number_reading.text_stream import NumberReader, warm_up
from callagent.profile import load_profile

SIZE = 100_000
LONGEST_S = 0.15
"""Seconds of processor time for a piece; a piece of 100 kB with 200 telephone numbers takes two thirds of it."""
PATTERNS = {
    "digits": "1",
    "digits apart": "1 ",
    "decimals": "1.",
    "brackets": "(",
    "plus": "(+",
    "letters": "a",
    "codes": "code 7QP2 ",
    "telephones": "call 2025550112 ",
    "emergency": "112 ",
    "addresses": "a@b.c1",
    "Arabic digits": "\u0661",
    "spaces": "1" + " " * 50,
    "accounts": "DE44 5001 0517 5407 3249 31 ",
    "mixture": "1(2)3-4/5.6,7'8:9 ",
}


@pytest.mark.parametrize("size", [SIZE, 7])
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_no_text_takes_long_to_read(pattern: str, size: int) -> None:
    reading = load_profile("en-US", env={}).number_reading
    warm_up(reading)
    text = (pattern * (SIZE // len(pattern) + 1))[:SIZE]
    reader = NumberReader(reading)
    worst = total = 0.0
    for at in range(0, SIZE, size):
        began = time.process_time()
        reader.feed(text[at : at + size])
        took = time.process_time() - began
        worst, total = max(worst, took), total + took
    assert worst < LONGEST_S
    assert total < 2.0

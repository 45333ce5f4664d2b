"""How strings of digits are read aloud: digit by digit, in groups, in the way of the locale."""

import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callagent.profile import NumberReading

LONGEST_NUMBER = 6
"""Digits in a row up to which a voice reads a number as a number; longer ones are telephone numbers and codes."""

_DIGITS = re.compile(rf"(?<![\w.,])\+?\d(?:[ -]?\d){{{LONGEST_NUMBER},}}(?![\w]|[.,]\d)")
_MAY_GO_ON = re.compile(r"[+\d][\d -]*\Z")


def digit_reader(reading: "NumberReading") -> Callable[[AsyncIterable[str]], AsyncIterable[str]]:
    """A text transform for livekit's `tts_text_transforms`: "5550123456" becomes "5 5 5, 0 1 2, 3 4 5 6"."""

    async def transform(text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        kept = ""
        async for piece in text:
            kept += piece
            cut = _MAY_GO_ON.search(kept)
            ready, kept = (kept, "") if cut is None else (kept[: cut.start()], kept[cut.start() :])
            if ready:
                yield read_digits(ready, reading)
        if kept:
            yield read_digits(kept, reading)

    return transform


def read_digits(text: str, reading: "NumberReading") -> str:
    """`text` with every string of seven digits or more spelt in groups of `reading.phone_group`."""
    return _DIGITS.sub(lambda found: _spell(found.group(), reading), text)


def _spell(found: str, reading: "NumberReading") -> str:
    digits = [c for c in found if c.isdigit()]
    size = reading.phone_group
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    plus = "+ " if found.startswith("+") else ""
    return plus + reading.pause.join(" ".join(group) for group in groups)

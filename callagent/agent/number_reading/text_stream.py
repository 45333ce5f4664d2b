"""Reading numbers in a text that comes in pieces: the result depends on the text alone, not on where it is cut."""

import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import TYPE_CHECKING

from callagent.agent.number_reading.announcements import ENDS, context_of, no_number_after
from callagent.agent.number_reading.digit_groups import spell
from callagent.agent.number_reading.number_kinds import Spelt, could_be_count, is_emergency, spelt_parts, whole

if TYPE_CHECKING:
    from callagent.profile import NumberReading

BEFORE = 120
"""Characters before a number that are looked at for words that say what it is."""
LONGEST_RUN = 64
"""Characters of the longest number, an IBAN or two telephone numbers in a row; anything longer is left as it is."""
MOST_NUMBERS = 200
"""Numbers that are looked at in one reply: more than anybody would listen to, and a limit to what a reply can cost."""

_LETTERS = r"0-9A-Za-z\u00c0-\u024f"
_SEPARATOR = r"(?: ?[-/] ?|[.,':]| {1,2}|(?: ?|\) ?)\(|\) ?[-/]? ?)"
_GROUPS = rf"[{_LETTERS}]*(?:(?:{_SEPARATOR}\d|-[A-Z]{{1,4}}\d| [A-Z]{{4}} \d)[{_LETTERS}]*)*"
_START = re.compile(r"\(?\+?\(?(?:\d|\Z)")
_MAY_BEGIN = re.compile(r"[\d(+（＋]")  # noqa: RUF001 (full width)
_MORE = re.compile(_GROUPS)
_MAY_GO_ON = re.compile(r"(?: ?[-/] ?|[.,':]| {0,2}|(?: ?|\) ?)\(|\) ?[-/]? ?|[- ][A-Z]{1,4}| [A-Z]{4} )\Z")
_SENTENCE = re.compile(rf"[^{ENDS}\d]{{24}}(?P<more>)|[^{ENDS}\d]*")
"""What follows an emergency number, as far as it may be about calling it."""
_DIGITS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0xFF10)
"""The zeros of the scripts with digits of their own, from Arabic to full width."""
_PLAIN = {zero + digit: str(digit) for zero in _DIGITS for digit in range(10)}
_PLAIN |= {**dict.fromkeys(range(0x2010, 0x2016), "-"), 0x2212: "-", 0xFF0D: "-", 0x00A0: " ", 0x202F: " ", 0x2009: " "}
_PLAIN |= {0xFF08: "(", 0xFF09: ")", 0xFF0B: "+", 0xFF0F: "/", 0x3000: " ", 0x2019: "'", 0xFF1A: ":", 0xFF0E: "."}


def digit_reader(reading: "NumberReading") -> Callable[[AsyncIterable[str]], AsyncIterable[str]]:
    """Return a text transform for livekit's `tts_text_transforms`: "5550123456" becomes "5 5 5, 0 1 2, 3 4 5 6"."""
    context_of(reading)

    async def transform(text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        reader = NumberReader(reading)
        async for piece in text:
            if ready := reader.feed(piece):
                yield ready
        if ready := reader.finish():
            yield ready

    return transform


def read_digits(text: str, reading: "NumberReading") -> str:
    """Return `text` with its telephone numbers, codes, cards and accounts spelt as `reading` says."""
    reader = NumberReader(reading)
    return reader.feed(text) + reader.finish()


def warm_up(reading: "NumberReading") -> None:
    """Read a telephone number, so that the first one in a call does not wait 0.1 s for tables and patterns."""
    read_digits("+12025550112, 2025550112, 112.", reading)


class NumberReader:
    """Reads one text. Only a number is held back, until what follows shows that it has ended and what it is."""

    def __init__(self, reading: "NumberReading") -> None:
        self._reading = reading
        self._context = context_of(reading)
        self._word = re.compile(rf" {{0,2}}(?:\S{{{self._context.longest_unit}}}(?P<more>)|\S*)")
        self._held = ""
        self._before = ""
        self._looked_at = 0
        self._in_long_run = False

    def feed(self, piece: str) -> str:
        """Return what can be said, now that `piece` has come."""
        if self._held or self._may_matter(piece):
            return self._read(piece, last=False)
        self._before = self._lead_up(piece.translate(_PLAIN), len(piece))
        return piece

    def finish(self) -> str:
        """Return what was still held, now that the text is over."""
        return self._read("", last=True)

    def _may_matter(self, piece: str) -> bool:
        if self._looked_at >= MOST_NUMBERS:
            return False
        if self._in_long_run:
            return not (piece.isascii() and piece.isalnum())
        return _MAY_BEGIN.search(piece) is not None

    def _read(self, piece: str, *, last: bool) -> str:
        text = self._held + piece
        plain = text.translate(_PLAIN)
        said: list[str] = []
        at = 0
        while at < len(text) and (step := self._step(text, plain, at, last)):
            spoken, at = step
            said.append(spoken)
        self._before = self._lead_up(plain, at)
        self._held = text[at:]
        return "".join(said)

    def _step(self, text: str, plain: str, at: int, last: bool) -> tuple[str, int] | None:
        """Return what is said next and where it ends in `text`; None where that depends on what is still to come."""
        if self._looked_at >= MOST_NUMBERS:
            return text[at:], len(text)
        if self._in_long_run:
            return self._pass_by(text, plain, at, last)
        start = _START.search(plain, at)
        if start is None or start.start() > at:
            end = len(text) if start is None else start.start()
            return text[at:end], end
        if not plain[start.end() - 1].isdigit():
            return (text[at:], len(text)) if last else None  # "(" or "+" at the end
        end = self._end(plain, start.end())
        if end - at > LONGEST_RUN:
            self._in_long_run = True
            return text[at:end], end
        if not last and _MAY_GO_ON.match(plain, end):
            return None
        return self._number(text, plain, (at, end), last)

    def _pass_by(self, text: str, plain: str, at: int, last: bool) -> tuple[str, int] | None:
        end = self._end(plain, at)
        if not last and _MAY_GO_ON.match(plain, end):
            return (text[at:end], end) if end > at else None
        self._in_long_run = False
        return text[at:end], end

    def _number(self, text: str, plain: str, run: tuple[int, int], last: bool) -> tuple[str, int] | None:
        at, end = run
        number, before = plain[at:end], self._lead_up(plain, at)
        parts = spelt_parts(before, number, self._context, self._reading)
        pattern = _SENTENCE if not parts and is_emergency(number, self._reading) else self._word
        after = pattern.match(plain, end) if parts or pattern is _SENTENCE else None
        if after and after.end() == len(plain) and after["more"] is None and not last:
            return None  # more of it may come
        if after and pattern is _SENTENCE and self._context.calling_after(after.group()):
            parts = whole(number, "telephone")
        if after and (no_number_after(after.group()) or self._counts(number, after.group())):
            parts = ()
        self._looked_at += 1
        gap = " " if parts and parts[0].start == 0 and before[-1:].isascii() and before[-1:].isalpha() else ""
        return gap + self._spelt(text[at:end], parts), end

    def _counts(self, number: str, after: str) -> bool:
        return could_be_count(number) and self._context.unit_after(after)

    def _spelt(self, written: str, parts: tuple[Spelt, ...]) -> str:
        said, at = "", 0
        for part in parts:
            said += written[at : part.start] + spell(written[part.start : part.end], part.kind, self._reading)
            at = part.end
        return said + written[at:]

    def _lead_up(self, plain: str, at: int) -> str:
        near = plain[max(0, at - BEFORE) : at]
        return near if len(near) == BEFORE else (self._before + near)[-BEFORE:]

    @staticmethod
    def _end(plain: str, at: int) -> int:
        more = _MORE.match(plain, at)
        return at if more is None else more.end()

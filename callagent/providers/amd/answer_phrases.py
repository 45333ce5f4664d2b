"""Who has answered a call, told by the words alone.

`phrases/` has a file a language with regular expressions, one a line, under headings. Their Latin letters are lower
case without accents, and no commas are in them, as `folded` gives it. All languages are asked: a network speaks that of
its country, whatever the call's is.
"""

import functools
import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Literal

Kind = Literal["human", "voicemail", "unavailable", "menu", "screening", "hold"]
"""`hold`: the call is kept waiting for the person that was called. `unavailable`: nobody comes, nothing is recorded."""

Heading = Literal[
    "person",
    "screening",
    "name and reason",
    "unavailable",
    "voicemail",
    "hold",
    "menu",
    "network",
    "kept waiting",
    "not reached",
    "busy person",
    "away",
    "stay",
]
"""What the expressions of a file are for:

- person: decides for a person, whatever else was said, except by a screener.
- screening: a screener that asks who calls before it passes a call on; name and reason: the same, where no message is
  to be left.
- unavailable: a number that does not work, a mailbox that takes nothing. voicemail: a mailbox that takes messages.
- hold: the call is kept waiting. menu: keys to press, a queue, what is said before them.
- network: speaks of who was called as nobody speaks of themselves; with `kept waiting` it is a hold.
- not reached, away: mailboxes and networks, and people as well who are busy (`busy person`).
- stay: somebody has still to come to the phone.
"""

_SURE: tuple[tuple[Heading, Kind], ...] = (
    ("screening", "screening"),
    ("person", "human"),
    ("unavailable", "unavailable"),
    ("voicemail", "voicemail"),
    ("hold", "hold"),
    ("menu", "menu"),
)
"""In the order in which they win: "to leave a number, press five; at the tone, record your message" is a mailbox."""

_LIKELY: tuple[tuple[Heading, Kind], ...] = (
    ("name and reason", "screening"),
    ("network", "unavailable"),
    ("busy person", "human"),
    ("not reached", "unavailable"),
    ("away", "voicemail"),
)
"""What people say as well; no machine asks a question with it."""

_ACCENTS = re.compile("[\u0300-\u036f]")
_MARKS = str.maketrans(dict.fromkeys("\u2019\u02bc`", "'") | dict.fromkeys(",;:!¡¿،、…", " "))
"""Recognisers write apostrophes in several ways, and pauses as they like. Full stops and question marks stay."""


def kind_of(transcript: str) -> Kind | None:
    """Tell who says such a thing; None when the words do not tell. In doubt it is a person."""
    words = folded(transcript)
    if kind := _first(words, _SURE):
        return kind
    if "?" in words:
        return "human"
    if _said(words, "network") and _said(words, "kept waiting"):
        return "hold"
    return _first(words, _LIKELY)


def surely_of(transcript: str) -> Kind | None:
    """As `kind_of`, without what people say as well: for words in the middle of a talk."""
    words = folded(transcript)
    return "human" if "?" in words else _first(words, _SURE)


def asks_to_stay(transcript: str) -> bool:
    """Tell whether somebody has still to come to the phone, as after "Thanks. Please stay on the line."."""
    words = folded(transcript)
    return "?" not in words and _said(words, "stay")


def folded(text: str) -> str:
    """Return lower case, Latin letters without accents, no commas, one space between words."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_MARKS).casefold()))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _first(words: str, order: tuple[tuple[Heading, Kind], ...]) -> Kind | None:
    return next((kind for heading, kind in order if _said(words, heading)), None)


def _said(words: str, heading: Heading) -> bool:
    return _expressions()[heading].search(words) is not None


@functools.cache
def _expressions() -> Mapping[str, re.Pattern[str]]:
    """Return heading -> what is said under it in any language."""
    found: dict[str, list[str]] = {}
    for file in (resources.files(__package__) / "phrases").iterdir():
        heading = ""
        for line in unicodedata.normalize("NFC", file.read_text(encoding="utf-8")).splitlines():
            if line.startswith("["):
                heading = line[1:-1]
            elif line:
                found.setdefault(heading, []).append(line)
    return {heading: re.compile("|".join(f"(?:{each})" for each in lines)) for heading, lines in found.items()}

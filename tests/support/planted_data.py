"""Personal data that tests plant in calls, in the forms in which people say it, and the search for it afterwards."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from callagent.sanitise.redaction import RedactedKind

_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

SHORTEST: Final = 7
"""Characters of a needle at least; fewer are found in ids and times by chance."""


def spoken(digits: str) -> str:
    return " ".join(_DIGITS[int(each)] for each in digits)


@dataclass(frozen=True)
class Planted:
    """Something personal that a caller says.

    Attributes:
        said: the caller's turns.
        needles: what is looked for afterwards, in whatever writing: it must be nowhere.
    """

    kind: RedactedKind
    said: tuple[str, ...]
    needles: tuple[str, ...] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.kind}: {' / '.join(self.said)}"


CARD, CARD_END = "5424181279834068", "79834068"
AMEX = "371449635398431"
IBAN = "DE89370400440532013000"
SSN = "536228471"
PHONE = "2025550143"

PLANTED: Final = (
    Planted("card", ("My card is 5424 1812 7983 4068.",), (CARD, CARD_END)),
    Planted("card", ("It is 5424-1812-7983-4068, thanks.",), (CARD, CARD_END)),
    Planted("card", (f"Card {CARD}",), (CARD, CARD_END)),
    Planted("card", (f"It's {spoken(CARD)}.",), (spoken(CARD), spoken(CARD_END))),
    Planted("card", ("54 24 18 12, 79 83 40 68.",), (CARD, CARD_END)),
    Planted("card", ("The first half is 5424 1812", "and then 7983 4068."), (CARD, CARD_END)),
    Planted("card", (f"{spoken(CARD[:8])}", f"{spoken(CARD[8:])}"), (spoken(CARD), spoken(CARD_END))),
    Planted("card", (f"Amex {AMEX}",), (AMEX, AMEX[6:])),
    Planted("national_id", ("My social is 536-22-8471.",), (SSN,)),
    Planted("national_id", ("My social security number is 536 22 8471.",), (SSN,)),
    Planted("national_id", (f"Social security number {spoken(SSN)}.",), (spoken(SSN),)),
    Planted("iban", ("DE89 3704 0044 0532 0130 00",), (IBAN, IBAN[8:])),
    Planted("iban", ("My IBAN is de89 3704 0044 0532 0130 00.",), (IBAN, IBAN[8:])),
    Planted("iban", (f"D E {spoken(IBAN[2:])}",), (f"DE{spoken(IBAN[2:])}", spoken(IBAN[8:]))),
    Planted("email", ("Write to Ann.Lee@mail.example.com please.",), ("ann.lee@mail", "mail.example.com")),
    Planted("email", ("It's ann dot lee at mail dot example dot com.",), ("ann dot lee", "mail dot example")),
    Planted("phone", ("Call me at +1 202 555 0143.",), (PHONE,)),
    Planted("phone", (f"My number is {spoken(PHONE)}.",), (spoken(PHONE),)),
    Planted("phone", ("My number is (202) 555-0143.",), (PHONE,)),
    Planted("birth_date", ("I was born on 5/8/1985.",), ("born on 5/8/1985",)),
    Planted("birth_date", ("August 5th, 1985.",), ("August 5th, 1985",)),
    Planted("birth_date", ("My birthday is the fifth of August nineteen eighty-five.",), ("August nineteen eighty",)),
)

KEYED: Final = Planted("keys", (), ("736155804921",))
"""What is keyed in while digits are collected."""


def said_by(planted: Iterable[Planted]) -> Iterator[str]:
    for each in planted:
        yield from each.said


def without_marks(text: str) -> str:
    """A text as needles are looked for in it: letters and digits alone, small, however it was escaped.

    Figures with many decimals, which are times, are left out.
    """
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\d*\.\d{6,}|\\[nrt]|%20|<[^>]{0,200}>|&#?\w+;", " ", text)
    return "".join(each for each in text.casefold() if each.isalnum())


def found_in(text: str | bytes, planted: Iterable[Planted]) -> list[str]:
    """What of it is in a text: a line each."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    plain = without_marks(text)
    found = []
    for each in planted:
        for needle in map(without_marks, each.needles):
            assert len(needle) >= SHORTEST, needle
            if needle in plain:
                found.append(f"{each}: {needle!r}")
                break
    return found

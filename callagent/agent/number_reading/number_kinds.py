"""What a number in a text is: something that is spelt, or a date, an amount, a range, a count, which the voice reads.

A number comes with all that is written together with it ("(415) 555-0112", "04.12.2026", "1 250 000", "7QP2"), in plain
digits and signs.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import callagent.agent.number_reading.telephones as telephones
from callagent.agent.number_reading.announcements import Announced, Context, money_before

if TYPE_CHECKING:
    from callagent.profile import NumberReading

SHORTEST_TELEPHONE = 7
"""Digits from which a number may be a telephone number of its own accord; shorter ones need a word before them."""
LONGEST_TELEPHONE = 17
"""Digits of the longest telephone number with its prefixes: 15 of E.164 and 00."""
SHORTEST_REFERENCE = 4
"""Characters from which the number after a word such as "order" is not a count."""
LONGEST_COUNT = 10
"""Digits without any separator up to which a number can be a count; longer ones are of cards, accounts or parcels."""

_LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f]")
_ATTACHED = re.compile(r"[A-Za-z\u00c0-\u024f]{1,12}[-.]?$")
_EXTENSION = re.compile(r"\d ?x$", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?:@|_|\\|//|www\.|[A-Za-z]/|[A-Za-z][.][A-Za-z])[^\s]*$|[@_\\]$")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/. ])\d{1,2}\2(?:19|20)\d\d)(?!\d)|(?:19|20)\d{6}T"
)
_SHORT_DATE = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d\d")
_YEARS = re.compile(r"(?:19|20)\d\d(?: ?[-/] ?(?:(?:19|20)?\d\d))?")
_RANGE = re.compile(r"(\d+) ?- ?(\d+)")
_PRICE = re.compile(r"\d+[.,]\d{1,2}")
_COMMAS = re.compile(r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+,\d+")
_DECIMAL = re.compile(r"\d+\.\d+")
_THOUSANDS = re.compile(r"([1-9]\d{0,2})([. '])\d{3}(?:\2\d{3})*(?:,\d+)?")
_VERSION = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
_CARD = re.compile(r"\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{6}\1\d{5})")
_NORTH_AMERICAN = re.compile(r"(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}")
_SHORT_NUMBER = re.compile(r"\d{3,6}|\d{2,3}[ -]\d{2,4}")
_ACCOUNT = re.compile(r"\d\d(?: ?[0-9A-Z]{4}){2,}(?: ?[0-9A-Z]{1,4})?")
_CODE_LETTERS = re.compile(r"[A-Z0-9 /-]+|[A-Za-z0-9]*\d[A-Za-z]+\d[A-Za-z0-9]*")

Kind = Literal["code", "telephone"]


@dataclass(frozen=True, slots=True)
class Spelt:
    """A part of a number that is spelt."""

    start: int
    end: int
    kind: Kind


def spelt_parts(before: str, run: str, context: Context, reading: "NumberReading") -> tuple[Spelt, ...]:
    """Return the parts of `run` that are spelt, by what it is and by the words `before` it."""
    if money_before(before) or ":" in run or _IN_ADDRESS.search(before) or _is_spelt(run):
        return ()
    attached = _ATTACHED.search(before)
    letters = attached.group() if attached else ""
    announced = context.announced(before.removesuffix(letters))
    if announced == "reference" and run.isdigit() and context.amount_before(before):
        announced = ""  # "order" is a verb: "we order 1500 boxes"
    if _is_announced_code(announced, letters, run) or _is_account(letters, run) or _CARD.fullmatch(run):
        return whole(run, "code")
    if _LETTERS.search(run):
        return ()
    if attached:
        return whole(run, "code") if _EXTENSION.search(before) else ()
    if found := _telephones(before, run, context, reading):
        return found
    return whole(run, "code") if _is_long(run) else ()


def is_emergency(run: str, reading: "NumberReading") -> bool:
    """Tell whether it is an emergency service's number, which is spelt if the
    words that follow are about calling it.
    """
    return run.isdigit() and len(run) == 3 and telephones.is_emergency(run, reading.region)


def could_be_count(run: str) -> bool:
    """Tell whether a number is written as a count or an amount may be, so that a unit beside it makes it one."""
    return (run.isdigit() and not run.startswith("0")) or _THOUSANDS.fullmatch(run) is not None


def whole(run: str, kind: Kind) -> tuple[Spelt, ...]:
    """Return all of a number, spelt."""
    return (Spelt(0, len(run), kind),)


def _is_spelt(run: str) -> bool:
    """Tell whether the model has written the digits one by one itself."""
    return re.fullmatch(r"\d(?:[ ,.-]+\d)+", run) is not None


def _is_announced_code(announced: Announced, attached: str, run: str) -> bool:
    size = sum(c.isalnum() for c in attached + run)
    if not announced or _DATE.match(run) or _PRICE.fullmatch(run) or _COMMAS.fullmatch(run):
        return False
    letters = _LETTERS.search(run) is not None
    if letters and not _CODE_LETTERS.fullmatch(run):
        return False
    if announced == "code":
        return not letters or size >= SHORTEST_REFERENCE
    ordinary = _YEARS.fullmatch(run) or _SHORT_DATE.fullmatch(run) or _is_range(run) or ("." in run and _is_count(run))
    return size >= SHORTEST_REFERENCE and not ordinary


def _is_account(attached: str, run: str) -> bool:
    """Tell whether it is an IBAN: two letters, two digits, and groups of four."""
    return len(attached) == 2 and attached.isupper() and len(run) >= 12 and _ACCOUNT.fullmatch(run) is not None


def _is_long(run: str) -> bool:
    return run.isdigit() and len(run) > LONGEST_COUNT and not run.endswith("000")


def _is_range(run: str) -> bool:
    found = _RANGE.fullmatch(run)
    return found is not None and len(found[1]) == len(found[2]) <= 6 and found[1] < found[2]


def _is_count(run: str) -> bool:
    """Tell whether it is written with marks as amounts, prices, times and versions are, or is a range of such."""
    marked = (_COMMAS, _DECIMAL, _THOUSANDS)
    parts = re.split(" ?- ?", run)
    if len(parts) > 1 and all(part.isdigit() for part in parts):
        return False
    return all(part.isdigit() or any(form.fullmatch(part) for form in marked) for part in parts) and not run.isdigit()


def _telephones(before: str, run: str, context: Context, reading: "NumberReading") -> tuple[Spelt, ...]:
    digits = "".join(c for c in run if c.isdigit())
    if len(digits) < SHORTEST_TELEPHONE:
        is_one = _is_short_number(before, run, context, reading.region)
        return whole(run, "telephone") if is_one else ()
    if _DATE.match(run) or _YEARS.fullmatch(run) or _is_range(run) or _VERSION.fullmatch(run):
        return ()
    telephoning = context.of_telephone(before)
    if (_is_count(run) and not _in_threes(run, telephoning)) or (could_be_count(run) and context.amount_before(before)):
        return ()
    found = _valid_numbers(run, digits, telephoning, reading.region)
    if found or not _looks_like_one(run, digits, telephoning, reading.region):
        return found
    return whole(run, "telephone")


def _in_threes(run: str, telephoning: bool) -> bool:
    """Tell whether what may be thousands can also be a telephone number, such as 912 345 678 in Spain."""
    groups = re.split("[. ]", run)
    return len(groups) > 2 and all(len(group) == 3 for group in groups) and (telephoning or " " in run)


def _is_short_number(before: str, run: str, context: Context, region: str) -> bool:
    if not _SHORT_NUMBER.fullmatch(run) or _is_range(run) or _YEARS.fullmatch(run):
        return False
    if len(run) > 3 and context.telephone_next(before):
        return True
    return run.isdigit() and len(run) != 4 and context.telephone_near(before) and telephones.is_short(run, region)


def _valid_numbers(run: str, digits: str, telephoning: bool, region: str) -> tuple[Spelt, ...]:
    found = telephones.find(run, region)
    bare = not run.startswith(("+", "(", "0")) and telephones.has_trunk_prefix(region)
    if found and bare and not telephoning and (len(digits) < 10 or len(re.findall(r"\d+", run)) > 2):
        return ()
    return tuple(Spelt(start, end, "telephone") for start, end in found)


def _looks_like_one(run: str, digits: str, telephoning: bool, region: str) -> bool:
    """Tell whether a number that no country has is written as a telephone number,
    as those of examples and films are.
    """
    if len(digits) > LONGEST_TELEPHONE:
        return False
    if run.startswith("+"):
        return telephones.is_possible(run, region)
    if run.startswith(("0", "(")) or _NORTH_AMERICAN.fullmatch(run):
        return True
    return telephoning and max(map(len, re.findall(r"\d+", run))) >= 3

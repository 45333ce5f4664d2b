"""Which column of a table holds telephone numbers, by its heading: as CRMs, address books and people write it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from callagent.telephony.number_lists.cells import is_missing, may_hold_number
from callagent.yaml_config import nearest

NUMBER = "number"
"""The heading that means the number whatever stands beside it."""

LOWEST_HEADING = 10
"""Rows from the top among which the headings stand; titles and the name of an export may stand above them."""

_MOST_NAMED, _LOOKED_AT = 20, 50
_NUMBER_LIKE = re.compile(r"\+?[\d\s().+/-]*\d{3}[\d\s().+/-]{2,}\d")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def words_of(heading: str) -> tuple[str, ...]:
    """Return the words of a heading in small letters without accents: `MobilePhone` and `mobile_phone` are the same."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", heading)).casefold()
    plain = "".join(c for c in plain if not unicodedata.category(c).startswith("M"))
    return tuple(filter(None, _BETWEEN_WORDS.split(plain)))


def _folded(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(words_of(text)) for text in texts)


_PHONE = _folded(
    *("tel", "telf", "tlf", "telp", "telnr", "fon", "fono", "cell", "cel", "celphone", "mob", "handy", "handynummer"),
    *(
        "handynr",
        "portable",
        "gsm",
        "msisdn",
        "whatsapp",
        "landline",
        "móvil",
        "móviles",
        "mobiel",
        "ponsel",
        "hp",
        "тел",
    ),
    *("puhelin", "matkapuhelin", "komórka", "komórkowy", "κινητό", "נייד", "جوال", "الجوال", "मोबाइल"),
)
"""Words that mean a telephone."""

_PHONE_BEGINS = tuple(_folded("mobil", "cellul", "celul", "мобил", "сотов"))
_PHONE_INSIDE = tuple(
    _folded(
        *("phone", "telefon", "telefoon", "téléphon", "rufnummer", "puhelinn", "телефон", "τηλέφων", "電話", "携帯"),
        *(
            "电话",
            "電話",
            "手机",
            "手機",
            "전화",
            "휴대폰",
            "핸드폰",
            "연락처",
            "फ़ोन",
            "दूरभाष",
            "هاتف",
            "טלפון",
            "โทรศัพท์",
        ),
    )
)
"""Beginnings and parts of such words: `Mobilnummer`, `Privattelefon`, `携帯電話`."""

_CONTACT = _folded("contact number", "contact no", "callback number", "callback", "call back number", "dial number")

_SOMETHING_ELSE = _folded(
    *("label", "type", "kind", "typ", "tipo", "fax", "telefax", "telex", "pager", "country", "code", "prefix", "id"),
    *("consent", "opt", "optin", "optout", "status", "verified", "valid", "validity", "date", "time", "timezone"),
    *("count", "calls", "called", "email", "mail", "note", "notes", "carrier", "operator", "provider", "extension"),
    *("ext", "model", "brand", "not", "owner", "attempts", "app", "device", "vorwahl", "durchwahl", "land"),
)
"""Words beside `phone` that make a heading one of something about it: `Phone 1 - Label`, `Phone Opt Out`."""

_JUST_NUMBER = _folded(
    *(
        "Nummer",
        "Numéro",
        "Número",
        "Numero",
        "Nr",
        "No",
        "Num",
        "Номер",
        "番号",
        "号码",
        "號碼",
        "번호",
        "नंबर",
        "E.164",
    ),
)
"""Headings that mean a telephone number where no other one does."""


def number_columns(headings: Sequence[str]) -> list[int]:
    """Return the columns that may hold the number, those with the surest kind of heading; empty when none may."""
    found = [words_of(heading) for heading in headings]
    for fits in (_is_number, _is_phone, _is_just_number):
        if columns := [index for index, words in enumerate(found) if fits(words)]:
            return columns
    return []


def heading_row(rows: Sequence[Sequence[str]], is_heading: Callable[[list[str]], bool]) -> int:
    """Tell which of the rows has the headings: the first that makes sense as such, below
    nothing but titles; else the first of all.
    """
    for index, row in enumerate(rows[:LOWEST_HEADING]):
        if is_heading(list(row)):
            return index
        if any(map(may_hold_number, row)) and not _is_title(row):
            return 0
    return 0


def _is_title(row: Sequence[str]) -> bool:
    """Tell whether a row is one text with words in it ("Contacts of 2026-11-28"), or a comment ("# 2026-11-28")."""
    texts = [cell for cell in row if cell]
    return len(texts) == 1 and (texts[0].startswith("#") or any(map(str.isalpha, texts[0])))


def choose_column(headings: Sequence[str], rows: Sequence[Sequence[str]], wanted: str | None = None) -> int:
    """Return the column of the numbers.

    Args:
        wanted: its heading, where somebody has said so.

    Raises:
        ValueError: no column, or more than one, may be meant; the message is one line and names the way out.
    """
    if wanted is not None:
        return _named(headings, wanted)
    found = number_columns(headings)
    filled = [column for column in found if any(len(row) > column and not is_missing(row[column]) for row in rows)]
    if len(filled) > 1:
        names = _listed(headings[column] for column in filled)
        if len({headings[column].casefold() for column in filled}) == 1:
            raise ValueError(
                f"needs the names of the columns, each once; more than one is called {headings[found[0]]!r}"
            )
        raise ValueError(f"the number may be in any of {names}; say in which with {_option(headings[filled[0]])}")
    if found:
        return (filled or found)[0]
    raise ValueError(_not_found(headings, rows))


def _named(headings: Sequence[str], wanted: str) -> int:
    names = [heading.casefold() for heading in headings]
    if names.count(wanted.casefold()) == 1:
        return names.index(wanted.casefold())
    like = nearest(wanted, names)
    hint = f"; did you mean {headings[names.index(like)]!r}?" if like else ""
    problem = "more than one column is" if wanted.casefold() in names else "no column is"
    raise ValueError(f"{problem} called {wanted!r}; found {_listed(headings)}{hint}")


def _not_found(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if any(map(_NUMBER_LIKE.fullmatch, headings)):
        return "needs the names of the columns in front, such as name,number; the first line holds a number itself"
    like = nearest(NUMBER, headings) or next(
        (heading for column, heading in enumerate(headings) if heading and _holds_numbers(rows, column)), None
    )
    hint = f"; {like!r} looks like it: {_option(like)}" if like else "; say which with " + _option("HEADING")
    return f"no column is called {NUMBER!r} or anything like it; found {_listed(headings)}{hint}"


def _holds_numbers(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Tell whether all of the first cells of a column could be numbers."""
    cells = [row[column] for row in rows[:_LOOKED_AT] if len(row) > column and not is_missing(row[column])]
    return bool(cells) and all(map(_NUMBER_LIKE.fullmatch, cells))


def _option(heading: str) -> str:
    return f'--column number="{heading}"'


def _listed(headings: Iterable[str]) -> str:
    named = [repr(heading) for heading in headings if heading]
    return ", ".join(named[:_MOST_NAMED]) + (
        f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    )


def _is_number(words: tuple[str, ...]) -> bool:
    return words == (NUMBER,)


def _is_phone(words: tuple[str, ...]) -> bool:
    if " ".join(words) in _CONTACT:
        return True
    return any(map(_means_phone, words)) and not _SOMETHING_ELSE.intersection(words)


def _means_phone(word: str) -> bool:
    return word in _PHONE or word.startswith(_PHONE_BEGINS) or any(part in word for part in _PHONE_INSIDE)


def _is_just_number(words: tuple[str, ...]) -> bool:
    return " ".join(words) in _JUST_NUMBER

"""What stands where a telephone number should: a number, nothing, or a number whose country nobody has said."""

import re

from callagent.phone_numbers.number import InvalidNumber, Number, parse_number

FEWEST_DIGITS = 5
"""Digits from which on a text without + may be a number in national form."""

NEEDS_REGION = (
    "numbers without + and country code are understood with --region CODE (ISO 3166, such as US or DE), "
    "or in the country of --from"
)

_MISSING = frozenset(
    {
        *("", "na", "n a", "none", "null", "nil", "nan", "n v", "k a", "s n", "s d", "unknown", "undefined", "missing"),
        *(
            "tbd",
            "tba",
            "tbc",
            "no",
            "no phone",
            "no number",
            "not available",
            "not applicable",
            "not provided",
            "empty",
        ),
        *("value", "ref", "not known", "unlisted", "private", "withheld", "anonymous", "blank", "false", "x", "xxx"),
        *("keine", "keine angabe", "unbekannt", "fehlt", "leer", "nicht vorhanden", "kein telefon", "no tiene"),
        *(
            "sin datos",
            "sin teléfono",
            "desconocido",
            "ninguno",
            "aucun",
            "inconnu",
            "nessuno",
            "sconosciuto",
            "nenhum",
        ),
        *(
            "não informado",
            "desconhecido",
            "geen",
            "onbekend",
            "нет",
            "неизвестно",
            "なし",
            "無し",
            "不明",
            "无",
            "無",
            "없음",
        ),
        *("नहीं", "उपलब्ध नहीं"),
    }
)
"""What people and programs write where there is no number, without punctuation."""

_PUNCTUATION = re.compile(r"[^\w\u0900-\u097f]+|_+")
_KEPT_AS_TEXT = re.compile(r"'\s*(\+?[\d(].*)|=\s*\"(.*)\"", re.DOTALL)

_BETWEEN_NUMBERS = re.compile(r"\s*(?::::|[;,|/\n]|\b(?:or|and|oder|und)\b)\s*")
_NATIONAL = re.compile(r"[\d\s().,/–-]+")  # noqa: RUF001 - spreadsheets turn a hyphen into a dash


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no number: empty, `N/A`, `-`, `#N/A`, zeros and the like."""
    plain = _PUNCTUATION.sub(" ", text).strip().casefold()
    return plain in _MISSING or not plain.strip("0 ")


def may_hold_number(text: str) -> bool:
    """Tell whether there are digits enough for a number."""
    return sum(map(str.isdigit, text)) >= FEWEST_DIGITS


def as_typed(text: str) -> str:
    """Return a cell without what kept its number from being calculated with: `'+12025550123`, `="+12025550123"`."""
    kept = _KEPT_AS_TEXT.fullmatch(text)
    return kept[1] or kept[2] if kept else text


def number_in(text: str, region: str | None = None) -> Number:
    """Return the number in a cell. Raise ValueError, whose message is one line, for what is none."""
    if is_missing(text):
        raise ValueError("has no number" + (f" ('{text[:60]}')" if text else ""))
    try:
        return parse_number(as_typed(text), region)
    except InvalidNumber:
        several = [part.strip() for part in _BETWEEN_NUMBERS.split(text)]
        if len(several) > 1 and all(map(may_hold_number, several)):
            named = " and ".join(f"'{part[:40]}'" for part in several[:4])
            raise ValueError(f"holds more than one number, {named}: keep the one that is to be called") from None
        raise


def lacks_region(text: str, region: str | None) -> bool:
    """Tell whether it may be a number once somebody says of which country."""
    return region is None and may_hold_number(text) and _NATIONAL.fullmatch(text) is not None

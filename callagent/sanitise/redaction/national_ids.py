"""Numbers that a state gives people, told by their form and check digits: those of the countries that locales are for.

Each is looked for everywhere where its form says enough (letters in certain places, a usual grouping); digits alone
that may be anything else are looked for only where the call is from the country.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from callagent.sanitise.redaction.check_digits import mod_11_10, verhoeff, weighted
from callagent.sanitise.redaction.clues import SOCIAL

_DNI: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_RFC: Final = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_CURP: Final = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
"""Values of the odd places of a codice fiscale (decree of 23 December 1976)."""


@dataclass(frozen=True)
class NationalId:
    """A kind of number.

    Args:
        country: ISO 3166 code of whoever gives it.
        form: what it looks like without spaces and marks, from its begin to its end.
        is_right: tells whether its check digits are, or its parts may be so.
        groups: how its digits are written in groups, where digits alone say too little elsewhere.
        everywhere: its form says enough in any country.
    """

    country: str
    form: "re.Pattern[str]"
    is_right: Callable[[str], bool]
    groups: tuple[int, ...] = ()
    everywhere: bool = False


def _form(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.ASCII)


def _ssn(text: str) -> bool:
    area, group, serial = text[:3], int(text[3:5]), text[5:]
    itin = area[0] == "9" and 50 <= group <= 99
    return (itin or (area not in ("000", "666") and area[0] != "9")) and group > 0 and serial != "0000"


def _steuer_id(text: str) -> bool:
    counts = sorted((text[:10].count(digit) for digit in set(text[:10])), reverse=True)
    return text[0] != "0" and counts[0] in (2, 3) and counts[1] == 1 and mod_11_10(text)


def _rentenversicherung(text: str) -> bool:
    digits = f"{text[:8]}{ord(text[8]) - 64:02d}{text[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    total = sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(digits, weights, strict=True))
    return total % 10 == int(text[11]) and 1 <= int(text[4:6]) <= 12


def _nhs(text: str) -> bool:
    check = 11 - weighted(text[:9], range(10, 1, -1)) % 11
    return check % 11 == int(text[9]) and check != 10


def _dni(text: str) -> bool:
    number = text[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI[int(number) % 23] == text[-1]


def _nir(text: str) -> bool:
    number = int(text[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(text[13:])


def _codice_fiscale(text: str) -> bool:
    values = [ord(each) - (48 if each.isdigit() else 65) for each in text[:15]]
    total = sum(_ODD[value] if index % 2 == 0 else value for index, value in enumerate(values))
    return chr(65 + total % 26) == text[15]


def _cpf(text: str) -> bool:
    if len(set(text)) == 1:
        return False
    checks = (weighted(text[:size], range(size + 1, 1, -1)) * 10 % 11 % 10 for size in (9, 10))
    return "".join(map(str, checks)) == text[9:]


def _my_number(text: str) -> bool:
    rest = weighted(text[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest <= 1 else 11 - rest) == int(text[11])


def _curp(text: str) -> bool:
    total = sum(_CURP.index(each) * (18 - index) for index, each in enumerate(text[:17]))
    return (10 - total % 10) % 10 == int(text[17])


def _rfc(text: str) -> bool:
    total = sum(_RFC.index(each) * (13 - index) for index, each in enumerate(text[:12]))
    return "0123456789A"[-total % 11] == text[12]


def _anything(_: str) -> bool:
    return True


IDS: Final[tuple[NationalId, ...]] = (
    NationalId("US", _form(r"\d{9}"), _ssn, groups=(3, 2, 4), everywhere=True),
    NationalId("DE", _form(r"\d{11}"), _steuer_id),
    NationalId("DE", _form(r"\d{8}[A-Z]\d{3}"), _rentenversicherung, everywhere=True),
    NationalId("GB", _form(r"\d{10}"), _nhs),
    NationalId(
        "GB",
        _form(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]"),
        _anything,
        everywhere=True,
    ),
    NationalId("ES", _form(r"[XYZ\d]\d{7}[A-Z]"), _dni, everywhere=True),
    NationalId("FR", _form(r"[1278]\d\d(?:0[1-9]|[1-9]\d)(?:\d\d|2[AB])\d{8}"), _nir, everywhere=True),
    NationalId("IT", _form(r"[A-Z]{6}\d\d[A-EHLMPR-T]\d\d[A-Z]\d{3}[A-Z]"), _codice_fiscale, everywhere=True),
    NationalId("BR", _form(r"\d{11}"), _cpf, groups=(3, 3, 3, 2), everywhere=True),
    NationalId("IN", _form(r"[2-9]\d{11}"), verhoeff, groups=(4, 4, 4), everywhere=True),
    NationalId("IN", _form(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]"), _anything),
    NationalId("JP", _form(r"\d{12}"), _my_number),
    NationalId("MX", re.compile(r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d"), _curp, everywhere=True),
    NationalId(
        "MX",
        re.compile(r"[A-ZÑ&]{4}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z0-9]{2}[0-9A]"),
        _rfc,
        everywhere=True,
    ),
)

CONTEXT: Final[Mapping[str, "re.Pattern[str]"]] = {"US": SOCIAL}
"""Words before digits alone that say what they are, by country."""

"""Check digits: what tells a card or an identity number from any other number of that length.

All functions take digits and letters alone, letters as capitals.
"""

from collections.abc import Sequence
from typing import Final

IBAN_LENGTHS: Final = {
    **{"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29},
    **{"BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29},
    **{"ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28},
    **{"HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28},
    **{"LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20},
    **{"MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25},
    **{"QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27},
    **{"SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30},
}
"""Characters of an IBAN by country: SWIFT's IBAN registry, release 99."""

_CARDS: Final[Sequence[tuple[int, int, int, Sequence[int]]]] = (
    (1, 4, 4, (16, 13, 19)),  # Visa
    (2, 34, 34, (15,)),  # American Express
    (2, 37, 37, (15,)),
    (2, 51, 55, (16,)),  # Mastercard
    (4, 2221, 2720, (16,)),
    (4, 2200, 2204, (16, 17, 18, 19)),  # Mir
    (3, 300, 305, (14, 16)),  # Diners Club
    (2, 36, 36, (14, 16)),
    (2, 38, 39, (14, 16)),
    (4, 3528, 3589, (16, 17, 18, 19)),  # JCB
    (2, 60, 60, (16, 17, 18, 19)),  # Discover, RuPay
    (2, 62, 62, (16, 17, 18, 19)),  # UnionPay
    (2, 63, 65, (16, 17, 18, 19)),  # Discover, Elo, Maestro
    (2, 66, 69, (16, 18, 19)),  # Maestro
    (2, 50, 50, (16, 18, 19)),
    (2, 56, 58, (16, 18, 19)),
    (2, 81, 82, (16,)),  # RuPay
)
"""Length of a prefix, its first and last value, and the lengths of the number, the usual one first (ISO/IEC 7812)."""

_MULTIPLY: Final = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
_PERMUTE: Final = (
    *("0123456789", "1576283094", "5803796142", "8916043527"),
    *("9453126870", "4286573901", "2793806415", "7046913258"),
)
"""Verhoeff's tables: the dihedral group of ten elements, and the powers of a permutation."""


def card_lengths(digits: str) -> Sequence[int]:
    """Return how long a card number that begins so may be, the usual length first; nothing where no card does."""
    for length, first, last, lengths in _CARDS:
        if len(digits) >= length and first <= int(digits[:length]) <= last:
            return lengths
    return ()


def is_card(digits: str) -> bool:
    """Tell whether it is a card number: of a length that its prefix has, and right by Luhn's formula."""
    return len(digits) in card_lengths(digits) and luhn(digits)


def luhn(digits: str) -> bool:
    """Tell whether the last digit is right by Luhn's formula (ISO/IEC 7812-1)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Tell whether it is an IBAN: of its country's length, and right modulo 97 (ISO 7064)."""
    if len(text) != IBAN_LENGTHS.get(text[:2]) or not text[2:4].isdigit():
        return False
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1


def mod_11_10(digits: str) -> bool:
    """Tell whether the last digit is right by ISO 7064, MOD 11,10."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def verhoeff(digits: str) -> bool:
    """Tell whether the last digit is right by Verhoeff's scheme."""
    check = 0
    for index, digit in enumerate(reversed(digits)):
        check = int(_MULTIPLY[check][int(_PERMUTE[index % 8][int(digit)])])
    return check == 0


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))

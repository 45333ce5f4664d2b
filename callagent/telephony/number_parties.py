"""Who called whom, from the two numbers of an incoming call as the network sends them."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

import phonenumbers

from callagent.telephony.numbers import Number, sent_number

ANONYMOUS = "anonymous"
"""The name of a caller who is not shown (RFC 3323)."""

_WITHHELD = frozenset(
    {
        *(ANONYMOUS, "blocked", "no caller id", "no number", "not available", "number withheld", "private"),
        *("private number", "restricted", "unavailable", "unknown", "unknown caller", "unknown number", "withheld"),
    }
)
_KEYED = frozenset(
    phonenumbers.convert_alpha_characters_in_number(word)
    for word in (ANONYMOUS, "blocked", "restricted", "unavailable", "unknown")
)
"""The same as digits: what gateways send that can send nothing else (+266696687 is ANONYMOUS on the keys)."""

_SIP_USER = re.compile(r"(?:sips?:)?([^@;:]*)(?:[@;:].*)?", re.IGNORECASE)


def is_withheld(sent: str) -> bool:
    """Whether what stands for the caller's number says that it is not shown."""
    found = _SIP_USER.fullmatch(sent.strip().strip('<>"').strip())
    user = " ".join(re.split(r"[\s_-]+", found[1].strip(' "').casefold())) if found else ""
    return user in _WITHHELD or user.removeprefix("+") in _KEYED


def called_number(sent: str, ours: Collection[str], home: str | None = None) -> tuple[str, str | None]:
    """The number that was called, and the country in which it was.

    Args:
        sent: as the network gives it: in any form of any country, or the extension of an exchange.
        ours: our numbers, in E.164 or as the trunk has them; what was called is one of them, wherever that can be.
        home: the country; None: those of `ours`.

    Returns:
        The number in E.164, or `sent` where that is no number or could be several; ISO 3166 code of the country, None
        when unknown.
    """
    homes = (home,) if home else _countries(frozenset(ours))
    found = {number.e164: number for number in _readings(sent, homes)}
    known = [found[number] for number in found if number in ours]
    called = known[0] if len(known) == 1 else next(iter(found.values())) if len(found) == 1 else None
    only = homes[0] if len(homes) == 1 else None
    if called is None:
        return sent, only
    return called.e164, called.region if called.region.isalpha() else only


def _readings(sent: str, homes: Iterable[str]) -> Iterable[Number]:
    for home in homes or (None,):
        if number := sent_number(sent, home):
            yield number


@lru_cache(maxsize=64)
def _countries(numbers: frozenset[str]) -> tuple[str, ...]:
    """The countries of those numbers that are in international form."""
    found = (sent_number(number) for number in numbers if number.startswith("+"))
    return tuple(sorted({number.region for number in found if number and number.region.isalpha()}))

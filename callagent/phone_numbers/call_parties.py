"""Who called whom, from the two numbers of an incoming call as the network sends them."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers

from callagent.phone_numbers.number import Number, sent_number

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

_SIP_USER = re.compile(r"(?:[^<]*<\s*)?(?:(?:sips?|tel):)?([^@;:<>]*)(?:[@;:>].*)?", re.IGNORECASE)
"""The user of an address, with or without a name in front, scheme, host and parameters."""

_EXTENSION = re.compile(r"[0-9*#]{1,20}", re.ASCII)


def is_withheld(sent: str) -> bool:
    """Tell whether what stands for the caller's number says that it is not shown."""
    user = " ".join(re.split(r"[\s_-]+", _user_of(sent).casefold()))
    return user in _WITHHELD or user.removeprefix("+") in _KEYED


def as_shown(sent: str) -> str:
    """Return what stands for a party that is no number of a plan: the extension of
    an exchange, or all that was sent.
    """
    user = _user_of(sent)
    return user if _EXTENSION.fullmatch(user) else sent


def calling_number(sent: str, home: str | None = None) -> Number | None:
    """Return the number in what stands for a party, an address with or without its
    scheme; as `sent_number` otherwise.
    """
    sent = _decoded(sent)
    return sent_number(sent, home) or (sent_number(_user_of(sent), home) if "@" in sent else None)


def called_number(sent: str, ours: Collection[str], home: str | None = None) -> tuple[str, str | None]:
    """Return the number that was called, and the country in which it was.

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
    only = _only(homes)
    if called is None:
        return as_shown(sent), only
    return called.e164, called.region if called.region.isalpha() else only


def home_of(ours: Collection[str]) -> str | None:
    """Return the country of our numbers, those in international form, where it is one (ISO 3166 code)."""
    return _only(_countries(frozenset(ours)))


def _only(countries: Sequence[str]) -> str | None:
    return countries[0] if len(countries) == 1 else None


def _user_of(sent: str) -> str:
    found = _SIP_USER.fullmatch(_decoded(sent).strip().strip('"').strip())
    return found[1].strip(' "') if found else ""


def _decoded(sent: str) -> str:
    """Return the text with its escapes decoded: of the user of a URI livekit-sip
    passes on what was sent, such as `%2B`.
    """
    text = unquote(sent)
    return text if text.isprintable() else sent


def _readings(sent: str, homes: Iterable[str]) -> Iterable[Number]:
    for home in homes or (None,):
        if number := calling_number(sent, home):
            yield number


@lru_cache(maxsize=64)
def _countries(numbers: frozenset[str]) -> tuple[str, ...]:
    """Return the countries of those numbers that are in international form."""
    found = (sent_number(number) for number in numbers if number.startswith("+"))
    return tuple(sorted({number.region for number in found if number and number.region.isalpha()}))

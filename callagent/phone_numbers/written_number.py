"""What stands in a text that is to be one telephone number: its digits, its extension, its letters. Knows no plan.

Everything else that stands there is a reason to refuse it: words, a second number, a number that a spreadsheet has
rounded.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from callagent.sanitise import printable

LONGEST_TEXT = 200
"""Characters of a number as written, URI and parameters included."""

TOO_LONG = "is too long for a telephone number"
WORDS = "has words behind the number"
_SEVERAL = "is not a telephone number, or more than one"
_ROUNDED = "is a number as spreadsheets calculate with it; write the digits as text, with + and the country code"

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)\s*:(.*)", re.DOTALL)
_PARAMETER = r";\s*[a-z][a-z0-9-]*=[^;]*"
_PARAMETERS = re.compile(rf"(?:{_PARAMETER})+;?$", re.IGNORECASE)
_FORMATTING = frozenset("+-.()/[] ")
_MARKS = frozenset(",;#~")
"""Found in numbers with an extension and in texts with two numbers."""

_TRUNK_ZERO = re.compile(r"([(\s]*\+\s*[0-9]{1,3}[)\s.-]*)\(\s*0\s*\)")
"""The 0 of the national form behind the country code: `+44 (0)20 …`."""

_NAMED_ADDRESS = re.compile(
    r"(?:\"[^\"]*\"|[^<>\"]*)\s*<\s*((?:sips?|tel)\s*:[^<>]*)>\s*(?:;.*)?", re.IGNORECASE | re.DOTALL
)
"""`"Ann" <sip:+12025550123@example.com>`, as SIP headers have it (RFC 3261)."""

_NAMED_EXTENSION = re.compile(
    r"[\s,;.-]*[(\[]?\s*(?<![a-z])(?:(?:ext(?:ensi?o?n)?|e?xtn|anexo)[.:]?\s*([0-9]{1,20})|(?:x|int)[.:]?\s*([0-9]{1,7}))"
    r"\s*[)\]]?#?$",
    re.IGNORECASE,
)
_BARE_EXTENSION = re.compile(r"\s*#\s*([0-9]{1,6})$|,([0-9]{1,6})$|,[, ]*([0-9]{1,15})#$|,,[, ]*([0-9]{1,9})$")
"""Behind `#` or one comma no second number may stand; behind two, or before a closing `#`, are keys to press."""

_CALCULATED = re.compile(
    r"[+-]?[0-9]{7,}[.,]0+|[+-]?[0-9]+\.[0-9]|[+-]?[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+", re.IGNORECASE
)
_NOTE = re.compile(r"(?:[0-9][^0-9]*){6}[(\[][^)\]]*[)\]]\s*$")
"""Something in brackets at the end of what is a number without it."""


class InvalidNumber(ValueError):
    """The text is no telephone number; the message is one line that shows the text and says why."""

    def __init__(self, text: str, problem: str) -> None:
        super().__init__(f"{shown(text)} {problem}")


@dataclass(frozen=True)
class Written:
    """A number as it stands there.

    Args:
        body: digits, letters and punctuation of the number; `+` only in front; no letter in front of every digit.
        extension: digits to dial after the answer.
    """

    body: str
    extension: str = ""

    @property
    def international(self) -> bool:
        """Whether + and a country code stand in front."""
        return "+" in self.body

    @property
    def digits(self) -> str:
        """The digits (and letters) alone, `+` left out."""
        return "".join(c for c in self.body if c.isalnum())

    @property
    def without_trunk_zero(self) -> str:
        """The digits without a 0 in brackets behind the country code; empty where there is none."""
        bare = _TRUNK_ZERO.sub(r"\1", self.body)
        return "" if bare == self.body else "".join(c for c in bare if c.isalnum())

    @property
    def has_letters(self) -> bool:
        """Whether some of the digits are written as letters of the keypad."""
        return any(c.isalpha() for c in self.body)


def take_apart(text: str) -> Written:
    """Return what the text says. Raise InvalidNumber for what cannot be one number."""
    if len(text) > LONGEST_TEXT:
        raise InvalidNumber(text, TOO_LONG)
    subscriber, extension = _subscriber(text)
    plain = _plain(text, subscriber)
    if _CALCULATED.fullmatch(plain):
        raise InvalidNumber(text, _ROUNDED)
    if not extension and (found := _NAMED_EXTENSION.search(plain) or _BARE_EXTENSION.search(plain)):
        before = plain[: found.start()].rstrip()
        if any(c.isdigit() for c in before):
            plain, extension = before, next(filter(None, found.groups()))
    _check_body(text, plain)
    return Written(plain, extension)


def shown(text: str) -> str:
    """Return the text in quotes on one line, shortened, nothing in it that could act on a terminal."""
    return f"'{printable(text[:60], spaces=True)}{'…' if len(text) > 60 else ''}'"


def _subscriber(text: str) -> tuple[str, str]:
    """Return the number inside a URI or before the parameters of one, or the text
    itself; and the extension of a parameter.
    """
    named = _NAMED_ADDRESS.fullmatch(text.strip())
    stripped = named[1] if named else text.strip().strip("<>")
    uri = _URI.fullmatch(stripped)
    if uri is None:
        found = _PARAMETERS.search(stripped)
        return _with_parameters(text, stripped[: found.start()], found[0]) if found else (stripped, "")
    match uri[1].lower():
        case "tel":
            number, semicolon, parameters = unquote(uri[2]).partition(";")
            return _with_parameters(text, number, semicolon + parameters)
        case "sip" | "sips":
            user, semicolon, parameters = unquote(uri[2].partition("@")[0]).partition(";")
            user = user.partition(":")[0]
            if not any(c.isdecimal() for c in user) or any(c.isalpha() for c in user):
                raise InvalidNumber(text, "names no telephone number before the @")
            return _with_parameters(text, user, semicolon + parameters)
    raise InvalidNumber(text, "is neither a number nor a tel: or sip: URI")


def _with_parameters(text: str, number: str, parameters: str) -> tuple[str, str]:
    """Return the number in its context, and its extension (RFC 3966); other
    parameters say nothing about who is meant.
    """
    given = {
        name.strip().lower(): value.strip()
        for name, _, value in (each.partition("=") for each in parameters.split(";"))
    }
    context = given.get("phone-context", "")
    prefix = context if context.startswith("+") and not number.lstrip().startswith("+") else ""
    extension = re.sub(r"[-.() ]", "", "".join(map(_ascii, given.get("ext", ""))))
    if extension and not re.fullmatch(r"[0-9]{1,20}", extension):
        raise InvalidNumber(text, "has an extension that is not made of digits")
    return prefix + number, extension


def _plain(text: str, written: str) -> str:
    """Return ASCII digits, letters and punctuation. Refuses what no number contains."""
    plain = "".join(map(_ascii, written)).strip()
    if any(unicodedata.category(c) == "Cc" for c in plain):
        raise InvalidNumber(text, "contains control characters")
    if not any(c.isdigit() for c in plain):
        raise InvalidNumber(text, "contains no digits" if plain else "is empty")
    for c in plain:
        if not (c.isascii() and c.isalnum()) and c not in _FORMATTING and c not in _MARKS and c != ":":
            raise InvalidNumber(text, WORDS if c.isalpha() else f"contains {shown(c)}, which no telephone number does")
    return plain


def _check_body(text: str, body: str) -> None:
    front = body.lstrip("([ ")
    if front[:1].isalpha():
        raise InvalidNumber(text, "begins with letters")
    if "+" in front[1:]:
        raise InvalidNumber(text, "has a + that is not in front")
    if any(c in body for c in _MARKS) or ":" in body or body.endswith("/"):
        raise InvalidNumber(text, _SEVERAL)
    if _NOTE.search(body):
        raise InvalidNumber(text, "has something in brackets behind the number")


def _ascii(character: str) -> str:
    """Return one character as the plain one that it stands for; marks of writing direction and soft hyphens vanish."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Zs", "Pd", "Cf"):
        return {"Zs": " ", "Pd": "-", "Cf": ""}[category]
    return unicodedata.normalize("NFKC", character) if "\uff01" <= character <= "\uff5e" else character

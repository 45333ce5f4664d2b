"""Text that a terminal shows as it is written: nothing in it moves the cursor, colours, hides or reorders anything.

This is the only home of that rule. Callers, models, profiles, carriers and lists all write texts that end up in a
terminal; an escape sequence in one of them could forge what somebody reads, and a bidirectional override could turn
a name around.
"""

import unicodedata
from typing import Final

_ACTS: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's general categories of what is not shown but acts: C0 and C1 controls, format characters (bidirectional
overrides, tags), surrogates, line and paragraph separators."""

_JOINERS: Final = frozenset("\u200c\u200d")
"""Format characters that belong to words in Hindi and Persian, and to emoji of several parts."""


def printable(text: str, *, spaces: bool = False) -> str:
    """Return the text on one line; what a terminal would act on is written as the escape of a Python string.

    Args:
        spaces: escape the characters as well that look like a space and are another one.
    """
    if text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode() if _acts(c) or (spaces and c.isspace() and c != " ") else c for c in text
    )


def printable_lines(text: str) -> str:
    """Return the same for a text of several lines: its line ends stay."""
    return "\n".join(map(printable, text.split("\n")))


def blanked(text: str) -> str:
    """Return the text with a blank for each character that a terminal would act on."""
    return text if text.isprintable() else "".join(" " if _acts(c) else c for c in text)


def is_printable(text: str) -> bool:
    """Tell whether a terminal shows the text as it is."""
    return text.isprintable() or not any(map(_acts, text))


def _acts(character: str) -> bool:
    return unicodedata.category(character) in _ACTS and character not in _JOINERS

"""Regular expressions that users write: Python's own syntax, searched for a limited time.

An expression such as ``(a+)+$`` takes a backtracking engine minutes on a line of text. `re` cannot be stopped and would
hold the event loop, and with it every call of the process; `regex` searches the same expressions and can.
"""

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import regex

LONGEST_SEARCH_S: Final = 0.05
"""Seconds of processor time that one search may take. A usual one takes less than a thousandth of that."""

SHORTEST_SEARCH_S: Final = 0.0005
"""What a search has in any case, however long those before it took."""


class SlowExpressionError(Exception):
    """A search took too long, so that nobody knows whether the expression is in the text."""

    def __init__(self, expression: str) -> None:
        super().__init__(f"/{expression}/ takes too long to search for; repetitions inside repetitions do")
        self.expression = expression


def check(expression: str) -> None:
    """Raise ValueError for what is no regular expression."""
    _compiled(expression)


def search(expression: str, text: str, start: int, limit: float) -> "regex.Match[str] | None":
    """Return the first match at or after `start`, without regard to case.

    Raises:
        ValueError: it is no regular expression.
        SlowExpressionError: the search took longer than `limit`, in seconds.
    """
    try:
        return _compiled(expression).search(text, start, timeout=limit)
    except TimeoutError:
        raise SlowExpressionError(expression) from None


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> "regex.Pattern[str]":
    import regex  # slow to import, and `callagent --help` compiles nothing

    try:
        with warnings.catch_warnings(action="ignore"):  # sets that may mean something else one day
            re.compile(expression)  # what only `regex` understands is refused
            return regex.compile(expression, regex.IGNORECASE | regex.VERSION0, cache_pattern=False)
    except (re.error, regex.error, OverflowError) as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    except RecursionError:
        raise ValueError("is not a regular expression: it is nested too deep") from None

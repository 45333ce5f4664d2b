"""Tables as Markdown writes them."""

import re
from collections.abc import Iterable, Sequence


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a `|` inside a cell is escaped, and so is a line end."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(re.sub(r" +\|", " |", f"| {' | '.join(map(_cell, line))} |") for line in lines)


def code(text: str) -> str:
    """Return text as it is written in a file; empty text stays empty."""
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

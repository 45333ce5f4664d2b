"""Pages, and the places in them that are generated.

A place begins with `<!-- generated: NAME -->` and ends with `<!-- end of NAME -->`, each on a line of its own. What
stands between them is replaced; NAME says by what (`BLOCKS`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scripts.reference_pages.command_tables import command_help
from scripts.reference_pages.lists import locales, provider_options, providers
from scripts.reference_pages.schema_tables import keys, sections, steps

BLOCKS: Mapping[str, Callable[[str], str]] = {
    "callagent": command_help,
    "keys": keys,
    "sections": sections,
    "steps": steps,
    "locales": locales,
    "providers": providers,
    "provider options": provider_options,
}
"""What NAME begins with -> what writes the block, given the rest of NAME."""

_PLACE = re.compile(r"^<!-- generated: (?P<name>.+) -->\n(?:.*\n)*?<!-- end of (?P<end>.+) -->$", re.MULTILINE)
_MARK = re.compile(r"^<!-- (?:generated:|end of) .+ -->$", re.MULTILINE)


class InvalidPage(Exception):
    """A page has a mark without its other one, or one with an unknown name; the message says which."""


def find_pages(root: Path) -> Iterator[Path]:
    """Yield the pages of the project: README.md, and every *.md under callagent/, configs/ and .github/."""
    yield root / "README.md"
    for folder in ("callagent", "configs", ".github"):
        yield from sorted((root / folder).rglob("*.md"))


def rendered(page: Path) -> str:
    """Return the text of `page` with its generated places as they are to be. Raise InvalidPage."""
    text = page.read_text(encoding="utf-8")
    places = list(_PLACE.finditer(text))
    paired = [place for place in places if place["name"] == place["end"]]
    if 2 * len(paired) != len(_MARK.findall(text)):
        raise InvalidPage(f"{page}: each `<!-- generated: NAME -->` needs its `<!-- end of NAME -->`")
    return _PLACE.sub(lambda place: _place(page, place["name"]), text)


def _place(page: Path, name: str) -> str:
    for prefix in sorted(BLOCKS, key=len, reverse=True):
        if name == prefix or name.startswith(f"{prefix} "):
            try:
                block = BLOCKS[prefix](name.removeprefix(prefix).strip())
            except LookupError as error:
                raise InvalidPage(f"{page}: '{name}' names what is not there: {error}") from error
            return f"<!-- generated: {name} -->\n\n{block.strip()}\n\n<!-- end of {name} -->"
    raise InvalidPage(f"{page}: '{name}' is none of {', '.join(BLOCKS)}")

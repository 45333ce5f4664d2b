"""Values that models, tools and callers may hand over, and that no file format has a place for."""

from typing import Any

from hypothesis import strategies as st


class Hostile:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise LookupError("no")

    __str__ = __repr__


def cycle() -> list[Any]:
    """A list that holds itself."""
    entries: list[Any] = [1]
    entries.append(entries)
    return entries


KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats()
HALVES = st.text(st.characters(categories=("Cs", "Cc", "Cf", "Lo", "So")))
LEAVES = KEYS | HALVES | st.builds(Hostile) | st.datetimes() | st.decimals() | st.complex_numbers() | st.builds(cycle)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | HALVES, inner) | st.tuples(inner) | st.frozensets(KEYS),
)

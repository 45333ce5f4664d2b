"""`must`: what has to be in the whole call, in one mapping or a list of them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from callagent.scripted_calls.script.steps.base import Must, keys_of
from callagent.scripted_calls.script.steps.disclosure_made import MustBeDisclosed
from callagent.scripted_calls.script.steps.registry import OneOf, first_key
from callagent.yaml_config import Flaw, FlawsError, nearest

MUST_FORMS: Final[tuple[type[Must], ...]] = (MustBeDisclosed,)
"""What `must` may hold; the first key of each tells them apart."""

_BY_KEY: Final[Mapping[str, type[Must]]] = {first_key(form): form for form in MUST_FORMS}


def must_form(value: Any) -> type[Must] | None:
    """Tell which form a value, as it was read, is meant to be."""
    keys = value if isinstance(value, Mapping) else ()
    return next((form for key, form in _BY_KEY.items() if key in keys), None)


def _listed(value: Any) -> Any:
    """Return the entries, each of a form that exists; their paths count from 0 where there is a list."""
    entries = value if isinstance(value, list | tuple) else [value]
    flaws = [
        Flaw((index, *flaw.path) if isinstance(value, list | tuple) else flaw.path, flaw.message, flaw.nearest)
        for index, entry in enumerate(entries)
        for flaw in _flaws(entry)
    ]
    if flaws:
        raise FlawsError(*flaws)
    return entries


def _flaws(entry: Any) -> Iterator[Flaw]:
    if isinstance(entry, Must):
        return
    form = must_form(entry)
    if form is None:
        word = next(iter(entry), None) if isinstance(entry, Mapping) else entry
        hint = nearest(word, _BY_KEY) if isinstance(word, str) else None
        path = (word,) if isinstance(entry, Mapping) and isinstance(word, str) else ()
        yield Flaw(path, f"needs one of {', '.join(f'{{{key}: …}}' for key in _BY_KEY)}", hint)
        return
    known = keys_of(form)
    for key in entry:
        if key not in known:
            yield Flaw((key,), "unknown key", nearest(str(key), [name for name in known if name not in entry]))


_AnyMust = Annotated[Must, OneOf(MUST_FORMS, must_form)]

AnyMust = Annotated[
    tuple[_AnyMust, ...],
    Field(strict=False),
    BeforeValidator(_listed, json_schema_input_type=_AnyMust | tuple[_AnyMust, ...]),
]
"""Everything that must be, each of one of the forms."""

"""Texts with fields of the call in them, `{caller.number}`: what may be named, how it is checked, how it is filled in.

A field is a name in braces, with an alternative behind a bar where there may be nothing: `{call.metadata.name|there}`.
Braces around anything else, such as JSON, are text. `{{name}}` is the text `{name}`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Final

from pydantic import AfterValidator

from callagent.yaml_config.errors import Flaw, FlawsError, nearest

NAMES: Final = (
    "caller.number",
    "caller.country",
    "call.direction",
    "call.own_number",
    "call.trunk",
    "call.rule",
    "date",
    "time",
    "weekday",
)
"""What has a name of its own."""

OPEN: Final = ("call.metadata", "call.attributes", "call.headers", "state")
"""What has names below it that only a call knows."""

_ROOTS: Final = frozenset(name.partition(".")[0] for name in (*NAMES, *OPEN))
_NAME = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*")
_BRACES = re.compile(r"\{\{([^{}]*)\}\}|\{([^{}]*)\}")

Values = Callable[[str], str]
"""The text for the name of a field; empty where the call has none."""


def is_template(text: str) -> bool:
    """Tell whether the text has a field in it, so that nobody knows it before the call."""
    return any(_is_field(match[2]) for match in _BRACES.finditer(text) if match[2] is not None)


def filled(text: str, values: Values) -> str:
    """Return the text with its fields filled in, once: what a value has in braces is text."""

    def put(match: re.Match[str]) -> str:
        inner = match[1] if match[2] is None else match[2]
        if not _is_field(inner):
            return match[0]
        if match[2] is None:
            return match[0][1:-1]
        name, _, otherwise = inner.partition("|")
        return values(name.strip()) or otherwise.strip()

    return _BRACES.sub(put, text)


def as_text(text: str) -> str:
    """Return a text of which `filled` makes the text as it is."""

    def doubled(match: re.Match[str]) -> str:
        return f"{{{match[0]}}}" if _is_field(match[1] if match[2] is None else match[2]) else match[0]

    return _BRACES.sub(doubled, text)


def flaws_of(text: str) -> Iterator[Flaw]:
    """Tell of fields that no call can fill in, with the nearest one that a call can."""
    for match in _BRACES.finditer(text):
        inner = match[2]
        if inner is None or not _is_field(inner):
            continue
        name = inner.partition("|")[0].strip()
        if name in NAMES or any(name.startswith(f"{group}.") for group in OPEN):
            if _NAME.fullmatch(name) is None:
                yield Flaw((), f"{match[0]}: '{name}' is no name")
        elif name in OPEN:
            yield Flaw((), f"{match[0]} needs a name behind it, such as {{{name}.order}}")
        else:
            known = f"there are {', '.join((*NAMES, *(f'{group}.NAME' for group in OPEN)))}"
            message = (
                f"nothing of a call is called '{name}' ({known}); braces that are text are doubled: {{{match[0]}}}"
            )
            yield Flaw((), message, _nearest(name))


def check_template(text: str) -> str:
    """Return the text. Raise FlawsError as `flaws_of` tells."""
    if flaws := tuple(flaws_of(text)):
        raise FlawsError(*flaws)
    return text


Template = Annotated[str, AfterValidator(check_template)]
"""A text in which fields of the call are filled in."""


def _is_field(inner: str) -> bool:
    """Tell whether what stands in braces is meant as a field: one name, or what begins as the name of one does."""
    name = inner.partition("|")[0].strip()
    if _NAME.fullmatch(name):
        return True
    first = re.match(r"([A-Za-z_]\w*)[.:!\[]\S*\Z", name)
    return first is not None and first[1].casefold() in _ROOTS


def _nearest(name: str) -> str | None:
    parts = re.split(r"[.:\[\]!]+", name)
    if parts[0] in NAMES:
        return parts[0]
    group = nearest(".".join(parts[:2]), OPEN) or (nearest(parts[0], ["state"]) if len(parts) == 2 else None)
    if group is not None and (below := parts[len(group.split(".")) :]):
        return ".".join((group, *filter(None, below)))
    return nearest(name, NAMES)

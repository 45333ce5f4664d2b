"""A document against its pydantic model: every mistake with its file, line, key and the nearest right word."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from callagent.yaml_config.errors import ConfigError, FlawsError, Problem, nearest, place
from callagent.yaml_config.yaml_file import Document, KeyPath


class Settings(BaseModel):
    """A frozen part of a configuration: unknown keys are refused, and so is ``"8"`` where a number is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Fraction = Annotated[float, Field(ge=0, le=1)]
"""A number from 0 to 1, both included."""

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
"""Text that is not empty."""

Texts = Annotated[tuple[str, ...], Field(strict=False)]
"""A list of texts."""


Model = TypeVar("Model", bound=BaseModel)

_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "string_type": "needs text",
    "bool_type": "needs true or false",
    "int_type": "needs a whole number",
    "int_from_float": "needs a whole number",
    "float_type": "needs a number",
    "finite_number": "needs a finite number",
    "model_type": "needs a mapping (key: value)",
    "dict_type": "needs a mapping (key: value)",
    "list_type": "needs a list",
    "tuple_type": "needs a list",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
}


def validate(model: type[Model], document: Document) -> Model:
    """Return the document as an instance of ``model``.

    Raises ConfigError with all problems, in the order of the files. Unknown keys come with the nearest key of the
    model at that place; a model's own validators name keys below themselves by raising FlawsError.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(*_problems(model, document, error)) from error


def _problems(model: type[BaseModel], document: Document, error: ValidationError) -> list[Problem]:
    found: dict[tuple[bool, str, int | None, str], Problem] = {}
    for details in error.errors(include_url=False):
        of_key = details["loc"][-1:] == ("[key]",)
        for problem in _translate(model, document, details):
            place = (of_key, problem.file, problem.line, problem.key)
            if place in found and problem.message not in found[place].message:
                # The branches of a union each complain about the same value.
                message = f"{found[place].message}, or {problem.message}"
                problem = replace(problem, message=message, nearest=found[place].nearest or problem.nearest)
            found[place] = problem
    return sorted(found.values(), key=lambda problem: (problem.file != document.file, problem.file, problem.line or 0))


def _translate(model: type[BaseModel], document: Document, details: ErrorDetails) -> Iterator[Problem]:
    loc, kind = details["loc"], details["type"]
    node, there = document.find(_existing(document, loc))
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, FlawsError):
        for flaw in cause.flaws:
            related = None if flaw.related is None else (*there, *flaw.related)
            other, found = document.find(related or ())
            # A default stands in no file.
            message = f"{flaw.message} ({place(other.file, other.line)})" if found == related else flaw.message
            yield document.problem((*there, *flaw.path), message, flaw.nearest)
        return
    if kind == "missing":
        yield document.problem((*there, loc[-1]), _MESSAGES[kind])
    elif kind == "extra_forbidden":
        yield document.problem(there, _MESSAGES[kind], nearest(str(loc[-1]), known_keys(model, loc[:-1])))
    elif node.value is None and kind.endswith(("_type", "_error")):
        yield document.problem(there, "has no value")
    else:
        yield document.problem(there, _message(details, node.value), _nearest_choice(details))


def _existing(document: Document, loc: Sequence[str | int]) -> KeyPath:
    """Return ``loc`` without the parts that pydantic adds for the branches of a union and for keys of mappings."""
    path: KeyPath = ()
    for part in loc:
        if document.find((*path, part))[1] == (*path, part):
            path = (*path, part)
    return path


def _message(details: ErrorDetails, value: object) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "needs text; write it in quotes"
    if kind in _MESSAGES:
        return _MESSAGES[kind].format(**context)
    return details["msg"][:1].lower() + details["msg"][1:]


def _nearest_choice(details: ErrorDetails) -> str | None:
    if details["type"] != "literal_error" or not isinstance(details["input"], str):
        return None
    return nearest(details["input"], re.findall("'([^']*)'", details.get("ctx", {})["expected"]))


def known_keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the keys that may stand in the mapping at ``path`` of a document of this model."""
    level: list[Any] = [model]
    for part in path:
        below = [inner for annotation in level for inner in _below(annotation, part)]
        # A part that leads nowhere is the name of a union's branch.
        level = [inner for annotation in below for inner in _unwrapped(annotation)] or level
    models = [annotation for annotation in level if isinstance(annotation, type) and issubclass(annotation, BaseModel)]
    return [field.alias or name for each in models for name, field in each.model_fields.items()]


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part == (field.alias or name):
                yield field.annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and arguments:
        if issubclass(origin, Mapping):
            yield arguments[-1]
        elif issubclass(origin, Sequence) and isinstance(part, int):
            yield arguments[0]


def _unwrapped(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _unwrapped(branch)
    elif origin is not Literal:
        yield annotation

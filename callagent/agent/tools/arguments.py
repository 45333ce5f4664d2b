"""What an LLM gives a tool for arguments, held against the tool's schema."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from livekit.agents.llm import ToolError
from referencing import Registry

MOST_TOLD = 5
"""Mistakes that the LLM is told of at once; what it corrects is looked at again."""

LONGEST_TOLD = 300
"""Characters of one of them; the message of a schema quotes the value."""

_TRUTH: Final[Mapping[str, bool]] = {"true": True, "false": False}


class Arguments:
    """The arguments that a tool takes.

    Args:
        name: of the tool, as the LLM is told of it.
        schema: a JSON Schema of an object. What it refers to elsewhere is never fetched.
        closed: whether arguments that it does not name are refused even where it does not say so.
    """

    def __init__(self, name: str, schema: Mapping[str, Any], *, closed: bool = False) -> None:
        self._name = name
        self._properties: Mapping[str, Any] = schema.get("properties", {})
        self._required = frozenset(schema.get("required", ()))
        held_against = {**schema, "additionalProperties": False} if closed else schema
        self._validator = Draft202012Validator(held_against, registry=Registry())

    def checked(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments as the tool takes them: `"3"` for a whole number is 3, and null for what may be left
        out is left out.

        Raises:
            ToolError: they do not fit; it names what does not, for the LLM to correct.
        """
        arguments = {
            name: self._converted(name, value) for name, value in given.items() if not self._is_left_out(name, value)
        }
        flaws = list(_told(self._validator, arguments))
        if flaws:
            raise ToolError(
                f"{self._name} was not called, because its arguments do not fit: {'; '.join(flaws)}. Call it again "
                "with arguments that do; ask the caller for what you do not know."
            )
        return arguments

    def _is_left_out(self, name: str, value: object) -> bool:
        return value is None and name in self._properties and name not in self._required and not self._takes_null(name)

    def _takes_null(self, name: str) -> bool:
        return self._validator.evolve(schema=self._properties[name]).is_valid(None)

    def _converted(self, name: str, value: object) -> object:
        declared = self._properties.get(name)
        type_ = declared.get("type") if isinstance(declared, dict) else None
        if isinstance(value, str) and type_ in ("integer", "number", "boolean"):
            return _read(value.strip(), type_)
        if isinstance(value, int | float) and not isinstance(value, bool) and type_ == "string":
            return str(value)
        return int(value) if isinstance(value, float) and value.is_integer() and type_ == "integer" else value


def _read(text: str, type_: str) -> object:
    """Return the number or truth value that a text stands for; the text where it stands for none."""
    if type_ == "boolean":
        return _TRUTH.get(text.casefold(), text)
    for kind in (int, float) if type_ == "number" else (int,):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _told(validator: Draft202012Validator, arguments: Mapping[str, Any]) -> Iterator[str]:
    for count, error in enumerate(validator.iter_errors(arguments)):
        if count == MOST_TOLD:
            return
        at = ".".join(map(str, error.absolute_path))
        message = f"{at}: {error.message}" if at else error.message
        yield message if len(message) <= LONGEST_TOLD else f"{message[:LONGEST_TOLD]}…"

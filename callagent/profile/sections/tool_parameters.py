"""The arguments of a tool: one by one, as a profile declares them, or as a JSON Schema that is there already."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Discriminator, Field, RootModel, Tag, model_validator

from callagent.yaml_config.errors import Flaw, FlawsError
from callagent.yaml_config.validation import Settings

Choice = str | bool | int | float

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class ToolParameter(Settings):
    """One argument of a tool, as the LLM is told about it."""

    type: Literal["string", "integer", "number", "boolean", "array", "object"] = Field(
        "string", description="JSON type of the argument."
    )
    description: str = Field("", description="What the argument means, for the LLM.")
    enum: Annotated[tuple[Choice, ...], Field(strict=False)] | None = Field(
        None, description="The values that it may have; left out: any of its type."
    )
    required: bool = Field(
        True, description="`false`: the LLM may leave it out; a function then needs a default of its own."
    )
    items: "ToolParameter | None" = Field(None, description="What an array holds, declared as an argument is.")
    properties: "dict[str, ToolParameter] | None" = Field(
        None, description="What an object holds, by name; others are refused. Left out: anything."
    )

    @model_validator(mode="after")
    def _parts_fit_the_type(self) -> "ToolParameter":
        flaws: list[Flaw] = []
        if self.items is not None and self.type != "array":
            flaws.append(Flaw(("items",), "is for an argument of `type: array`"))
        if self.properties is not None and self.type != "object":
            flaws.append(Flaw(("properties",), "is for an argument of `type: object`"))
        if self.enum is not None:
            flaws += _enum_flaws(self.type, self.enum)
        if flaws:
            raise FlawsError(*flaws)
        return self

    def as_json_schema(self) -> dict[str, Any]:
        """Return the argument as a JSON Schema."""
        schema: dict[str, Any] = {"type": self.type, "description": self.description}
        if self.enum is not None:
            schema["enum"] = list(self.enum)
        if self.items is not None:
            schema["items"] = self.items.as_json_schema()
        if self.properties is not None:
            schema |= _object(self.properties) | {"additionalProperties": False}
        return schema


def _enum_flaws(type_: str, values: tuple[Choice, ...]) -> Iterator[Flaw]:
    if type_ not in _TYPES:
        yield Flaw(("enum",), f"is not for an argument of `type: {type_}`")
        return
    if not values:
        yield Flaw(("enum",), "must not be empty")
    for index, value in enumerate(values):
        if not isinstance(value, _TYPES[type_]) or (isinstance(value, bool) and type_ != "boolean"):
            yield Flaw(("enum", index), f"is no {type_}; write `type: {_type_of(value)}`, or the value as one")
        elif value in values[:index]:
            yield Flaw(("enum", index), "is there twice")


def _type_of(value: Choice) -> str:
    if isinstance(value, bool):
        return "boolean"
    return next(name for name, types in _TYPES.items() if isinstance(value, types))


def _object(properties: Mapping[str, ToolParameter]) -> dict[str, Any]:
    return {
        "properties": {name: each.as_json_schema() for name, each in properties.items()},
        "required": [name for name, each in properties.items() if each.required],
    }


def _whose_type_is_object(schema: dict[str, Any]) -> None:
    schema["properties"] = {"type": {"const": "object", "description": "Says that it is a schema of all arguments."}}


class JsonSchema(RootModel[dict[str, Any]]):
    """A JSON Schema of all arguments: an object, with what drafts up to 2020-12 know."""

    model_config = ConfigDict(frozen=True, strict=True, json_schema_extra=_whose_type_is_object)

    @model_validator(mode="after")
    def _is_a_schema(self) -> "JsonSchema":
        from jsonschema import Draft202012Validator, SchemaError  # takes a while; few profiles have a schema

        try:
            Draft202012Validator.check_schema(self.root)
        except SchemaError as error:
            raise FlawsError(Flaw(tuple(error.path), f"is no JSON Schema: {error.message}")) from error
        elsewhere = [path for path, target in _references(self.root, ()) if not target.startswith("#")]
        if elsewhere:
            raise FlawsError(*(Flaw(path, "must lead to a place in this schema (`#/…`)") for path in elsewhere))
        return self


def _references(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, dict):
        for key, inner in node.items():
            if key in ("$ref", "$dynamicRef") and isinstance(inner, str):
                yield (*path, key), inner
            else:
                yield from _references(inner, (*path, key))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _references(inner, (*path, index))


def _form(value: Any) -> str:
    """Tell which form is meant: of arguments one by one, `type` would be the name of one, and a mapping."""
    written = value.root if isinstance(value, JsonSchema) else value
    return "JSON Schema" if isinstance(written, dict) and isinstance(written.get("type"), str) else "by name"


ToolParameters = Annotated[
    Annotated[dict[str, ToolParameter], Tag("by name")] | Annotated[JsonSchema, Tag("JSON Schema")],
    Discriminator(_form),
]
"""Arguments by name, or a JSON Schema whose `type` is `object`."""


def either_form(schema: dict[str, Any]) -> None:
    """Let a schema of `ToolParameters` be met by both forms at once, as no arguments at all are."""
    schema["anyOf"] = schema.pop("oneOf")


def as_json_schema(parameters: dict[str, ToolParameter] | JsonSchema) -> dict[str, Any]:
    """Return all arguments of a tool as one JSON Schema."""
    return dict(parameters.root) if isinstance(parameters, JsonSchema) else {"type": "object"} | _object(parameters)


def names_of(parameters: dict[str, ToolParameter] | JsonSchema) -> Mapping[str, bool]:
    """Return the arguments by name, and whether they must be given."""
    if not isinstance(parameters, JsonSchema):
        return {name: each.required for name, each in parameters.items()}
    required = parameters.root.get("required", [])
    return {name: name in required for name in parameters.root.get("properties", {})}

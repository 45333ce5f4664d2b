"""JSON Schemas of the files that users write, for editors and other tools."""

from typing import Any

from pydantic import BaseModel

from callagent.profile.profile import Profile

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NAMED = ("properties", "$defs")


def profile_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile file. Hardly anything is required in it,
    because a file may extend another one.
    """
    return schema_of(Profile, partial=True)


def schema_of(model: type[BaseModel], *, partial: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of the file that ``model`` describes.

    With ``partial``, keys are required only inside list items: the rest of a file may come from the one it extends.
    """
    schema = model.model_json_schema()
    kept = _item_definitions(schema) if partial else set(schema.get("$defs", {}))
    for name, definition in schema.get("$defs", {}).items():
        if name not in kept:
            definition.pop("required", None)
    if partial:
        schema.pop("required", None)
    return {"$schema": _DRAFT, **_readable(schema)}


def _item_definitions(schema: Any) -> set[str]:
    """Return names of the definitions that describe the items of a list."""
    if isinstance(schema, list):
        return {name for inner in schema for name in _item_definitions(inner)}
    if not isinstance(schema, dict):
        return set()
    found = {name for inner in schema.values() for name in _item_definitions(inner)}
    items = schema.get("items")
    if isinstance(items, dict) and "$ref" in items:
        found.add(items["$ref"].rsplit("/", 1)[-1])
    return found


def _readable(schema: Any) -> Any:
    """Return the schema without generated titles, and with limits in the descriptions, where editors show them."""
    if isinstance(schema, list):
        return [_readable(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NAMED:
            result[key] = {name: _readable(inner) for name, inner in value.items()}
        elif key not in ("title", "$comment"):
            result[key] = _readable(value)
    if "$comment" in schema and "description" in result:
        result["description"] = f"{result['description']} Must be {schema['$comment']}."
    return result

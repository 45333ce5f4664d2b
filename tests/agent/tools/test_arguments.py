"""What a model gives a tool for arguments: converted where it is plain what is meant, refused with a text otherwise."""

from typing import Any

import pytest
from livekit.agents.llm import ToolError

from callagent.agent.tools.arguments import LONGEST_TOLD, MOST_TOLD, Arguments

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "item": {"type": "string", "enum": ["rye", "spelt", "7"]},
        "count": {"type": "integer"},
        "price": {"type": "number"},
        "sliced": {"type": "boolean"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"street": {"type": "string"}}, "required": ["street"]},
        "day": {"type": ["string", "null"]},
    },
    "required": ["item"],
}


def checked(**given: Any) -> dict[str, Any]:
    return Arguments("order", SCHEMA, closed=True).checked(given)


def refused(given: dict[str, Any], schema: dict[str, Any] = SCHEMA) -> str:
    with pytest.raises(ToolError) as caught:
        Arguments("order", schema, closed=True).checked(given)
    return caught.value.message


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("count", "3", 3),
        ("count", " 3 ", 3),
        ("count", 3.0, 3),
        ("price", "2.50", 2.5),
        ("price", "2", 2),
        ("sliced", "True", True),
        ("sliced", False, False),
        ("item", 7, "7"),
        ("notes", ["a", "b"], ["a", "b"]),
        ("place", {"street": "Main"}, {"street": "Main"}),
        ("day", None, None),
    ],
)
def test_what_is_plainly_meant_is_taken(name: str, given: object, taken: object) -> None:
    found = checked(**{"item": "rye", name: given})[name]
    assert found == taken
    assert type(found) is type(taken)


def test_null_for_what_may_be_left_out_is_left_out() -> None:
    assert checked(item="rye", count=None, notes=None) == {"item": "rye"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "'item' is a required property"),
        ({"item": None}, "item: None is not of type 'string'; item: None is not one of ['rye', 'spelt', '7']"),
        ({"item": "cake"}, "item: 'cake' is not one of ['rye', 'spelt', '7']"),
        ({"item": "rye", "count": "three"}, "count: 'three' is not of type 'integer'"),
        ({"item": "rye", "count": 1.5}, "count: 1.5 is not of type 'integer'"),
        ({"item": "rye", "sliced": "perhaps"}, "sliced: 'perhaps' is not of type 'boolean'"),
        ({"item": "rye", "sliced": 1}, "sliced: 1 is not of type 'boolean'"),
        ({"item": "rye", "notes": "a"}, "notes: 'a' is not of type 'array'"),
        ({"item": "rye", "notes": ["a", 1]}, "notes.1: 1 is not of type 'string'"),
        ({"item": "rye", "place": {}}, "place: 'street' is a required property"),
        ({"item": "rye", "cake": 1}, "Additional properties are not allowed ('cake' was unexpected)"),
    ],
)
def test_what_does_not_fit_is_told_to_the_model(given: dict[str, Any], told: str) -> None:
    message = refused(given)
    assert message.startswith(f"order was not called, because its arguments do not fit: {told}. ")


def test_the_model_is_told_no_more_than_it_can_use() -> None:
    many = refused({f"wrong{index}": "x" * 10_000 for index in range(50)})
    assert len(many) < (MOST_TOLD + 1) * (LONGEST_TOLD + 2)
    numbers = {"type": "object", "properties": {f"n{index}": {"type": "integer"} for index in range(50)}}
    assert refused({f"n{index}": "x" for index in range(50)}, numbers).count("is not of type") == MOST_TOLD


def test_a_schema_that_refers_elsewhere_fetches_nothing() -> None:
    schema = {"type": "object", "$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}}
    assert Arguments("order", schema).checked({"a": 3, "b": 4}) == {"a": 3, "b": 4}
    assert "a: 'x' is not of type 'integer'" in refused({"a": "x"}, schema)

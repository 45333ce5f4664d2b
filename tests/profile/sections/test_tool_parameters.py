"""Arguments of tools: declared one by one, or as a JSON Schema."""

from typing import Any

import pytest

from callagent.profile import Profile, load_profile
from callagent.yaml_config import Document, parse_yaml, validate
from tests.support.profiles import Profiles

TOOL = "tools: {book: {description: Books., returns: Booked., parameters: %s}}\n"


def schema(profiles: Profiles, parameters: str) -> dict[str, Any]:
    profiles.minimal("x", TOOL % parameters)
    return profiles.load("x").tools["book"].json_schema


def test_arguments_by_name_become_a_schema(profiles: Profiles) -> None:
    parameters = (
        "{item: {enum: [rye, spelt]}, count: {type: integer, required: false}, sides: {type: array, items: {}},"
        " to: {type: object, properties: {street: {}, flat: {required: false}}}}"
    )
    text = {"type": "string", "description": ""}
    assert schema(profiles, parameters) == {
        "type": "object",
        "properties": {
            "item": {**text, "enum": ["rye", "spelt"]},
            "count": {"type": "integer", "description": ""},
            "sides": {"type": "array", "description": "", "items": text},
            "to": {
                "type": "object",
                "description": "",
                "properties": {"street": text, "flat": text},
                "required": ["street"],
                "additionalProperties": False,
            },
        },
        "required": ["item", "sides", "to"],
    }


def test_a_json_schema_is_taken_as_it_is(profiles: Profiles) -> None:
    written = "{type: object, properties: {a: {type: [string, 'null'], pattern: ^x}}, required: [a], minProperties: 1}"
    assert schema(profiles, written) == parse_yaml(written, "x").data
    again = profiles.load("x").model_dump(mode="json", by_alias=True, exclude_none=True)
    assert validate(Profile, Document.of(again, "x")).tools == profiles.load("x").tools


def test_an_argument_may_be_called_type(profiles: Profiles) -> None:
    assert schema(profiles, "{type: {enum: [a, b]}}")["properties"].keys() == {"type"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("{a: {enum: [1]}}", "a.enum[0]: is no string; write `type: integer`, or the value as one"),
        ("{a: {enum: [true], type: integer}}", "a.enum[0]: is no integer; write `type: boolean`, or the value as one"),
        ("{a: {enum: [b, b]}}", "a.enum[1]: is there twice"),
        ("{a: {enum: []}}", "a.enum: must not be empty"),
        ("{a: {enum: [x], type: array}}", "a.enum: is not for an argument of `type: array`"),
        ("{a: {items: {}}}", "a.items: is for an argument of `type: array`"),
        ("{a: {properties: {b: {}}}}", "a.properties: is for an argument of `type: object`"),
        ("{a: {type: array, items: {type: text}}}", "a.items.type: must be 'string', 'integer'"),
        ("{a: {requird: false}}", "a.requird: unknown key; did you mean 'required'?"),
        ("{type: objekt}", "type: is no JSON Schema: 'objekt' is not valid"),
        (
            "{type: object, properties: {a: {minimum: x}}}",
            "properties.a.minimum: is no JSON Schema: 'x' is not",
        ),
        (
            "{type: object, properties: {a: {$ref: 'https://x.example/a'}}}",
            "properties.a.$ref: must lead to a place",
        ),
        ("[a]", ": needs a mapping (key: value)"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(profiles: Profiles, parameters: str, message: str) -> None:
    profiles.minimal("x", TOOL % parameters)
    (told,) = profiles.problems("x")
    assert told.startswith(f"x.yaml:5: tools.book.parameters.{message}".replace(".:", ":"))


def test_replies_leave_out_what_is_not_required(profiles: Profiles) -> None:
    tool = TOOL % "{day: {}, note: {required: false}}"
    profiles.minimal("x", f"{tool}replies: [{{when: book, call: book, with: {{day: friday}}}}]\n")
    assert len(profiles.load("x").replies) == 1


def test_an_inherited_reply_fits_a_tool_that_takes_a_schema_now(profiles: Profiles) -> None:
    profiles.minimal("base", TOOL % "{day: {}}" + "replies: [{when: book, call: book, with: {day: friday}}]\n")
    same = "{type: object, properties: {day: {type: string}}, required: [day]}"
    profiles.write("same", f"extends: base\ntools: {{book: {{parameters: {same}}}}}\n")
    profiles.write("other", f"extends: base\ntools: {{book: {{parameters: {same.replace('day', 'hour')}}}}}\n")
    assert [len(profiles.load(name).replies) for name in ("same", "other")] == [1, 0]


def test_shipped_profiles_take_what_they_took() -> None:
    assert load_profile("en-US", env={}).tools["book_appointment"].takes == {"day": True}

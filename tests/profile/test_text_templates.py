"""Fields of a call in the texts of a profile: what is one, what is text, and what is refused when it is loaded."""

from pathlib import Path

import pytest

from callagent.profile import as_text, filled, is_template, load_profile
from callagent.yaml_config import ConfigError

CALL = {"caller.number": "+12025550123", "call.metadata.order": "17", "date": "Monday"}


def fill(text: str) -> str:
    return filled(text, lambda name: CALL.get(name, ""))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("You call from {caller.number}.", "You call from +12025550123."),
        ("Order { call.metadata.order }, {date}.", "Order 17, Monday."),
        ("Hello {call.attributes.name}.", "Hello ."),
        ("Hello {call.attributes.name|there}.", "Hello there."),
        ("Hello {call.attributes.name | dear caller }.", "Hello dear caller."),
        ("Order {call.metadata.order|none}.", "Order 17."),
        ("Say {{date}}, not {date}.", "Say {date}, not Monday."),
        ('Answer as {"item": {"name": "rye"}}.', 'Answer as {"item": {"name": "rye"}}.'),
        ("{} {{}} { } {a, b} {1} {date: today} }{", "{} {{}} { } {a, b} {1} {date: today} }{"),
    ],
)
def test_a_field_is_filled_in_and_other_braces_are_text(text: str, whole: str) -> None:
    assert fill(text) == whole


def test_what_a_value_has_in_braces_is_text() -> None:
    assert filled("{caller.number}", lambda _: "{date} {{date}}") == "{date} {{date}}"


@pytest.mark.parametrize("text", ["{date}", "{{date}}", "{x|y}", '{"a": {b}}', "{", "{{{date}}}", "no braces"])
def test_a_text_that_is_none_stays_as_it_is(text: str) -> None:
    assert fill(as_text(text)) == text


@pytest.mark.parametrize(
    ("text", "is_one"), [("{date}", True), ("{state.name|you}", True), ("{{date}}", False), ('{"a": 1}', False)]
)
def test_only_a_text_with_a_field_is_a_template(text: str, is_one: bool) -> None:
    assert is_template(text) is is_one


def problem_of(directory: Path, yaml: str) -> str:
    file = directory / "shop.yaml"
    file.write_text(f"extends: locales/en-US\n{yaml}\n", encoding="utf-8")
    try:
        load_profile(file, env={})
    except ConfigError as error:
        (problem,) = error.problems
        return str(problem)
    return ""


@pytest.mark.parametrize(
    "yaml",
    [
        "greeting: 'Hello {caller.number|there}, it is {time} on {weekday}.'",
        'instructions: \'JSON is {"a": {"b": 1}}, {state.total} and {call.headers.x-shop}.\'',
        "flow: {notice: 'Your call of {date} is recorded.'}",
        "numbers: {'+12025550100': {greeting: 'You have dialled {call.own_number}.'}}",
        "time_zone: America/New_York",
    ],
)
def test_what_a_call_can_fill_in_is_taken(tmp_path: Path, yaml: str) -> None:
    assert problem_of(tmp_path, yaml) == ""


@pytest.mark.parametrize(
    ("yaml", "key", "hint"),
    [
        ("greeting: 'Hello {caller.numbr}.'", "greeting", "did you mean 'caller.number'?"),
        ("greeting: 'Hello {Caller.Number}.'", "greeting", "did you mean 'caller.number'?"),
        ("greeting: 'Hello {name}.'", "greeting", "{{name}}"),
        ("greeting: 'Hello {call.metdata.name}.'", "greeting", "did you mean 'call.metadata.name'?"),
        ("greeting: 'Hello {metadata.name}.'", "greeting", "'metadata.name'"),
        ("greeting: 'Hello {call.metadata}.'", "greeting", "needs a name behind it"),
        ("greeting: 'It is {date:%d}.'", "greeting", "did you mean 'date'?"),
        ("greeting: 'It is {dat}.'", "greeting", "did you mean 'date'?"),
        ("instructions: 'Hello {stat.name}.'", "instructions", "did you mean 'state.name'?"),
        ("flow: {notice: 'It is {tme}.'}", "flow.notice", "did you mean 'time'?"),
        ("numbers: {'+12025550100': {greeting: '{wekday}'}}", "numbers.+12025550100.greeting", "'weekday'"),
        ("time_zone: America/NewYork", "time_zone", "did you mean 'America/New_York'?"),
    ],
)
def test_what_no_call_can_is_one_line_with_the_nearest(tmp_path: Path, yaml: str, key: str, hint: str) -> None:
    told = problem_of(tmp_path, yaml)
    assert told.startswith(f"{tmp_path / 'shop.yaml'}:2: {key}") or f"shop.yaml:2: {key}" in told
    assert hint in told and "\n" not in told

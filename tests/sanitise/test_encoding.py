import json
import logging
from datetime import UTC, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callagent.sanitise import LONGEST_TEXT, encodable, json_text, storable, text_of
from callagent.sanitise.encoding import MOST_ENTRIES
from callagent.sanitise.terminal import is_printable
from tests.support.hostile import VALUES, Hostile, cycle


class Colour(Enum):
    RED = "red"


class Word(StrEnum):
    ONE = "one"


def deep(levels: int) -> list[Any]:
    return [deep(levels - 1)] if levels else []


@settings(max_examples=200, deadline=None, derandomize=True)
@given(VALUES, st.sampled_from([None, 2]))
def test_whatever_a_record_holds_becomes_json_that_any_reader_takes(value: Any, indent: int | None) -> None:
    text = json_text({"value": value}, indent=indent)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    read = json.loads(text.encode(), parse_constant=refuse)
    assert json.dumps(read, ensure_ascii=False).encode()  # no half a character in it
    assert all(map(is_printable, text.split("\n")))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("half \ud83d", "half \ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        (b"caf\xc3\xa9 \xff", "caf\u00e9 \ufffd"),
        (float("nan"), None),
        (-float("inf"), None),
        (Path("/tmp"), "/tmp"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00"),
        (Colour.RED, "red"),
        (Word.ONE, "one"),
        ({1: "a", "1": "b", None: "c", (2,): "d"}, {"1": "a", "1_": "b", "null": "c", "(2,)": "d"}),
        ({1}, [1]),
        (cycle(), [1, "\u2026"]),
        (ValueError("boom"), "ValueError('boom')"),
    ],
)
def test_what_json_cannot_hold_is_written_as_near_as_possible(value: Any, written: Any) -> None:
    assert json.loads(json_text(value)) == written


def test_a_value_that_is_too_long_is_cut_and_says_so() -> None:
    assert (
        json.loads(json_text("a" * (LONGEST_TEXT + 1))) == f"{'a' * LONGEST_TEXT}\u2026 ({LONGEST_TEXT + 1} characters)"
    )
    assert json.loads(json_text(list(range(MOST_ENTRIES + 2))))[-1] == "\u2026 and 2 more"
    assert json_text(deep(500)).count("[") == 50


def test_an_integer_that_python_refuses_to_write_is_described() -> None:
    assert json.loads(json_text(10**5000)) == "an integer of 16610 bits"


def test_an_object_that_cannot_even_be_shown_is_named_by_its_type() -> None:
    assert text_of(Hostile()).startswith("<Hostile instance")


def test_one_line_of_the_log_tells_what_was_replaced(caplog: pytest.LogCaptureFixture) -> None:
    json_text({"a": "\ud83d", "b": ["\udc00", float("nan")]})
    (record,) = caplog.records
    assert (record.levelno, vars(record)["replaced"]) == (logging.WARNING, {"text": 2, "number": 1})


def test_plain_values_are_written_as_they_are_and_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    value = {"text": "caf\u00e9 \U0001f600", "n": 1, "x": 1.5, "none": None, "list": [True, {}], "mark": "\ufffd"}
    assert json_text(value, indent=2) == json.dumps(value, ensure_ascii=False, indent=2)
    assert caplog.records == []


@given(st.text(st.characters(categories=("Cs", "Cc", "Lo", "So"))))
def test_a_database_gets_neither_nul_nor_half_a_character(text: str) -> None:
    stored = storable(text)
    assert stored.encode().decode() == stored
    assert "\0" not in stored


def test_halves_that_belong_together_are_put_together() -> None:
    assert encodable("\ud83d\ude00 \ud83d") == "\U0001f600 \ufffd"

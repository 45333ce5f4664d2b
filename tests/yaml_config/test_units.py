from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from callagent.yaml_config import Duration, Level, Percent
from callagent.yaml_config.units import DURATION


class Line(BaseModel):
    delay: Duration = 0.0
    noise: Level = 0.0
    loss: Percent = 0.0
    grace: Annotated[Duration, DURATION.within("0 ms", "3 s")] = 0.0


def message(**value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Line.model_validate(value)
    return str(caught.value.errors()[0]["ctx"]["error"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("350 ms", 0.35), ("350ms", 0.35), (" 1.5 s ", 1.5), ("2 min", 120.0), ("1 h", 3600.0), ("0 s", 0.0)],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert Line.model_validate({"delay": text}).delay == seconds


@pytest.mark.parametrize(("text", "decibels"), [("-45 dBFS", -45.0), ("-20 dB", -20.0), ("+3 dB", 3.0)])
def test_a_level_is_read_in_decibels(text: str, decibels: float) -> None:
    assert Line.model_validate({"noise": text}).noise == decibels


def test_a_percentage_is_read_as_a_fraction() -> None:
    assert Line.model_validate({"loss": "1 %"}).loss == 0.01


@pytest.mark.parametrize("number", [350, 0.35])
def test_a_bare_number_is_refused_with_a_hint(number: float) -> None:
    assert message(delay=number) == "needs its unit (ms, s, min, h), for example '350 ms'"


@pytest.mark.parametrize(
    "number", ["350", "", "soon", "1,5 s", "1e3 s", "1 2 s", None, True, ["1 s"], "inf s", "9" * 400]
)
def test_what_is_no_quantity_is_refused_with_a_hint(number: object) -> None:
    assert message(delay=number) == "needs a duration with its unit (ms, s, min, h), for example '350 ms'"


def test_an_unknown_unit_is_named() -> None:
    assert message(delay="2 sec").startswith("'sec' is not a unit of a duration (ms, s, min, h)")


def test_a_negative_duration_is_refused() -> None:
    assert message(delay="-1 s") == "must not be negative"


def test_limits_are_told_in_the_words_of_the_user() -> None:
    assert message(grace="3001 ms") == "must be between 0 ms and 3 s"
    assert message(loss="101 %") == "must be between 0 % and 100 %"
    assert Line.model_validate({"grace": "3 s"}).grace == 3.0
    assert Line.model_validate({"grace": "0 ms"}).grace == 0.0


@pytest.mark.parametrize("text", ["350 ms", "1 s", "1.5 s", "0.5 ms", "0 ms", "90 s"])
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    assert Line.model_validate({"delay": text}).model_dump()["delay"] == text


def test_the_schema_of_a_quantity_is_a_pattern_on_text() -> None:
    schema = Line.model_json_schema()["properties"]["delay"]
    assert schema["type"] == "string"
    assert "(ms|s|min|h)" in schema["pattern"]

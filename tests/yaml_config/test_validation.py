from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError, model_validator

from callagent.yaml_config import ConfigError, Flaw, FlawsError, Settings, parse_yaml, validate
from callagent.yaml_config.validation import known_keys
from callagent.yaml_config.yaml_file import Document, Node


class Wheel(Settings):
    size: int = Field(10, ge=1, le=30)
    tyre: Literal["summer", "winter"] = "summer"


class Seat(Settings):
    colour: str


class Car(Settings):
    name: str
    wheels: Annotated[tuple[Wheel, ...], Field(strict=False)] = ()
    seats: dict[str, Seat] = Field(default_factory=dict)
    spare: Wheel | None = None
    roof: Wheel | Seat | None = None
    made_in: str = Field("", alias="from")
    weight: float = 1.0
    open: bool = False
    width: int | Literal["wide"] = 1
    plate: str = Field("", pattern="^[A-Z]+$")
    doors: dict[Annotated[str, Field(max_length=5)], int] = Field(default_factory=dict)
    trailers: dict[str, Annotated[Seat, Field(description="What is pulled.")]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_red_wheels(self) -> "Car":
        if self.name == "red":
            raise FlawsError(Flaw(("wheels", 1, "size"), "is too big", "2"), Flaw(("name",), "is red"))
        return self


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        validate(Car, parse_yaml(text, "car.yaml"))
    return str(caught.value).splitlines()


def test_a_right_document_becomes_its_model() -> None:
    car = validate(Car, parse_yaml("name: x\nfrom: here\nwheels: [{size: 3}]\n", "car.yaml"))
    assert (car.made_in, car.wheels[0].size) == ("here", 3)


def test_settings_stay_as_they_were_read() -> None:
    car = validate(Car, parse_yaml("name: x\n", "car.yaml"))
    with pytest.raises(ValidationError, match="frozen"):
        car.name = "y"  # type: ignore[misc]  # the type checker knows


def test_an_unknown_key_comes_with_the_nearest_right_one() -> None:
    assert problems("name: x\nwheel: []\n") == ["car.yaml:2: wheel: unknown key; did you mean 'wheels'?"]


def test_the_nearest_key_is_looked_for_at_the_place_of_the_wrong_one() -> None:
    text = (
        "name: x\nwheels:\n  - size: 2\n  - sise: 2\nseats:\n  left: {color: red, colour: red}\nspare: {tire: winter}\n"
    )
    assert problems(text) == [
        "car.yaml:4: wheels[1].sise: unknown key; did you mean 'size'?",
        "car.yaml:6: seats.left.color: unknown key; did you mean 'colour'?",
        "car.yaml:7: spare.tire: unknown key; did you mean 'tyre'?",
    ]


def test_a_key_that_resembles_nothing_has_no_hint() -> None:
    assert problems("name: x\nzzzzz: 1\n") == ["car.yaml:2: zzzzz: unknown key"]


def test_the_name_of_a_field_is_no_key_where_it_has_an_alias() -> None:
    assert problems("name: x\nmade_in: y\nform: z\n") == [
        "car.yaml:2: made_in: unknown key",
        "car.yaml:3: form: unknown key; did you mean 'from'?",
    ]


def test_all_problems_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = "weight: heavy\nopen: 1\nwheels:\n  - size: 40\n  - tyre: sumer\n  - 3\nseats: []\n"
    assert problems(text) == [
        "car.yaml:1: name: is missing",
        "car.yaml:1: weight: needs a number",
        "car.yaml:2: open: needs true or false",
        "car.yaml:4: wheels[0].size: must be at most 30",
        "car.yaml:5: wheels[1].tyre: must be 'summer' or 'winter'; did you mean 'summer'?",
        "car.yaml:6: wheels[2]: needs a mapping (key: value)",
        "car.yaml:7: seats: needs a mapping (key: value)",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: 12\n", "name: needs text; write it in quotes"),
        ("name: true\n", "name: needs text; write it in quotes"),
        ("name: [x]\n", "name: needs text"),
        ("name:\n", "name: has no value"),
        ("name: x\nwheels: {}\n", "wheels: needs a list"),
        ("name: x\nwheels:\n", "wheels: has no value"),
        ("name: x\nweight: .nan\n", "weight: needs a finite number"),
        ("name: x\nwheels: [{size: 1.5}]\n", "wheels[0].size: needs a whole number"),
        ("name: x\nwheels: [{size: true}]\n", "wheels[0].size: needs a whole number"),
        ("name: x\nplate: a1\n", "plate: string should match pattern '^[A-Z]+$'"),
    ],
)
def test_wrong_types_are_told_in_words_of_the_file(text: str, message: str) -> None:
    assert [line.split(": ", 1)[1] for line in problems(text)] == [message]


def test_a_missing_key_is_reported_where_it_should_stand() -> None:
    assert problems("name: x\nseats:\n  left: {}\n") == ["car.yaml:3: seats.left.colour: is missing"]


def test_a_model_can_name_the_keys_below_itself() -> None:
    assert problems("wheels:\n  - {size: 1}\n  - {size: 2}\nname: red\n") == [
        "car.yaml:3: wheels[1].size: is too big; did you mean '2'?",
        "car.yaml:4: name: is red",
    ]


def test_the_branches_of_a_union_make_one_problem() -> None:
    assert len(problems("name: x\nroof: 3\n")) == 1


def test_what_the_branches_of_a_union_want_is_one_problem_too() -> None:
    assert problems("name: x\nwidth: wid\n") == [
        "car.yaml:2: width: needs a whole number, or must be 'wide'; did you mean 'wide'?"
    ]


def test_a_key_and_its_value_are_two_problems() -> None:
    assert problems("name: x\ndoors: {driver: x}\n") == [
        "car.yaml:2: doors.driver: must not be longer than 5 characters",
        "car.yaml:2: doors.driver: needs a whole number",
    ]


def test_what_stands_in_no_line_comes_first() -> None:
    document = Document(Node({"name": Node(3, "car.yaml", 1), "open": Node(1, "car.yaml", None)}, "car.yaml", 1))
    with pytest.raises(ConfigError) as caught:
        validate(Car, document)
    assert [problem.key for problem in caught.value.problems] == ["open", "name"]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (["roof"], ["size", "tyre", "colour"]),
        (["wheels", 0], ["size", "tyre"]),
        (["wheels", "size"], []),
        (["seats", "left"], ["colour"]),
        (["trailers", "first"], ["colour"]),
        (["weight", "unit"], []),
    ],
)
def test_the_keys_of_a_place_are_those_of_its_models(path: list[str | int], keys: list[str]) -> None:
    assert known_keys(Car, path) == keys

"""The author's state as a scripted call sees it: paths, plain values, changes."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from callagent.journal import ObservationLog, StateChanged
from callagent.journal.state_watch import LONGEST_TEXT, MOST_ITEMS, NotThere, StateWatch, plain, value_at


class Customer(BaseModel):
    name: str = "Ann"
    pin: SecretStr = SecretStr("1234")


@dataclass
class Order:
    total: int = 12
    items: list[Any] = field(default_factory=lambda: ["bread", {"size": "big"}])
    customer: Customer = field(default_factory=Customer)

    @property
    def doubled(self) -> int:
        return self.total * 2

    @property
    def broken(self) -> int:
        raise RuntimeError("not for the caller")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("total", 12),
        ("doubled", 24),
        ("items.0", "bread"),
        ("items.-1.size", "big"),
        ("customer.name", "Ann"),
        ("customer", {"name": "Ann", "pin": "**********"}),
        ("items", ["bread", {"size": "big"}]),
    ],
)
def test_a_path_leads_through_attributes_keys_and_indexes(path: str, value: object) -> None:
    assert plain(value_at(Order(), path.split("."))) == value


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("totl", "the state has no 'totl'; did you mean 'total'?"),
        ("items.2", "items has 2 items, and no '2'"),
        ("items.first", "items has 2 items, and no 'first'"),
        ("items.1.sise", "items.1 has no 'sise'; did you mean 'size'?"),
        ("total.cents", "total has no 'cents'"),
    ],
)
def test_where_a_path_ends_is_told(path: str, message: str) -> None:
    with pytest.raises(NotThere) as missing:
        value_at(Order(), path.split("."))
    assert str(missing.value) == message


def test_keys_that_are_no_text_are_found_as_they_are_written() -> None:
    assert value_at({7: {"a": 1}}, ["7", "a"]) == 1


class Loop:
    def __init__(self) -> None:
        self.me = self
        self._private = 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        ({1: {2}}, {"1": [2]}),
        ((1, "x"), [1, "x"]),
        (list(range(MOST_ITEMS + 1)), list(range(MOST_ITEMS))),
        (Order, str(Order)),
    ],
)
def test_values_are_plain(value: object, shown: object) -> None:
    assert plain(value) == shown


def test_what_is_long_or_holds_itself_ends() -> None:
    assert len(plain("x" * (LONGEST_TEXT * 2))) < LONGEST_TEXT + 50
    assert "Loop" in str(plain(Loop()))


def test_each_change_is_logged_once() -> None:
    order, log = Order(), ObservationLog(lambda: 1.0)
    watch = StateWatch(lambda: order, ["total", "tip"], log)
    watch.look()
    watch.look()
    order.total = 13
    watch.look()
    assert log.of(StateChanged) == [
        StateChanged(1.0, "total", 12),
        StateChanged(1.0, "tip", missing="the state has no 'tip'"),
        StateChanged(1.0, "total", 13),
    ]


def test_what_cannot_be_read_is_told() -> None:
    log = ObservationLog(lambda: 1.0)
    StateWatch(Order, ["broken"], log).look()
    assert log.of(StateChanged)[0].missing == "broken cannot be read: RuntimeError"


def test_a_state_that_cannot_be_had_is_told() -> None:
    log = ObservationLog(lambda: 1.0)
    nobody: dict[str, int] = {}
    StateWatch(lambda: nobody["gone"], ["total"], log).look()
    assert log.of(StateChanged)[0].missing == "total cannot be read: KeyError"

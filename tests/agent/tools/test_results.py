"""What tools return: told as it is, as JSON, cut, or refused with a text."""

import dataclasses
import datetime
import decimal
from typing import Any

import pytest
from livekit.agents import Agent
from livekit.agents.llm import ToolError, ToolResult

from callagent.agent.tools.results import LONGEST_RESULT, fitting
from tests.support.processor import processor_time

LONGEST = LONGEST_RESULT + 100


@dataclasses.dataclass
class Loaf:
    item: str
    price: decimal.Decimal


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("One loaf.", "One loaf."),
        ("half \ud83d a character", "half \ufffd a character"),
        (b"One loaf.", "One loaf."),
        (bytearray("é".encode()), "é"),
        (3, 3),
        (None, None),
        (["rye", 2, {"spelt": 3}], ["rye", 2, {"spelt": 3}]),
        ({"a": {1, 2}}, {"a": {1, 2}}),
        (datetime.date(2026, 11, 28), "2026-11-28"),
        (Loaf("rye", decimal.Decimal("4.50")), {"item": "rye", "price": "4.50"}),
        ([datetime.time(9)], ["09:00:00"]),
    ],
)
def test_a_result_is_told(result: object, told: object) -> None:
    assert fitting("look_up", result) == told


@pytest.mark.parametrize("result", [b"\xff\xfe\x00", [b"\xff"], object(), [object()], {"a": lambda: None}])
def test_what_cannot_be_told_is_an_error_for_the_model(result: object) -> None:
    with pytest.raises(ToolError, match=r"^look_up has returned .*\. Tell the caller that it did not work\.$"):
        fitting("look_up", result)


def test_what_goes_round_in_a_circle_cannot_be_told() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ToolError):
        fitting("look_up", circle)


@pytest.mark.parametrize("megabytes", ["x" * 10_000_000, b"\xc3\xa9" * 5_000_000, ["x" * 100] * 100_000])
def test_ten_megabytes_are_cut_and_keep_nobody_waiting(megabytes: object) -> None:
    told: list[str] = []
    assert processor_time(lambda: told.append(fitting("look_up", megabytes))) < 0.1
    assert len(told[0]) < LONGEST
    assert told[0].endswith("[cut: the result was longer than 65536 characters]")


def test_an_agent_stays_an_agent() -> None:
    agent = Agent(instructions="")
    assert fitting("look_up", agent) is agent
    assert fitting("look_up", (agent, b"x")) == (agent, b"x")


def test_a_result_that_wants_no_reply_still_wants_none() -> None:
    result = fitting("look_up", ToolResult(b"done", reply_required=False))
    assert (result.output, result.reply_required) == ("done", False)

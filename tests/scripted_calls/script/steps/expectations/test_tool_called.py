from typing import Any

import pytest

from callagent.scripted_calls.script.steps.expectations.tool_called import ToolIsCalled
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def is_called(name: str, **arguments: Any) -> ToolIsCalled:
    return ToolIsCalled.model_validate({"expect": {"tool": name, "with": arguments}, "within": "2 s"})


def tool(call: PlayedCall, name: str, **arguments: Any) -> Verdict:
    return call.carry_out(is_called(name, **arguments))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    assert is_called("book").describe() == "tool book is called within 2 s"
    assert is_called("book", day="friday").describe() == "tool book(day=friday) is called within 2 s"


def test_a_tool_is_called_with_its_arguments(call: PlayedCall) -> None:
    call.tool(1.0, "book", day="Friday", time="nine")
    assert tool(call, "book", day="friday") == Verdict(True, "book(day=Friday, time=nine) was called at 1.00 s")


def test_other_calls_are_told(call: PlayedCall) -> None:
    call.tool(1.0, "book", day="monday")
    assert tool(call, "book", day="friday") == Verdict(False, "not called; the agent called book(day=monday)")


def test_a_tool_that_nobody_calls_is_told(call: PlayedCall) -> None:
    assert tool(call, "book") == Verdict(False, "no tool was called")


def test_each_call_of_a_tool_meets_one_expectation(call: PlayedCall) -> None:
    call.tool(1.0, "book", day="friday")
    step = is_called("book")

    async def twice(scene: Any) -> Verdict:
        assert (await step.carry_out(scene, 1)).passed
        return await step.carry_out(scene, 1)

    assert not call.judge(twice).passed


def test_a_tool_is_never_called_with_these_arguments(call: PlayedCall) -> None:
    call.tool(1.0, "transfer_call", to="sales")
    assert call.never({"tool": "transfer_call"}) == Verdict(False, "transfer_call(to=sales) was called at 1.00 s")
    assert call.never({"tool": "transfer_call", "with": {"to": "support"}}).passed

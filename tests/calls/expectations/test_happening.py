from typing import Any

import pytest

from callagent.calls.expectations.happening import call_ends, tool_is_called
from callagent.calls.expectations.verdict import Verdict
from callagent.calls.steps import CallEnds, ToolIsCalled
from tests.support.played_call import PlayedCall


def tool(call: PlayedCall, name: str, **arguments: Any) -> Verdict:
    step = ToolIsCalled.model_validate({"expect": {"tool": name, "with": arguments}, "within": "2 s"})
    return call.judge(lambda scene: tool_is_called(step, scene))


def ended(call: PlayedCall, **options: Any) -> Verdict:
    step = CallEnds.model_validate({"expect": "call ends", **options})
    return call.judge(lambda scene: call_ends(step, scene))


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


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
    step = ToolIsCalled.model_validate({"expect": {"tool": "book"}, "within": "2 s"})

    async def twice(scene: Any) -> Verdict:
        assert (await tool_is_called(step, scene)).passed
        return await tool_is_called(step, scene)

    assert not call.judge(twice).passed


def test_the_call_ends_for_a_reason(call: PlayedCall) -> None:
    call.ends(1.0, "agent hung up")
    assert ended(call, reason="agent hung up") == Verdict(True, "the call ended at 1.00 s (agent hung up)")


def test_another_reason_is_a_failure(call: PlayedCall) -> None:
    call.ends(1.0, "error")
    assert not ended(call, reason="agent hung up").passed


def test_a_call_that_goes_on_has_not_ended(call: PlayedCall) -> None:
    assert ended(call, within="2 s") == Verdict(False, "the call was still going on after 2.00 s")

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from livekit.agents.llm import ToolError

from callagent.agent.tools.declared import build_tools
from callagent.agent.tools.mocks import fill
from callagent.profile import Profile, load_profile
from callagent.yaml_config import Document, validate
from tests.support.virtual import virtually


def profile_with(**tool: object) -> Profile:
    base = load_profile("en-US", env={}).model_dump(mode="json", by_alias=True)
    return validate(Profile, Document.of({**base, "replies": [], "tools": {"look_up": tool}}, "test"))


def test_every_tool_of_the_profile_is_built() -> None:
    names = {tool.id for tool in build_tools(load_profile("en-US", env={}))}
    assert names == {"hang_up", "book_appointment"}


def test_a_function_that_cannot_be_imported_is_named() -> None:
    with pytest.raises(ValueError, match=r"tools.look_up.run: cannot import 'no.such:thing'"):
        build_tools(profile_with(description="x", run="no.such:thing"))


def test_a_template_keeps_names_without_a_value() -> None:
    assert fill("Booked for {day} at {time}.", {"day": "Friday"}) == "Booked for Friday at {time}."


def called(monkeypatch: pytest.MonkeyPatch, target: Callable[[], Any]) -> Any:
    """What the LLM gets from a tool whose function is `target`; of an error, its message."""
    monkeypatch.setattr("callagent.agent.tools.declared.load_targets", lambda profile, **_: {"look_up": target})
    (tool,) = build_tools(profile_with(description="x", run="json:loads", fillers={"say": []}))

    async def body() -> Any:
        try:
            return await tool(None, {})  # type: ignore[operator]  # a function tool
        except ToolError as error:
            return error.message

    return virtually(body)


async def nothing() -> None:
    await asyncio.sleep(0.1)


async def ends_the_program() -> None:
    raise SystemExit(3)


async def cancels_itself() -> None:
    raise asyncio.CancelledError


def ends_the_program_in_a_thread() -> None:
    raise SystemExit(3)


def test_a_function_that_returns_nothing_has_done_something(monkeypatch: pytest.MonkeyPatch) -> None:
    assert called(monkeypatch, nothing) == "done"
    assert called(monkeypatch, lambda: None) == "done"
    assert called(monkeypatch, lambda: 0) == 0


@pytest.mark.parametrize("target", [ends_the_program, ends_the_program_in_a_thread, cancels_itself])
def test_a_function_that_ends_more_than_itself_ends_no_call(
    monkeypatch: pytest.MonkeyPatch, target: Callable[[], Any]
) -> None:
    assert "has ended without a result" in called(monkeypatch, target)

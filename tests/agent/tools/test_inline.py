"""A tool of an author's that talks with the caller itself: it awaits one of livekit's tasks."""

import asyncio
from typing import Any

import pytest
from livekit.agents import AgentTask, RunContext, StopResponse, function_tool

from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile


class Name(AgentTask[str]):
    """Asks for a name, and takes whatever is said for it."""

    def __init__(self) -> None:
        super().__init__(instructions="Ask.")

    async def on_enter(self) -> None:
        self.session.say("What is your name?")

    async def on_user_turn_completed(self, turn_ctx: Any, new_message: Any) -> None:
        if not self.done():
            self.complete(new_message.text_content or "")
        raise StopResponse


async def by_function(context: RunContext[Any]) -> str:
    """Ask for the name."""
    return f"Thank you, {await Name()}"


@function_tool(name="ask")
async def by_tool(context: RunContext[Any]) -> str:
    """Ask for the name."""
    return f"Thank you, {await Name()}"


@pytest.mark.parametrize(
    "tool", [{"description": "Ask.", "run": f"{__name__}:by_function"}, {"run": f"{__name__}:by_tool"}]
)
def test_a_tool_may_await_a_task_and_says_no_filler_while_the_caller_answers(tool: dict[str, Any]) -> None:
    profile = a_profile(
        tools={"ask": {**tool, "timeout": "2 min"}},
        fillers={"say": ["One moment."], "delay": "1 s"},
        replies=[{"when": "please", "call": "ask"}],
    )

    async def body() -> list[str]:
        async with VirtualCall(profile) as call:
            await call.idle()
            await call.say("Please.")
            await call.hears("What is your name?")
            await asyncio.sleep(6.0)
            await call.interject("Ann.")
            await call.hears("Thank you, Ann.")
            return call.said[1:]

    assert virtually(body) == ["caller: Please.", "agent: What is your name?", "agent: Thank you, Ann."]

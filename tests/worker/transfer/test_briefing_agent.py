"""What the agent knows that asks somebody to take a call, and what it does with their answer."""

import asyncio

from livekit.agents.llm import ChatContext

from callagent.worker.transfer.briefing_agent import Consultant, settle, told
from tests.support.consultation import history


async def test_it_knows_the_conversation_and_has_three_ways_to_end_its_own() -> None:
    settled: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    consultant = Consultant(history(), settled)
    assert 'Customer: "I want to speak with somebody about my bill."' in str(consultant.instructions)
    assert {tool.id for tool in consultant.tools} == {"connect_to_caller", "decline_transfer", "voicemail_detected"}


async def test_what_comes_first_counts() -> None:
    settled: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    settle(settled, "hung up")
    settle(settled)
    assert await settled == "hung up"


def test_only_what_was_said_is_told() -> None:
    context = ChatContext()
    context.add_message(role="system", content="Be brief.")
    assert told(context) == "(nothing was said yet)"
    context.add_message(role="assistant", content="Hello.")
    assert told(context) == 'You: "Hello."'

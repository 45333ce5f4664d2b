"""A call to an agent of which nothing is known but what the telephone hears, over a real livekit-sip."""

import asyncio
from pathlib import Path

import pytest

from callagent.journal import AgentWords, CallEnded
from callagent.providers import speech
from callagent.scripted_calls import load_call, plan_call
from callagent.scripted_calls.levels.sip import SipLevel
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.live.rooms import desk, number_of
from tests.support.loopback import LOOPBACK

SCRIPT = Path(__file__).parents[2] / "configs" / "calls" / "hang-up-mid-sentence.yaml"


@pytest.mark.sip
@pytest.mark.local_models
@pytest.mark.timeout(120)
async def test_the_words_of_a_foreign_agent_are_recognised(sip_stack: SipStack) -> None:
    voice = await asyncio.to_thread(speech, "Thank you for calling. We are open on weekdays and closed on Sunday.")
    async with desk(sip_stack) as agent, number_of(sip_stack, agent.name) as number:
        level = SipLevel(uri=f"sip:{number}@{LOOPBACK}:{sip_stack.sip_port}")
        await level.start()
        stage = level.stage(plan_call(load_call(SCRIPT)))
        try:
            await stage.start()
            await agent.has_answered()
            await agent.say(voice)
            async with asyncio.timeout(30):
                await stage.log.wait_for(
                    lambda: "unday" in "".join(words.text for words in stage.log.of(AgentWords)) or None
                )
            await agent.hang_up()
            async with asyncio.timeout(10):
                await stage.log.wait_for(lambda: stage.log.ended)
        finally:
            await stage.aclose()
            await level.aclose()
    said = "".join(words.text for words in stage.log.of(AgentWords))
    assert "open on weekdays and closed on sunday" in said.lower()
    assert [ended.reason for ended in stage.log.of(CallEnded)] == ["agent hung up"]

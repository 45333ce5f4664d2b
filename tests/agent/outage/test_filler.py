"""What is heard while an answer takes long."""

import asyncio
from typing import Any

from callagent.agent import Sounds
from callagent.agent.outage.filler import filler_texts
from callagent.providers import Reply, Script
from tests.agent.outage.conftest import Mute, SlowLLM, Told, made_ahead
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

SCRIPT = Script((Reply(when="hours", say="From nine to six."),))
MOMENT = "One moment, please."


def waiting(seconds: float, sounds: Sounds, **fields: Any) -> tuple[VirtualCall, list[float], Told]:
    """A call whose model takes so long; when the agent was heard after the question, in seconds from its end."""
    told, asked = Told(), 0.0

    async def body() -> VirtualCall:
        nonlocal asked
        profile = a_profile(greeting="Hello.", **fields)
        async with VirtualCall(profile, llm=SlowLLM(SCRIPT, seconds), sounds=sounds) as call:
            call.call.outages.watchers.watch(told)
            await call.say("What are your opening hours?")
            asked = call.clock.now()
            await call.hears("nine to six")
        return call

    call = virtually(body)
    return call, [round(at - asked, 1) for at in call.spoke_at if at > asked], told


def test_a_long_wait_has_a_filler_and_the_answer_follows() -> None:
    call, heard, told = waiting(5.0, made_ahead(MOMENT))
    assert 2.0 < heard[0] < 3.5 and len(heard) == 2
    assert told.news == ["filler"] and call.said[-1] == "agent: One moment, please. From nine to six."


def test_no_silence_is_longer_than_three_seconds() -> None:
    _, heard, told = waiting(9.0, made_ahead(MOMENT))
    ends = [0.0, *(at + 1.0 for at in heard)]
    assert max(at - end for end, at in zip(ends, heard, strict=False)) <= 3.0
    assert told.news == ["filler", "filler"]


def test_an_answer_in_time_has_none() -> None:
    assert waiting(1.0, made_ahead(MOMENT))[2].news == []


def test_what_was_not_made_ahead_is_not_said() -> None:
    _, heard, told = waiting(5.0, Sounds())
    assert told.news == [] and len(heard) == 1


def test_the_profile_says_when_and_what() -> None:
    late = waiting(5.0, made_ahead(MOMENT), outage={"filler_after": "4 s"})
    assert late[1][0] > 3.5
    assert waiting(5.0, made_ahead(MOMENT), outage={"filler_after": None})[2].news == []
    assert filler_texts(a_profile(fillers=["Let me see.", "Hm."])) == ("Let me see.", "Hm.")
    assert filler_texts(a_profile(fillers=[])) == (MOMENT,)


def test_a_voice_that_is_gone_has_a_filler_too() -> None:
    told = Told()

    async def body() -> list[float]:
        sounds = made_ahead("Hello.", MOMENT)
        async with VirtualCall(a_profile(greeting="Hello."), tts=Mute(), sounds=sounds) as call:
            call.call.outages.watchers.watch(told)
            await call.say("What are your opening hours?")
            await asyncio.sleep(4.0)
            return call.spoke_at

    assert len(virtually(body)) == 2 and told.news == ["filler"]

import asyncio

import pytest

from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

PROFILE = a_profile(
    greeting="What is your telephone number?",
    replies=[{"when": "five five five", "say": "I have noted it."}],
    endpointing={"min_delay": "400 ms", "max_delay": "2 s"},
)


@pytest.mark.parametrize("interruptible", [True, False])
def test_words_that_another_speech_overtakes_are_answered_once_when_it_ends(interruptible: bool) -> None:
    async def body() -> list[str]:
        async with VirtualCall(PROFILE) as call:
            await call.say("Five five five.")
            await asyncio.sleep(1.0)  # the number is unfinished: the session still waits
            call.call.session.say("Let me tell you about our opening hours.", allow_interruptions=interruptible)
            await asyncio.sleep(20)
        return call.said

    assert virtually(body)[1:] == [
        "agent: Let me tell you about our opening hours.",
        "caller: Five five five.",
        "agent: I have noted it.",
    ]


def test_words_that_were_answered_are_not_answered_again() -> None:
    async def body() -> list[str]:
        async with VirtualCall(PROFILE) as call:
            await call.say("Five five five.")
            await asyncio.sleep(6)
            call.call.session.say("Let me tell you about our opening hours.")
            await asyncio.sleep(20)
        return call.said

    assert [turn for turn in virtually(body) if turn.startswith("caller")] == ["caller: Five five five."]


def test_a_session_that_closes_meanwhile_closes_in_order() -> None:
    async def body() -> list[str]:
        async with VirtualCall(PROFILE) as call:
            await call.say("Five five five.")
            await asyncio.sleep(1.0)
            await call.call.session.say("Goodbye.", allow_interruptions=False)
            call.call.session.shutdown(drain=False)
            await asyncio.wait_for(call.ended, 60)
        return call.said

    assert virtually(body)[1] == "agent: Goodbye."


def test_words_of_a_turn_that_is_thrown_away_meanwhile_are_not_answered() -> None:
    async def body() -> list[str]:
        async with VirtualCall(PROFILE) as call:
            await call.say("Five five five.")
            await asyncio.sleep(1.0)
            call.call.session.say("Let me tell you about our opening hours.", allow_interruptions=False)
            await asyncio.sleep(1.0)
            call.call.call.clear_turn()
            await asyncio.sleep(20)
        return call.said

    assert virtually(body)[1:] == ["agent: Let me tell you about our opening hours."]

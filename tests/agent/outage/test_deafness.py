"""The caller speaks, and the recogniser makes nothing of it."""

import asyncio
from typing import Any

from callagent.agent import Sounds
from tests.agent.outage.conftest import Deaf, DeafChain, Told
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

LONG = "I would like to book a table for four people on Saturday evening, please, at seven or half past."
ASKED = "agent: I am sorry, I could not hear you just now. Could you say that again, please?"


def speaking(words: list[str], stt: Any = None) -> tuple[VirtualCall, Told]:
    told = Told()

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(greeting="Hello."), stt=stt, sounds=Sounds()) as call:
            call.call.outages.watchers.watch(told)
            await call.idle()
            for each in words:
                await call.interject(each)
                await asyncio.sleep(12.0)
        return call

    return virtually(body), told


def test_the_caller_is_asked_to_say_it_again() -> None:
    call, told = speaking([LONG], Deaf())
    assert call.said[-1] == ASKED and told.news == ["asked again"]


def test_the_third_time_it_is_an_outage() -> None:
    call, told = speaking([LONG, LONG, LONG], Deaf())
    assert told.news == ["asked again", "asked again", "recogniser hung", "sentence"]
    assert "something has gone wrong" in call.said[-1]


def test_a_cough_is_not_answered() -> None:
    call, told = speaking(["Hm."], Deaf())
    assert told.news == [] and call.said == ["agent: Hello."]


def test_a_chain_goes_over_to_its_next_recogniser_before_the_caller_is_asked() -> None:
    chain = DeafChain()
    _, told = speaking([LONG], chain)
    assert chain.suspected >= 1 and told.news == ["asked again"]


def test_a_caller_who_is_understood_is_not_asked() -> None:
    call, told = speaking([LONG, LONG, LONG])
    assert told.news == [] and ASKED not in call.said

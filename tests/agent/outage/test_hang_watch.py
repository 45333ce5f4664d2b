"""Who hangs in a call is told, and the caller gets the treatment of an outage."""

import asyncio
from typing import Any

import pytest

from callagent.providers import Reply, Script
from tests.agent.outage.conftest import Mute, SlowLLM, Told
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

SCRIPT = Script((Reply(when="hours", say="From nine to six."),))
HANGS: dict[str, Any] = {"limits": {"reply_time": "5 min", "speech_pause": "5 min"}, "model": {"timeout": "2 min"}}


def hanging(seconds: float, *, quiet: bool = True, **options: Any) -> tuple[VirtualCall, Told]:
    """A call that is looked at for so long after the caller's question."""
    told = Told()

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HANGS), **options) as call:
            call.call.outages.watchers.watch(told)
            await call.interject("What are your opening hours?")
            for _ in range(round(seconds)):
                await asyncio.sleep(1.0)
                if not quiet:
                    await call.interject("Hello? Hello?")
        return call

    return virtually(body), told


def test_a_model_that_hangs_is_an_outage() -> None:
    call, told = hanging(45, llm=SlowLLM(SCRIPT, 200.0))
    assert told.news == ["model hung", "sentence"]
    assert call.call.flow.ending is not None
    assert call.call.flow.ending.error is not None and "the model hangs" in call.call.flow.ending.error


def test_a_voice_that_hangs_is_an_outage() -> None:
    _, told = hanging(45, tts=Mute())
    assert told.news == ["voice hung", "sentence"]


@pytest.mark.parametrize("seconds", [5.0, 15.0])
def test_who_answers_in_time_does_not_hang(seconds: float) -> None:
    call, told = hanging(45, llm=SlowLLM(SCRIPT, seconds))
    assert told.news == [] and "agent: From nine to six." in call.said


def test_who_has_nothing_to_say_does_not_hang() -> None:
    async def body() -> list[str]:
        told = Told()
        async with VirtualCall(a_profile(greeting="Hello.")) as call:
            call.call.outages.watchers.watch(told)
            await call.idle()
            await asyncio.sleep(120.0)
        return told.news

    assert virtually(body) == []

"""The caller's turn ended or thrown away by code: `Call.commit_turn` and `Call.clear_turn`."""

import asyncio
from typing import Any

import pytest

import callagent
from callagent.agent.caller_turn import WORDS_S
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

NOTICE = "This call is recorded so that we can look at it again, and it is kept for ninety days from today on."


def a_call(by: str = "manual", replies: Any = (), **endpointing: Any) -> VirtualCall:
    settings = {"by": by, **endpointing}
    return VirtualCall(a_profile(greeting="Hello.", replies=[*replies], otherwise="Noted.", endpointing=settings))


def own(call: VirtualCall) -> callagent.Call:
    assert isinstance(call.call.session.userdata, callagent.Call)
    return call.call.session.userdata


def test_a_turn_that_is_committed_is_answered_at_once() -> None:
    async def body() -> tuple[str, list[str], float]:
        async with a_call() as call:
            await call.say("I would like a table.")
            await asyncio.sleep(10)
            assert call.said == ["agent: Hello."]
            at = call.clock.now()
            words = await own(call).commit_turn()
            await asyncio.sleep(10)
        return words, call.said, call.spoke_at[1] - at

    words, said, delay = virtually(body)
    assert words == "I would like a table."
    assert said == ["agent: Hello.", "caller: I would like a table.", "agent: Noted."]
    assert delay < 0.2


def test_the_last_words_are_waited_for() -> None:
    async def body() -> str:
        async with a_call() as call:
            await call.say("I would like a table for two.")
            return await own(call).commit_turn()

    assert virtually(body) == "I would like a table for two."


@pytest.mark.parametrize("by", ["vad", "stt", "model"])
def test_a_dictation_that_is_waited_for_can_be_committed_however_turns_end(by: str) -> None:
    async def body() -> float:
        async with a_call(by, replies=[{"when": "five", "say": "Noted."}]) as call:
            own(call).say("What is your telephone number?")
            await call.say("Five five five")
            await asyncio.sleep(0.6)
            at = call.clock.now()
            own(call).commit_turn()
            await asyncio.sleep(10)
        return call.spoke_at[-1] - at

    assert virtually(body) < 0.5


@pytest.mark.parametrize("by", ["manual", "vad"])
def test_where_nothing_was_said_nothing_is_answered(by: str) -> None:
    async def body() -> tuple[str, list[str]]:
        async with a_call(by) as call:
            await call.idle()
            at = call.clock.now()
            words = await own(call).commit_turn()
            assert call.clock.now() - at < WORDS_S
            await asyncio.sleep(10)
        return words, call.said

    assert virtually(body) == ("", ["agent: Hello."])


def test_a_turn_committed_twice_is_answered_once() -> None:
    async def body() -> list[str]:
        async with a_call() as call:
            await call.say("I would like a table.")
            await asyncio.gather(own(call).commit_turn(), own(call).commit_turn())
            await asyncio.sleep(10)
        return call.said

    assert virtually(body) == ["agent: Hello.", "caller: I would like a table.", "agent: Noted."]


def test_a_turn_committed_over_what_must_not_be_interrupted_is_answered_after_it() -> None:
    async def body() -> list[str]:
        async with a_call() as call:
            await call.say("I would like a table.")
            own(call).say(NOTICE, interruptible=False)
            await asyncio.sleep(2)
            own(call).commit_turn()
            await asyncio.sleep(20)
        return call.said

    assert virtually(body)[1:] == [f"agent: {NOTICE}", "caller: I would like a table.", "agent: Noted."]


@pytest.mark.parametrize("by", ["manual", "vad"])
def test_a_turn_that_is_cleared_is_no_part_of_the_next_one(by: str) -> None:
    async def body() -> list[str]:
        async with a_call(by, min_delay="1 s") as call:
            await call.say("I would like a, no,")
            await asyncio.sleep(0.6)
            own(call).clear_turn()
            await asyncio.sleep(5)
            assert call.said == ["agent: Hello."]
            await call.say("Are you open on Sundays?")
            await own(call).commit_turn()
            await asyncio.sleep(10)
        return call.said

    assert virtually(body) == ["agent: Hello.", "caller: Are you open on Sundays?", "agent: Noted."]


def test_words_over_speech_of_a_turn_that_is_cleared_are_not_made_up_for() -> None:
    async def body() -> list[str]:
        async with a_call("vad") as call:
            await call.idle()
            own(call).say(NOTICE, interruptible=False)
            await asyncio.sleep(1)
            await call.interject("I would like a table.")
            await asyncio.sleep(1)
            own(call).clear_turn()
            await asyncio.sleep(20)
        return call.said

    assert virtually(body) == ["agent: Hello.", f"agent: {NOTICE}"]


def test_words_that_nobody_has_committed_are_in_the_history_when_the_call_ends() -> None:
    async def body() -> list[str]:
        async with a_call() as call:
            await call.say("I would like a table.")
            await asyncio.sleep(5)
        return call.said

    assert virtually(body) == ["agent: Hello.", "caller: I would like a table."]


def test_a_call_in_which_nothing_was_said_ends_with_an_empty_record() -> None:
    async def body() -> list[str]:
        async with a_call() as call:
            await call.idle()
        return call.said

    assert virtually(body) == ["agent: Hello."]


def test_after_the_end_of_the_call_there_is_no_turn() -> None:
    async def body() -> str:
        async with a_call() as call:
            await call.say("I would like a table.")
            await asyncio.sleep(1)
        own(call).clear_turn()
        return await own(call).commit_turn()

    assert virtually(body) == ""

"""Turns that a key begins and ends, in calls in virtual time."""

import asyncio
from typing import Any

from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

SPEECH = "We are open on weekdays from nine to six, on Saturdays from ten to four, and on Sundays we are closed."


def a_call(**endpointing: Any) -> VirtualCall:
    return VirtualCall(a_profile(greeting="Hello.", otherwise="Noted.", endpointing={"by": "manual", **endpointing}))


def said(*steps: str | float, **endpointing: Any) -> list[str]:
    """What was said after the greeting. A text is spoken, "key …" is pressed, a number is waited for."""

    async def body() -> list[str]:
        async with a_call(**endpointing) as call:
            await call.idle()
            for step in steps:
                if isinstance(step, float):
                    await asyncio.sleep(step)
                elif step.startswith("key "):
                    call.call.keypad.press(step.removeprefix("key "))
                else:
                    await call.interject(step)
            await asyncio.sleep(10)
        return call.said[1:]

    return virtually(body)


def test_a_key_ends_the_turn() -> None:
    assert said("A table.", 3.0, "For two.", 3.0, "key #") == ["caller: A table. For two.", "agent: Noted."]


def test_another_key_may_be_the_one() -> None:
    assert said("A table.", 1.0, "key 0", key="0") == ["caller: A table.", "agent: Noted."]


def test_a_key_at_which_nothing_was_said_is_no_turn() -> None:
    assert said("key #", 1.0, "key ##") == []


def test_what_was_said_before_the_key_that_begins_a_turn_does_not_count() -> None:
    steps = ("Is he there?", 1.0, "key *", "A table.", 1.0, "key #")
    assert said(*steps, begin_key="*") == ["caller: A table.", "agent: Noted."]


def test_one_key_begins_and_ends() -> None:
    steps = ("Is he there?", 1.0, "key #", "A table.", 1.0, "key #", 5.0, "key #", "For two.", 1.0, "key #")
    turns = ["caller: A table.", "agent: Noted.", "caller: For two.", "agent: Noted."]
    assert said(*steps, begin_key="#") == turns


def test_the_key_that_ends_a_turn_ends_none_that_has_not_begun() -> None:
    assert said("A table.", 1.0, "key #", 5.0, begin_key="*") == ["caller: A table."]  # as it is kept at the end


def test_other_keys_are_still_entries() -> None:
    assert said("key 1", "key 2", 5.0) == ["caller: 12", "agent: Noted."]


def test_the_key_that_begins_a_turn_stops_the_agent() -> None:
    async def body() -> bool:
        async with a_call(begin_key="*") as call:
            await call.idle()
            speech = call.call.session.say(SPEECH)
            await asyncio.sleep(2)
            call.call.keypad.press("*")
            await asyncio.sleep(0.2)
            return speech.interrupted and speech.done()

    assert virtually(body)


def test_a_tool_that_collects_keys_gets_them_all() -> None:
    async def body() -> list[str]:
        taken: list[str] = []
        async with a_call() as call:
            await call.say("A table.")
            call.call.keypad.take(taken.append)
            call.call.keypad.press("12#")
            await asyncio.sleep(5)
            assert call.said == ["agent: Hello."]
        return taken

    assert virtually(body) == ["1", "2", "#"]

import asyncio

import pytest
from livekit.agents.llm import ChatContext

from callagent.agent.turn_handling import SURE, THRESHOLD, UNSURE, EndOfTurn
from callagent.profile import load_profile
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

ASKS = "What is your telephone number?"


def context(*turns: str) -> ChatContext:
    """Turns of agent and caller, in turn."""
    chat = ChatContext()
    for at, text in enumerate(turns):
        chat.add_message(role="user" if at % 2 else "assistant", content=text)
    return chat


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ((ASKS, "five five five"), UNSURE),
        ((ASKS, "I do not know."), SURE),
        ((ASKS, "five five five", "For how many people?", "Two."), SURE),
        ((ASKS,), SURE),
        ((), SURE),
    ],
)
def test_an_unfinished_dictation_is_unlikely_to_be_the_end(turns: tuple[str, ...], expected: float) -> None:
    detector = EndOfTurn.of(load_profile("en-US", env={}))
    assert asyncio.run(detector.predict_end_of_turn(context(*turns))) == expected
    assert UNSURE < THRESHOLD < SURE


def test_words_that_are_still_to_come_are_waited_for() -> None:
    detector = EndOfTurn.of(load_profile("en-US", env={}))
    detector.wait_for(lambda: True)
    assert asyncio.run(detector.predict_end_of_turn(context("Hello.", "Are you open?"))) == UNSURE


def test_a_profile_can_wait_for_nothing() -> None:
    detector = EndOfTurn.of(a_profile(endpointing={"wait_for": []}))
    assert asyncio.run(detector.predict_end_of_turn(context(ASKS, "five five five"))) == SURE


def replied(said: str, pause: float, then: str) -> list[str]:
    profile = a_profile(
        greeting=ASKS, replies=[{"when": "/one two$/", "say": "Noted."}], endpointing={"max_delay": "2 s"}
    )

    async def body() -> list[str]:
        async with VirtualCall(profile) as call:
            await call.say(said)
            await asyncio.sleep(pause)
            await call.interject(then)
            await asyncio.sleep(10)
        return call.said

    return [turn.removeprefix("caller: ") for turn in virtually(body) if turn.startswith("caller")]


@pytest.mark.parametrize("pause", [0.5, 1.0, 1.7])
def test_groups_of_a_number_are_one_turn_whatever_the_pause_below_max_delay(pause: float) -> None:
    assert replied("Five five five", pause, "zero one two") == ["Five five five zero one two"]


def test_a_pause_beyond_max_delay_ends_the_turn() -> None:
    assert len(replied("Five five five", 2.8, "zero one two")) == 2


def test_two_sentences_in_quick_succession_are_one_turn() -> None:
    assert replied("I do not have one.", 0.4, "Sorry about that.") == ["I do not have one. Sorry about that."]

import asyncio

import pytest
from livekit import rtc
from livekit.agents.llm import ChatContext

from callagent.agent.end_of_turn import PATIENCE_S, SURE, THRESHOLD, UNSURE, EndOfTurn
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


class Model:
    """An end-of-turn model that answers after `delay`, or fails."""

    name = "told"

    def __init__(self, answer: float | Exception, delay: float = 0.0) -> None:
        self.heard = 0
        self.forgotten = 0
        self._answer, self._delay = answer, delay

    async def threshold(self) -> float:
        return 0.3

    def hear(self, frame: rtc.AudioFrame) -> None:
        self.heard += 1

    async def probability(self, silence: float) -> float:
        await asyncio.sleep(self._delay)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def forget(self) -> None:
        self.forgotten += 1


def answered_after(model: Model, said: str = "I would like a table for two.") -> float:
    """Seconds from the caller's last sample to the agent's first."""
    profile = a_profile(greeting="Hello.", otherwise="Noted.", endpointing={"by": "model", "max_delay": "3 s"})

    async def body() -> float:
        async with VirtualCall(profile, turn_model=model) as call:
            assert call.call.gate is not None
            await call.say(said)
            ended = call.clock.now()
            call.call.gate.hear(rtc.AudioFrame(bytes(320), 8000, 1, 160))
            await asyncio.sleep(10)
        return call.spoke_at[1] - ended

    return virtually(body)


def test_a_turn_that_sounds_finished_is_answered_at_once_and_another_one_late() -> None:
    assert answered_after(Model(0.9)) < 0.7
    assert 3.0 < answered_after(Model(0.1)) < 3.3


def test_the_threshold_is_that_of_the_model() -> None:
    assert answered_after(Model(0.35)) < 0.7


def test_a_dictation_is_waited_for_whatever_the_model_says() -> None:
    assert answered_after(Model(0.9), "Five five five") > 3.0


@pytest.mark.parametrize("model", [Model(ValueError("broken")), Model(0.1, delay=60.0)])
def test_a_model_that_fails_or_hangs_leaves_it_to_the_pause(model: Model) -> None:
    assert answered_after(model) < 0.7 + PATIENCE_S


def test_the_model_hears_the_caller_and_forgets_with_each_turn() -> None:
    model = Model(0.9)
    answered_after(model)
    assert model.heard == 1
    assert model.forgotten == 1

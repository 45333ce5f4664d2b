"""Each way in which a turn ends (`endpointing.by`), in calls at level text."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import Agent

from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT
from tests.support.plain_session import PlainSession
from tests.support.scripted import failed, run_text
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

DICTATION = """
    agent:
      greeting: What is your telephone number?
      replies: [{when: /(five|5).*(zero|0).*(six|6)/, say: Noted.}]
      otherwise: That was not all of it.
    steps:
      - agent_says: telephone number
      - {caller: Five five five., when: agent listening, after: 400 ms}
      - {caller: Zero one two., after: 700 ms}
      - {caller: Three four five six., after: 900 ms}
      - {expect: agent replies, with: Noted, within: 8 s}
    never: [{agent_says: not all of it}]
"""

UNFINISHED = """
    agent:
      greeting: Hello.
      replies: [{when: /table.*two/, say: Noted.}]
      otherwise: That was not all of it.
    steps:
      - agent_says: Hello
      - {caller: "I would like a table for,", when: agent listening, after: 400 ms}
      - {caller: two people., after: 1 s}
      - {expect: agent replies, with: Noted, within: 8 s}
    never: [{agent_says: not all of it}]
"""

PUSH_TO_TALK = """
    agent:
      greeting: Hello.
      replies: [{when: /table.*two/, say: Noted.}]
      otherwise: That was not all of it.
    steps:
      - agent_says: Hello
      - {caller: I would like a table., when: agent listening, after: 400 ms}
      - {caller: For two people., after: 6 s}
      - {caller: {dtmf: "#"}, after: 2 s}
      - {expect: agent replies, with: Noted, within: 500 ms}
    never: [{agent_says: not all of it}]
"""

STOP = """
    agent:
      greeting: >-
        We are open on weekdays from nine to six, on Saturdays from ten to four, and on Sundays we are closed all day.
    steps:
      - agent_says: We are open
      - {caller: "No, stop.", when: agent speaking, after: 1 s}
      - {expect: agent stops, within: 500 ms}
"""


@pytest.mark.parametrize("by", ["vad", "stt", "model", "realtime"])
@pytest.mark.parametrize("mode", ["fixed", "dynamic"])
def test_a_dictation_is_one_turn_whoever_ends_turns(tmp_path: Path, by: str, mode: str) -> None:
    if (by, mode) == ("realtime", "dynamic"):
        pytest.skip("a profile cannot say that")
    result = run_text(tmp_path, DICTATION, f"endpointing.by={by}", f"endpointing.mode={mode}")
    assert result.passed, failed(result)


@pytest.mark.parametrize(("by", "one_turn"), [("model", True), ("vad", False), ("stt", False)])
def test_only_a_model_waits_for_a_sentence_that_sounds_unfinished(tmp_path: Path, by: str, one_turn: bool) -> None:
    assert run_text(tmp_path, UNFINISHED, f"endpointing.by={by}").passed is one_turn


def test_a_key_ends_a_turn_and_no_pause_does(tmp_path: Path) -> None:
    result = run_text(tmp_path, PUSH_TO_TALK, "endpointing.by=manual")
    assert result.passed, failed(result)
    assert not run_text(tmp_path, PUSH_TO_TALK, "endpointing.by=vad").passed


@pytest.mark.parametrize("by", ["vad", "stt", "model", "manual"])
def test_a_command_stops_the_agent_whoever_ends_turns(tmp_path: Path, by: str) -> None:
    result = run_text(tmp_path, STOP, f"endpointing.by={by}")
    assert result.passed, failed(result)


def test_stock_livekit_takes_the_key_as_well(tmp_path: Path) -> None:
    result = run_text(tmp_path, PUSH_TO_TALK, "endpointing.by=manual", gate="stock")
    assert result.passed, failed(result)


class SessionOfAQuietRecogniser(PlainSession):
    """Its recogniser gives words, and never tells that speech has ended."""

    def recogniser(self) -> ScriptedSTT:
        return ScriptedSTT(self.caller, "en-US", tells_ends=False)


@pytest.mark.parametrize(
    ("session", "by", "answered"),
    [
        (PlainSession, "stt", True),
        (SessionOfAQuietRecogniser, "vad", True),
        (SessionOfAQuietRecogniser, "stt", False),
    ],
)
def test_with_stt_nothing_but_the_recogniser_ends_a_turn(session: type[PlainSession], by: str, answered: bool) -> None:
    async def body() -> list[str]:
        profile = a_profile(endpointing={"by": by})
        async with session(lambda _: Agent(instructions=""), profile=profile) as call:
            await call.say("I would like a table for two.")
            await asyncio.sleep(20)
            return [*call.said]

    assert (len(virtually(body)) == 2) is answered


def reply_delay(mode: str) -> float:
    """Seconds to the answer of a caller who has dictated with long pauses before."""
    profile = a_profile(greeting="What is your telephone number?", otherwise="Noted.", endpointing={"mode": mode})

    async def body() -> float:
        async with VirtualCall(profile) as call:
            await call.idle()
            for group in ("Five five five", "zero one two", "three four five six"):
                await call.interject(group)
                await asyncio.sleep(1.5)
            await call.idle()
            await call.say("Are you open on Sundays?")
            ended = call.clock.now()
            await asyncio.sleep(10)
        return call.spoke_at[-1] - ended

    return virtually(body)


def test_a_dynamic_delay_grows_with_the_pauses_of_a_caller() -> None:
    assert reply_delay("dynamic") > reply_delay("fixed") + 0.1


@pytest.mark.parametrize(("limit", "cut_in"), [("10 s", True), (None, False)])
def test_a_caller_who_talks_on_is_cut_in_on_only_with_a_limit(limit: str | None, cut_in: bool) -> None:
    endpointing: dict[str, Any] = {"min_delay": "1 s", "max_delay": "1 s"} | ({"max_turn": limit} if limit else {})
    profile = a_profile(greeting="Hello.", otherwise="Let me stop you there.", endpointing=endpointing)

    async def body() -> tuple[list[float], float]:
        async with VirtualCall(profile) as call:
            await call.idle()
            for _ in range(6):
                await call.interject("And then I said to her that this could not be true at all.")
                await asyncio.sleep(0.6)
            ended = call.clock.now()
            await asyncio.sleep(10)
        return call.spoke_at[1:], ended

    spoke_at, ended = virtually(body)
    assert (spoke_at[0] < ended - 5.0) is cut_in

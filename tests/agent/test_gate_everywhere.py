"""The gate holds whoever talks: a plain agent, a hand-over, a task, models of an agent's own, a recording."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import Agent, AgentTask, RunContext, function_tool

import callagent
from callagent.audio import SAMPLE_RATE
from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from callagent.turns.gate.decisions import Drop, Interrupt
from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

SPEECH = "We are open from nine to six on every day of the week except for Sundays and all of the public holidays."
CALLS_A_TOOL = Script((Reply(when="orders", say="Done.", tool="to_orders"),))


class Talker(Agent):
    """Says something long as soon as it is there."""

    def __init__(self, **models: Any) -> None:
        super().__init__(instructions="Talk.", **models)

    async def on_enter(self) -> None:
        self.session.say(SPEECH)


class Reception(Agent):
    """Hands the caller over to a talker when the model calls its tool."""

    def __init__(self, **models: Any) -> None:
        super().__init__(instructions="Receive.")
        self._models = models

    @function_tool
    async def to_orders(self) -> Agent:
        """Hand over to orders."""
        return Talker(**self._models)


class Question(AgentTask[str]):
    """A task that says something long and is done when the caller has said something."""

    def __init__(self, **models: Any) -> None:
        super().__init__(instructions="Ask.", **models)

    async def on_enter(self) -> None:
        self.session.say(SPEECH)

    async def on_user_turn_completed(self, turn_ctx: Any, new_message: Any) -> None:
        if not self.done():
            self.complete(new_message.text_content or "")


class Asker(Agent):
    """Runs the task as soon as it is there, and goes on talking when it is done."""

    def __init__(self, **models: Any) -> None:
        super().__init__(instructions="Ask.")
        self._models = models

    async def on_enter(self) -> None:
        await Question(**self._models)
        self.session.say(SPEECH)


class WithTool(Agent):
    """Awaits the task inside a tool."""

    def __init__(self) -> None:
        super().__init__(instructions="Ask.")

    @function_tool
    async def to_orders(self, context: RunContext[Any]) -> str:
        """Ask for the order."""
        return await Question()


class Recording(Agent):
    """Plays what was recorded."""

    def __init__(self) -> None:
        super().__init__(instructions="Play.")

    async def on_enter(self) -> None:
        self.session.say(SPEECH, audio=recorded())


async def recorded() -> AsyncIterator[rtc.AudioFrame]:
    size = SAMPLE_RATE // 50
    for _ in range(round(spoken_length(SPEECH) * 50)):
        yield rtc.AudioFrame(bytes(2 * size), SAMPLE_RATE, 1, size)


def own(call: PlainSession) -> dict[str, Any]:
    return {"stt": call.recogniser(), "tts": ScriptedTTS(), "llm": ScriptedLLM(Script())}


def gated_by_its_author(call: PlainSession) -> Agent:
    return Talker(stt=callagent.gated(call.recogniser()))


AGENTS: dict[str, tuple[Callable[[PlainSession], Agent], str]] = {
    "an agent": (lambda _: Talker(), ""),
    "after a hand-over": (lambda _: Reception(), "Orders, please."),
    "a hand-over to models of its own": (lambda call: Reception(**own(call)), "Orders, please."),
    "a task": (lambda _: Asker(), ""),
    "a task with models of its own": (lambda call: Asker(**own(call)), ""),
    "a task in a tool": (lambda _: WithTool(), "Orders, please."),
    "models of its own": (lambda call: Talker(**own(call)), ""),
    "an STT that its author has gated": (gated_by_its_author, ""),
    "a recording": (lambda _: Recording(), ""),
}
"""Who talks, and what the caller says to get there."""


async def over_the_speech(call: PlainSession, first: str, words: str) -> float:
    """Says `words` two seconds into the long speech; seconds from their first sample to the agent's silence."""
    if first:
        await call.say(first)
    await call.speaks()
    began = await call.interject(words)
    await asyncio.sleep(4.0)
    return next((at - began for at in call.silent_at if at > began), 0.0)


def reaction_of_a_profiles_agent(words: str) -> float:
    """The same over the greeting of an agent that is made from a profile."""

    async def body() -> float:
        async with VirtualCall(a_profile(greeting=SPEECH)) as call:
            assert call.call.gate is not None
            await asyncio.sleep(3.0)
            began = call.clock.now()
            await call.interject(words)
            await asyncio.sleep(4.0)
            (record,) = call.call.gate.journal
            assert record.silent_at is not None
            return record.silent_at - began

    return virtually(body)


@pytest.mark.parametrize("gated", [True, False], ids=["gated", "left to the gate"])
@pytest.mark.parametrize("who", AGENTS)
def test_a_stop_stops_whoever_talks_as_soon_as_the_agent_of_a_profile(who: str, gated: bool) -> None:
    make, first = AGENTS[who]

    async def body() -> float:
        async with PlainSession(make, gated=gated, llm=ScriptedLLM(CALLS_A_TOOL)) as call:
            reaction = await over_the_speech(call, first, "No, stop.")
            assert "caller: No, stop." in call.said
            assert [each.rule for each in call.decisions if isinstance(each, Interrupt)] == ["command"]
        return reaction

    assert virtually(body) == pytest.approx(reaction_of_a_profiles_agent("No, stop."), abs=0.02)


@pytest.mark.parametrize("gated", [True, False], ids=["gated", "left to the gate"])
@pytest.mark.parametrize("who", AGENTS)
def test_an_acknowledgement_stops_nobody_and_is_no_turn(who: str, gated: bool) -> None:
    make, first = AGENTS[who]

    async def body() -> None:
        async with PlainSession(make, gated=gated, llm=ScriptedLLM(CALLS_A_TOOL)) as call:
            before = [*call.silent_at]
            await over_the_speech(call, first, "Yeah, okay.")
            assert "caller: Yeah, okay." not in call.said
            assert len(call.spoke_at) > len(call.silent_at), "the agent is still talking"
            assert len(call.silent_at) - len(before) <= bool(first), "without a gap"
            assert any(isinstance(each, Drop) for each in call.decisions)

    virtually(body)


@pytest.mark.parametrize("who", AGENTS)
def test_the_gate_is_told_the_words_once_whoever_says_them(who: str) -> None:
    make, first = AGENTS[who]

    async def body() -> str:
        async with PlainSession(make, llm=ScriptedLLM(CALLS_A_TOOL)) as call:
            await over_the_speech(call, first, "Okay.")
        return "".join(call.agent_text)

    assert virtually(body).replace(" ", "") == SPEECH.replace(" ", "")


def test_the_agent_that_a_task_gives_back_to_has_the_gate_again() -> None:
    async def body() -> None:
        async with PlainSession(lambda call: Asker(**own(call))) as call:
            await over_the_speech(call, "", "No, stop.")
            await call.speaks()
            before = len(call.silent_at)
            await call.interject("Yeah, okay.")
            await asyncio.sleep(1.0)
            assert len(call.silent_at) == before
            await call.interject("Wait.")
            assert len(call.silent_at) == before + 1
            await asyncio.sleep(1.0)
            assert "caller: Wait." in call.said

    virtually(body)


def to_orders() -> Agent:
    """A profile's tool that hands over."""
    return Talker()


@pytest.mark.parametrize(("words", "stops"), [("No, stop.", True), ("Yeah, okay.", False)])
def test_an_agent_that_a_tool_of_a_profile_returns_has_the_gate(words: str, stops: bool) -> None:
    profile = a_profile(
        tools={"to_orders": {"description": "Hand over.", "run": f"{__name__}:to_orders"}},
        replies=[{"when": "orders", "call": "to_orders"}],
        greeting="",
    )

    async def body() -> None:
        async with VirtualCall(profile) as call:
            await call.say("Orders, please.")
            await asyncio.sleep(2.0)
            await call.interject(words)
            await asyncio.sleep(1.0)
            assert (f"caller: {words}" in call.said) is stops
            assert bool(call.spoke_at) and (f"agent: {SPEECH}" in call.said) is stops, "said, or still being said"
            assert type(call.call.session.current_agent) is Talker

    virtually(body)


class Asking(Agent):
    """Asks something, and then says nothing more."""

    def __init__(self, how: str) -> None:
        super().__init__(instructions="Ask.")
        self._how = how

    async def on_enter(self) -> None:
        text = "Shall I put you through to somebody who can help you with it?"
        self.session.say(text, audio=recorded()) if self._how == "recorded" else self.session.say(text)


@pytest.mark.parametrize("how", ["spoken", "recorded"])
def test_a_yes_to_a_question_is_an_answer_though_the_agent_has_not_finished(how: str) -> None:
    async def body() -> list[str]:
        async with PlainSession(lambda _: Asking(how)) as call:
            await call.speaks(3.0)
            await call.interject("Yes.")
            await asyncio.sleep(12.0)
        return call.said

    assert "caller: Yes." in virtually(body)


def test_a_session_that_interrupts_by_itself_is_refused() -> None:
    async def body() -> None:
        PlainSession(lambda _: Talker(), turn_handling={"interruption": {"mode": "vad"}})

    with pytest.raises(ValueError, match=r"session_options\(profile\)"):
        virtually(body)


def test_a_session_that_is_deaf_at_first_is_refused() -> None:
    async def body() -> None:
        PlainSession(lambda _: Talker(), aec_warmup_duration=3.0)

    with pytest.raises(ValueError, match=r"session_options\(profile\)"):
        virtually(body)


@pytest.mark.parametrize("agent", [Asker, WithTool])
def test_what_answers_a_task_is_its_turn(agent: Callable[[], Agent]) -> None:
    async def body() -> list[str]:
        async with PlainSession(lambda _: agent(), llm=ScriptedLLM(CALLS_A_TOOL)) as call:
            if agent is WithTool:
                await call.say("Orders, please.")
            await call.speaks()
            await asyncio.sleep(spoken_length(SPEECH))
            await call.interject("Two loaves of bread.")
            await asyncio.sleep(1.0)
            return [*call.said]

    assert "caller: Two loaves of bread." in virtually(body)

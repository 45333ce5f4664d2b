"""A model and a voice of anybody's agent: within limits, whole characters, numbers read out; else seen through."""

import asyncio
from typing import Any

import pytest
from livekit.agents import Agent, llm, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from callagent.agent.models import LimitedLLM, LimitedTTS
from callagent.profile import load_profile
from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.agent.test_gate_everywhere import Talker
from tests.agent.test_provider_limits import ENOUGH, Chattering, Droning, Flooding
from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually
from tests.support.virtual_call import a_profile

LIMITS = load_profile("en-US", env={}).limits
SAYS = Reply(when="number", say="Our telephone number is 5550123456.")
SCRIPT = Script((SAYS, Reply(when="half", say="Half \ud83d a face.")))


class Noting(ScriptedTTS):
    """A voice that notes what it is given to say."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def synthesize(self, text: str, **options: Any) -> tts.ChunkedStream:
        self.given.append(text)
        return super().synthesize(text, **options)


class Silent(Agent):
    """Waits for the caller."""

    def __init__(self, **models: Any) -> None:
        super().__init__(instructions="Wait.", **models)


@pytest.mark.parametrize("own", [True, False], ids=["of the agent", "of the session"])
def test_what_a_plain_agent_says_is_read_and_whole_as_a_profile_says(own: bool) -> None:
    voice, model = Noting(), ScriptedLLM(SCRIPT)

    async def body() -> list[str]:
        models: dict[str, Any] = {"llm": model, "tts": voice}
        async with PlainSession(lambda _: Silent(**(models if own else {})), **({} if own else models)) as call:
            await call.say("Give me the number.")
            await asyncio.sleep(8)
            await call.say("Now half a face.")
            await asyncio.sleep(8)
        return call.said

    said = virtually(body)
    assert "5 5 5, 0 1 2, 3 4 5 6" in " ".join(voice.given)
    assert "agent: Half \ufffd a face." in said


@pytest.mark.parametrize("own", [True, False], ids=["of the agent", "of the session"])
@pytest.mark.parametrize(
    ("part", "limit"), [("llm", "limits.reply)"), ("tts", "limits.speech)"), ("stt", "limits.transcripts)")]
)
def test_a_provider_of_a_plain_agent_that_never_ends_is_an_outage(part: str, limit: str, own: bool) -> None:
    endless: dict[str, Any] = {
        "llm": Flooding(llm.ChoiceDelta(role="assistant", content="and so on, "), 0.01),
        "tts": Droning(ENOUGH),
        "stt": Chattering("hello", 0.001),
    }
    model = endless[part]

    async def body() -> list[str]:
        agent = Talker if part != "llm" else Silent
        options = {} if own else {part: model}
        async with PlainSession(lambda _: agent(**({part: model} if own else {})), **options) as call:
            if part == "llm":
                await call.say("Tell me everything.")
            await asyncio.sleep(30)
        return call.failures

    failures = virtually(body)
    assert len(failures) == 1 and limit in failures[0]
    assert model.sent < 20_000


def test_a_limited_model_is_the_model_in_everything_else() -> None:
    model, voice = ScriptedLLM(SCRIPT), ScriptedTTS()
    thinks, speaks = LimitedLLM(model, LIMITS), LimitedTTS(voice, LIMITS)
    assert (thinks.label, thinks.model, thinks.provider) == (model.label, "script", "callagent")
    assert (speaks.label, speaks.sample_rate, speaks.num_channels) == (voice.label, 8000, 1)
    assert thinks.script is SCRIPT, "what only the model has"
    assert speaks.markup is voice.markup


def test_an_answer_collected_by_hand_is_the_models() -> None:
    async def body() -> str:
        context = llm.ChatContext.empty()
        context.add_message(role="user", content="Give me the number.")
        answer = LimitedLLM(ScriptedLLM(SCRIPT), LIMITS).chat(chat_ctx=context, tools=[])
        assert answer.chat_ctx is context and answer.tools == []
        return (await answer.collect()).text

    assert asyncio.run(body()) == "Our telephone number is 5550123456."


def test_a_sentence_synthesized_by_hand_is_the_voices() -> None:
    async def body() -> float:
        speaks = LimitedTTS(ScriptedTTS(), LIMITS)
        async with speaks.synthesize("Hello.", conn_options=DEFAULT_API_CONNECT_OPTIONS) as sentence:
            return (await sentence.collect()).duration

    assert virtually(body) > 0


def test_a_model_that_an_agent_gets_in_the_middle_of_a_call_has_the_gate_and_the_limits() -> None:
    async def body() -> PlainSession:
        async with PlainSession(lambda _: Talker(), profile=a_profile(limits={"reply": 100})) as call:
            await call.idle()
            agent = call.session.current_agent
            flood = Flooding(llm.ChoiceDelta(role="assistant", content="0123456789"), 0.01)
            agent.update_options(stt=call.recogniser(), llm=flood)
            call.session.say("One moment please, while I look at what we have left of everything on the shelf for you.")
            await call.speaks()
            before = len(call.silent_at)
            await call.interject("Yeah, okay.")
            await asyncio.sleep(1.0)
            assert len(call.silent_at) == before
            await call.interject("No, stop.")
            assert len(call.silent_at) == before + 1
            await asyncio.sleep(10)
            assert flood.sent < 20
        return call

    call = virtually(body)
    assert "longer than 100 characters" in call.failures[0]
    assert "caller: No, stop." in call.said

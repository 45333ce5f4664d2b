"""What livekit lets an agent override runs, and the gate stays."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import Agent, LanguageCode, ModelSettings, llm, stt

import callagent
from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from tests.agent.test_gate_everywhere import SPEECH
from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually


class Overriding(Agent):
    """Overrides everything, and notes what has run."""

    def __init__(self) -> None:
        super().__init__(instructions="Talk.")
        self.ran: list[str] = []

    async def on_enter(self) -> None:
        self.ran.append("on_enter")
        self.session.say(SPEECH)

    async def on_exit(self) -> None:
        self.ran.append("on_exit")

    async def on_user_turn_completed(self, turn_ctx: llm.ChatContext, new_message: llm.ChatMessage) -> None:
        self.ran.append(f"turn {new_message.text_content}")

    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncIterator[stt.SpeechEvent]:
        self.ran.append("stt_node")
        async for event in Agent.default.stt_node(self, audio, model_settings):
            yield event

    async def llm_node(
        self, chat_ctx: llm.ChatContext, tools: list[llm.Tool], model_settings: ModelSettings
    ) -> AsyncIterator[Any]:
        self.ran.append("llm_node")
        async for chunk in Agent.default.llm_node(self, chat_ctx, tools, model_settings):
            yield chunk

    async def tts_node(self, text: AsyncIterable[str], model_settings: ModelSettings) -> AsyncIterator[rtc.AudioFrame]:
        self.ran.append("tts_node")
        async for frame in Agent.default.tts_node(self, text, model_settings):
            yield frame

    async def transcription_node(self, text: AsyncIterable[Any], model_settings: ModelSettings) -> AsyncIterator[Any]:
        self.ran.append("transcription_node")
        async for piece in Agent.default.transcription_node(self, text, model_settings):
            yield piece


def test_every_hook_of_an_agent_runs_and_a_command_stops_it() -> None:
    agent = Overriding()
    model = ScriptedLLM(Script((Reply("stop", "As you like."),)))

    async def body() -> PlainSession:
        async with PlainSession(lambda _: agent, llm=model) as call:
            await call.speaks()
            await call.interject("Yeah, okay.")
            assert not call.silent_at
            await asyncio.sleep(1.0)
            await call.interject("No, stop.")
            assert len(call.silent_at) == 1
            await asyncio.sleep(5.0)
        return call

    call = virtually(body)
    assert "agent: As you like." in call.said
    assert agent.ran[:4] == ["stt_node", "on_enter", "tts_node", "transcription_node"]
    assert sorted(agent.ran[4:]) == ["llm_node", "on_exit", "transcription_node", "tts_node", "turn No, stop."]
    assert "caller: Yeah, okay." not in call.said


class Deaf(stt.STT[Any]):
    """A recogniser of the author's own, which its session does not know of: it hears what it is told."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.heard: asyncio.Queue[stt.SpeechEvent | str] = asyncio.Queue()

    async def _recognize_impl(self, *_: Any, **options: Any) -> stt.SpeechEvent:
        raise NotImplementedError

    def hear(self, text: str, *, final: bool) -> None:
        kind = stt.SpeechEventType.FINAL_TRANSCRIPT if final else stt.SpeechEventType.INTERIM_TRANSCRIPT
        said = stt.SpeechData(language=LanguageCode("en"), text=text, confidence=0.9)
        self.heard.put_nowait(stt.SpeechEvent(type=kind, alternatives=[said]))


class OwnEars(Agent):
    """Recognises by itself."""

    def __init__(self, ears: Deaf) -> None:
        super().__init__(instructions="Talk.")
        self.ears = ears

    async def on_enter(self) -> None:
        self.session.say(SPEECH)

    @callagent.gated
    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncIterator[stt.SpeechEvent | str]:
        """Hears what it is told."""
        while True:
            yield await self.ears.heard.get()


class Twice(Overriding):
    """Has the gate around its node as well as around its recogniser."""

    @callagent.gated
    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncIterator[stt.SpeechEvent]:
        """As livekit does."""
        async for event in Agent.default.stt_node(self, audio, model_settings):
            yield event


@pytest.mark.parametrize(("words", "stops"), [("No, stop.", True), ("Yeah, okay.", False)])
def test_a_node_that_recognises_by_itself_has_the_gate_when_its_author_says_so(words: str, stops: bool) -> None:
    ears = Deaf()

    async def body() -> PlainSession:
        async with PlainSession(lambda _: OwnEars(ears)) as call:
            await call.speaks()
            speaking = asyncio.create_task(call.interject("something"), name="test.caller")
            await asyncio.sleep(0.4)
            ears.hear(words, final=False)
            await speaking
            ears.hear(words, final=True)
            await asyncio.sleep(2.0)
            assert (f"caller: {words}" in call.said) is stops
            assert bool(call.silent_at) is stops
        return call

    virtually(body)
    assert OwnEars.stt_node.__doc__ == "Hears what it is told."


@pytest.mark.parametrize(("words", "stops"), [("No, stop.", True), ("Yeah, okay.", False)])
def test_the_gate_is_not_put_twice_on_the_same_words(words: str, stops: bool) -> None:
    async def body() -> PlainSession:
        async with PlainSession(lambda _: Twice()) as call:
            await call.speaks()
            await call.interject(words)
            await asyncio.sleep(2.0)
            assert (f"caller: {words}" in call.said) is stops
            assert len(call.gate.journal) == 1
        return call

    virtually(body)


def test_a_node_that_keeps_its_words_from_the_gate_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    class Aside(OwnEars):
        async def stt_node(self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings) -> Any:
            while True:
                yield await self.ears.heard.get()

    ears = Deaf()

    async def body() -> None:
        async with PlainSession(lambda _: Aside(ears)) as call:
            await call.idle()
            ears.hear("Hello.", final=True)
            ears.hear("Hello.", final=True)
            await asyncio.sleep(1.0)

    virtually(body)
    (told,) = [each for each in caplog.records if "gate" in each.message and each.levelname == "WARNING"]
    assert "Aside" in told.__dict__["agent"] and "@callagent.gated" in told.message

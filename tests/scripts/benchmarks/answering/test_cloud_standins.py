"""The stand-ins speak with livekit's plugins as the cloud's providers do."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, utils
from livekit.agents.llm import LLM, ChatContext

from callagent.profile import load_profile
from callagent.providers import Providers, make_providers
from scripts.benchmarks.answering.cloud_standins import PER_CHARACTER_S, RATE_HZ, REPLY, hum, standing_in

ONCE = APIConnectOptions(max_retry=0, timeout=5)
TEXT = "How can I help you?"


@pytest.fixture
async def providers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Providers]:
    async with standing_in() as (options, env), utils.http_context.open():
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        made = make_providers(load_profile("en-US", sets=options[1::2]))
        yield made
        await made.tts.aclose()
        await made.stt.aclose()
        await made.llm.aclose()


async def test_the_voice_hums_as_long_as_the_words_would_take(providers: Providers) -> None:
    async with providers.tts.synthesize(TEXT, conn_options=ONCE) as stream:
        whole = await stream.collect()
    assert whole.sample_rate == RATE_HZ
    assert whole.duration == pytest.approx(len(TEXT) * PER_CHARACTER_S, abs=0.02)
    assert max(whole.data) > 1000


async def test_the_voice_hums_while_words_come(providers: Providers) -> None:
    async with providers.tts.stream(conn_options=ONCE) as stream:
        stream.push_text(TEXT)
        stream.end_input()
        heard = 0.0
        async with asyncio.timeout(20):
            async for event in stream:
                heard += event.frame.duration
    assert heard == pytest.approx(len(TEXT) * PER_CHARACTER_S, abs=0.3)


async def test_the_llm_has_one_sentence(providers: Providers) -> None:
    context = ChatContext.empty()
    context.add_message(role="user", content="Hello.")
    said, model = "", providers.llm
    assert isinstance(model, LLM)
    async with model.chat(chat_ctx=context, conn_options=ONCE) as stream:
        async for chunk in stream:
            said += (chunk.delta.content or "") if chunk.delta else ""
    assert said == REPLY


async def test_the_recogniser_takes_what_it_gets_and_hears_nothing(providers: Providers) -> None:
    async with providers.stt.stream(conn_options=ONCE) as stream:
        for _ in range(10):
            stream.push_frame(rtc.AudioFrame(bytes(1600), 8000, 1, 800))
            await asyncio.sleep(0.01)
        stream.end_input()
        async with asyncio.timeout(20):
            heard = [event.type.value async for event in stream if event.alternatives]
    assert heard == []


def test_nothing_to_say_is_no_sound() -> None:
    assert hum(" ") == b""

"""LiveKit Inference by its name, seen by a server of this machine that stands for the gateway."""

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from livekit import rtc
from livekit.agents import APIConnectOptions
from livekit.agents.llm import ChatContext
from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers import Script, check_providers
from callagent.providers.keyterms import short_bias_of
from callagent.providers.making import make_part
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with
from tests.support.loopback import LOOPBACK, serving

ONCE = APIConnectOptions(max_retry=0, timeout=5)
LOCAL: dict[str, Any] = {"stt": "local", "tts": "local", "llm": "script", "vad": "silero"}


def with_part(part: str, spec: object) -> Profile:
    return profile_with("fr-FR", **{**LOCAL, "tts": "openai", part: spec})


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "o")
    monkeypatch.setenv("LIVEKIT_API_KEY", "devkey")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "secret" * 6)


@pytest.mark.parametrize("spec", ["deepgram/nova-3", {"use": "inference", "model": "deepgram/nova-3"}])
async def test_a_recogniser_of_the_gateway_gets_model_language_and_key_terms(
    spec: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dict[str, Any]] = []
    there = asyncio.Event()

    async def gateway(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        message = await socket.receive()
        if message.type is WSMsgType.TEXT:
            opened.append(message.json() | dict(request.query))
        there.set()
        await socket.receive()
        return socket

    async with serving(gateway) as port, http_context.open():
        monkeypatch.setenv("LIVEKIT_INFERENCE_URL", f"http://{LOOPBACK}:{port}/v1")
        profile = with_part("stt", spec)
        recogniser = make_part(profile, "stt", Script())
        stream = recogniser.stream(conn_options=ONCE)
        stream.push_frame(rtc.AudioFrame(bytes(3200), 16000, 1, 1600))
        await asyncio.wait_for(there.wait(), 10)
        await stream.aclose()
        await recogniser.aclose()
    (session,) = opened
    assert (session["model"], session["settings"]["language"]) == ("deepgram/nova-3", "fr")
    assert session["settings"]["extra"]["keyterm"] == list(short_bias_of(profile)) != []


async def test_a_model_of_the_gateway_is_asked_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    async def gateway(request: web.Request) -> web.StreamResponse:
        asked.append(await request.json())
        response = web.Response(
            text='data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":'
            '[{"index":0,"delta":{"role":"assistant","content":"Bonjour."},"finish_reason":null}]}\n\ndata: [DONE]\n\n',
            content_type="text/event-stream",
        )
        response.force_close()
        return response

    async with serving(gateway) as port, http_context.open():
        monkeypatch.setenv("LIVEKIT_INFERENCE_URL", f"http://{LOOPBACK}:{port}/v1")
        model = make_part(with_part("llm", "openai/gpt-4.1-mini"), "llm", Script())
        context = model_context()
        async with model.chat(chat_ctx=context, conn_options=ONCE) as stream:
            said = [chunk.delta.content async for chunk in stream if chunk.delta and chunk.delta.content]
        await model.aclose()
    assert ("".join(said), asked[0]["model"]) == ("Bonjour.", "openai/gpt-4.1-mini")


def model_context() -> ChatContext:
    context = ChatContext.empty()
    context.add_message(role="user", content="Bonjour ?")
    return context


def test_the_gateways_key_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVEKIT_API_KEY")
    with pytest.raises(ConfigError, match=r"providers\.stt: LiveKit Inference: api_key is required, .*LIVEKIT_API_KEY"):
        check_providers(with_part("stt", "deepgram/nova-3"))


def test_the_gateway_has_no_detector() -> None:
    with pytest.raises(ConfigError, match=r"providers\.vad: LiveKit Inference has no voice activity detector"):
        check_providers(with_part("vad", "some/vad"))

"""What the plugins send for each locale, seen by a server of this machine that they connect to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from livekit import rtc
from livekit.agents import APIConnectOptions, utils

from callagent.profile import Profile, load_profile
from callagent.providers import cloud
from callagent.providers.availability import problems
from callagent.providers.types import Script, Setup
from tests.support.loopback import LOOPBACK, serving

KEYS = {"DEEPGRAM_API_KEY": "d", "CARTESIA_API_KEY": "c", "OPENAI_API_KEY": "o"}
CLOUDS = ("cloud", "stt=openai,tts=openai,llm=openai")
ONCE = APIConnectOptions(max_retry=0, timeout=5)

DEEPGRAM = {
    "en-US": "en-US", "en-GB": "en-GB", "es-ES": "es", "es-MX": "es-419", "fr-FR": "fr",
    "de-DE": "de", "it-IT": "it", "pt-BR": "pt-BR", "hi-IN": "hi", "ja-JP": "ja",
}  # fmt: skip
LOCALES = tuple(DEEPGRAM)


@dataclass
class Seen:
    """The first request, and the first message after it."""

    path: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    there: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def provider() -> AsyncIterator[tuple[str, Seen]]:
    """A server that takes whatever comes: its address, and what it has seen."""
    seen = Seen()

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.path = request.path
        seen.query = {name: request.query.getall(name) for name in request.query}
        if request.headers.get("Upgrade", "").lower() == "websocket":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for message in socket:
                if message.type is WSMsgType.TEXT and "transcript" in message.data:
                    seen.body = json.loads(message.data)
                    break
                if message.type is WSMsgType.BINARY:
                    break
            seen.there.set()
            return socket
        if request.content_type == "application/json":
            seen.body = await request.json()
        else:
            seen.body = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        seen.there.set()
        response = web.json_response({"text": "okay"})
        response.force_close()  # the plugin's own HTTP client is never closed
        return response

    async with serving(handle) as port, utils.http_context.open():
        yield f"http://{LOOPBACK}:{port}", seen


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def chosen(locale: str, providers: str) -> Profile:
    return load_profile(locale, env={"CALLAGENT_PROVIDERS": providers})


def setup(locale: str, part: str, use: str, base_url: str) -> Setup:
    profile = chosen(locale, f"{part}={use}")
    return Setup(profile, {**getattr(profile.providers, part).options, "base_url": base_url}, Script())


def second() -> rtc.AudioFrame:
    return rtc.AudioFrame(b"\0\0" * 16000, 16000, 1, 16000)


@pytest.mark.parametrize("locale", LOCALES)
async def test_deepgram_hears_the_locale_its_fillers_and_a_few_key_terms(locale: str) -> None:
    async with provider() as (address, seen):
        recogniser = cloud.deepgram_stt(setup(locale, "stt", "deepgram", f"{address}/v1/listen"))
        stream = recogniser.stream(conn_options=ONCE)
        stream.push_frame(second())
        await asyncio.wait_for(seen.there.wait(), 10)
        await stream.aclose()
        await recogniser.aclose()
    assert (seen.path, seen.query["model"], seen.query["language"]) == ("/v1/listen", ["nova-3"], [DEEPGRAM[locale]])
    assert (seen.query["filler_words"], seen.query["interim_results"]) == (["true"], ["true"])
    assert (seen.query["sample_rate"], seen.query["encoding"]) == (["8000"], ["linear16"])
    part = load_profile(locale, env={}).interruption
    assert 10 < len(seen.query["keyterm"]) <= 26
    assert set(seen.query["keyterm"]) <= {*part.soft_acks[:16], *part.commands[:10]}
    assert part.commands[0] in seen.query["keyterm"]


@pytest.mark.parametrize("locale", LOCALES)
async def test_openai_hears_the_language_with_a_prompt_of_bounded_length(locale: str) -> None:
    async with provider() as (address, seen):
        recogniser = cloud.openai_stt(setup(locale, "stt", "openai", address))
        event = await recogniser.recognize([second()], conn_options=ONCE)
        await recogniser.aclose()
    assert (seen.path, event.alternatives[0].text) == ("/audio/transcriptions", "okay")
    assert (seen.body["model"], seen.body["language"]) == ("gpt-4o-mini-transcribe", locale[:2])
    assert 100 < len(seen.body["prompt"]) <= cloud.MAX_PROMPT
    assert load_profile(locale, env={}).interruption.commands[0] in seen.body["prompt"]


@pytest.mark.parametrize("locale", LOCALES)
async def test_cartesia_speaks_the_language_with_a_voice_of_the_locale(locale: str) -> None:
    async with provider() as (address, seen):
        voice = cloud.cartesia_tts(setup(locale, "tts", "cartesia", address))
        stream = voice.stream(conn_options=ONCE)
        stream.push_text("One moment, please.")
        stream.end_input()
        await asyncio.wait_for(seen.there.wait(), 10)
        await stream.aclose()
        await voice.aclose()
    assert (seen.path, seen.body["model_id"], seen.body["language"]) == ("/tts/websocket", "sonic-3", locale[:2])
    assert seen.body["voice"]["mode"] == "id"


def test_every_locale_but_american_english_has_a_cartesia_voice_of_its_own() -> None:
    voices = {locale: chosen(locale, "cloud").providers.tts.options.get("voice") for locale in LOCALES}
    assert voices.pop("en-US") is None
    assert len(set(voices.values())) == len(LOCALES) - 1 and None not in voices.values()


async def test_openai_is_told_how_to_speak() -> None:
    async with provider() as (address, seen):
        voice = cloud.openai_tts(setup("es-MX", "tts", "openai", address))
        stream = voice.synthesize("Un momento.", conn_options=ONCE)
        reading = asyncio.create_task(anext(aiter(stream), None), name="reading")
        await asyncio.wait_for(seen.there.wait(), 10)
        await stream.aclose()
        await asyncio.wait([reading])
        assert reading.cancelled() or reading.exception() is not None or reading.result() is None
        await voice.aclose()
    assert (seen.path, seen.body["model"], seen.body["voice"]) == ("/audio/speech", "gpt-4o-mini-tts", "coral")
    assert seen.body["instructions"].startswith("Speak Mexican Spanish")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_options_of_every_locale_are_known_to_its_providers(locale: str) -> None:
    for providers in CLOUDS:
        assert problems(chosen(locale, providers), KEYS) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_key_each_locale_says_so_in_one_clear_line(locale: str) -> None:
    (line,) = [str(problem) for problem in problems(chosen(locale, "cloud"), {}, ["stt"])]
    where, told = line.split(": ", 1)
    assert where == "CALLAGENT_PROVIDERS" or where.startswith(f"configs/profiles/locales/{locale}.yaml:")
    assert told == "providers.stt: deepgram needs DEEPGRAM_API_KEY in the environment (or in .env)"


@pytest.mark.parametrize("locale", LOCALES)
def test_local_providers_take_no_options_of_the_cloud(locale: str) -> None:
    found = problems(chosen(locale, "local"), {})
    assert all("knows English only" in problem.message for problem in found)
    assert bool(found) == (not locale.startswith("en"))

"""Providers that hang, phrases that are made ahead, and what a call tells of an outage."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectOptions, llm, stt, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.agent import Sounds
from callagent.providers import Script
from callagent.providers.local.scripted_llm import ScriptedLLM

RATE_HZ = 8_000


@dataclass
class Told:
    """What a call tells of an outage: an `OutageWatcher`."""

    news: list[str] = field(default_factory=list)

    def provider_failed(self, part: str, provider: str, error: str) -> None:
        self.news.append(f"{part} {provider}: {error}")

    def fell_back(self, part: str, provider: str, to: str) -> None:
        self.news.append(f"{part}: {to} instead of {provider}")

    def recovered(self, part: str, provider: str) -> None:
        self.news.append(f"{part}: {provider} again")

    def hung(self, who: str, where: str, seconds: float) -> None:
        self.news.append(f"{who} hung {where}".strip())

    def treated(self, step: str, why: str) -> None:
        self.news.append(step)


def made_ahead(*texts: str, seconds: float = 1.0) -> Sounds:
    """Phrases that were made ahead."""
    sounds, count = Sounds(), round(seconds * RATE_HZ)
    for text in texts:
        sounds.add(text, rtc.AudioFrame(bytes(2 * count), RATE_HZ, 1, count))
    return sounds


class SlowLLM(ScriptedLLM):
    """Thinks for so many seconds before each answer."""

    def __init__(self, script: Script, seconds: float) -> None:
        super().__init__(script)
        self.seconds = seconds

    def chat(self, **request: Any) -> llm.LLMStream:
        options = request.pop("conn_options", DEFAULT_API_CONNECT_OPTIONS)
        return _Thinking(self, super().chat(**request), request["chat_ctx"], options)


class _Thinking(llm.LLMStream):
    def __init__(
        self, model: SlowLLM, inner: llm.LLMStream, context: llm.ChatContext, options: APIConnectOptions
    ) -> None:
        super().__init__(model, chat_ctx=context, tools=[], conn_options=options)
        self._seconds, self._inner = model.seconds, inner

    async def _run(self) -> None:
        await asyncio.sleep(self._seconds)
        async with self._inner as answer:
            async for chunk in answer:
                self._event_ch.send_nowait(chunk)


class Mute(tts.TTS[Any]):
    """A voice that says nothing and does not end."""

    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE_HZ, num_channels=1)

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return _Silence(tts=self, input_text=text, conn_options=conn_options)


class _Silence(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(), sample_rate=RATE_HZ, num_channels=1, mime_type="audio/pcm"
        )
        await asyncio.Event().wait()


class Deaf(stt.STT[Any]):
    """A recogniser that makes nothing of anything; with a `suspect` it is a chain's, which counts how often."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        return _Nothing(stt=self, conn_options=conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError("it only streams")


class _Nothing(stt.RecognizeStream):
    async def _run(self) -> None:
        async for _ in self._input_ch:
            pass


class DeafChain(Deaf):
    """The same as a chain has it."""

    def __init__(self) -> None:
        super().__init__()
        self.suspected = 0

    def suspect(self) -> None:
        self.suspected += 1

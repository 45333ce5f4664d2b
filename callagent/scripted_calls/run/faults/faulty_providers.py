"""Providers with faults around them, in the shape that livekit-agents expects, so that its own retries are tested."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

from livekit.agents import APIConnectOptions, llm, stt, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.concurrency import supervised
from callagent.providers import Providers
from callagent.scripted_calls.run.faults.fault_settings import Faults
from callagent.scripted_calls.run.faults.schedule import Strikes

ONCE = APIConnectOptions(max_retry=0)
"""What is inside is tried once; the retries are those of the outside, which the fault is counted at."""


def with_faults(providers: Providers, faults: Faults) -> Providers:
    """Return the providers, those with a fault wrapped; a realtime model has none."""
    stt_strikes, llm_strikes, tts_strikes = Strikes(faults.stt), Strikes(faults.llm), Strikes(faults.tts)

    def struck(model: Any) -> Any:
        match model:
            case stt.STT() if faults.stt:
                return FaultySTT(model, stt_strikes)
            case llm.LLM() if faults.llm:
                return FaultyLLM(model, llm_strikes)
            case tts.TTS() if faults.tts:
                return FaultyTTS(model, tts_strikes)
        return model

    agents = {name: {part: struck(model) for part, model in own.items()} for name, own in providers.agents.items()}
    own = {"stt": struck(providers.stt), "llm": struck(providers.llm), "tts": struck(providers.tts)}
    return replace(providers, **own, agents=agents)


class FaultyLLM(llm.LLM[Any]):
    """A model that is struck at every request."""

    def __init__(self, inner: llm.LLM[Any], strikes: Strikes) -> None:
        super().__init__()
        self.inner = inner
        self.strikes = strikes

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        """As the model inside."""
        return _Thoughts(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Thoughts(llm.LLMStream):
    def __init__(
        self, faulty: FaultyLLM, *, chat_ctx: llm.ChatContext, tools: list[llm.Tool], conn_options: APIConnectOptions
    ) -> None:
        super().__init__(faulty, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._faulty = faulty

    async def _run(self) -> None:
        await self._faulty.strikes.provider()
        inner = self._faulty.inner.chat(chat_ctx=self.chat_ctx, tools=self.tools, conn_options=ONCE)
        async with inner as stream:
            async for chunk in stream:
                self._event_ch.send_nowait(chunk)


class FaultyTTS(tts.TTS[Any]):
    """A voice that is struck at every sentence."""

    def __init__(self, inner: tts.TTS[Any], strikes: Strikes) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=False),
            sample_rate=inner.sample_rate,
            num_channels=inner.num_channels,
        )
        self.inner = inner
        self.strikes = strikes

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """As the voice inside."""
        return _Sentence(self, text, conn_options)


class _Sentence(tts.ChunkedStream):
    def __init__(self, faulty: FaultyTTS, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=faulty, input_text=text, conn_options=conn_options)
        self._faulty = faulty

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        faulty = self._faulty
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=faulty.sample_rate,
            num_channels=faulty.num_channels,
            mime_type="audio/pcm",
        )
        await faulty.strikes.provider()
        async with faulty.inner.synthesize(self.input_text, conn_options=ONCE) as stream:
            async for audio in stream:
                output_emitter.push(bytes(audio.frame.data))
        output_emitter.flush()


class FaultySTT(stt.STT[Any]):
    """A recogniser that is struck at every connection; a delay holds its transcripts back."""

    def __init__(self, inner: stt.STT[Any], strikes: Strikes) -> None:
        super().__init__(capabilities=inner.capabilities)
        self.inner = inner
        self.strikes = strikes

    def stream(
        self, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        """As the recogniser inside."""
        return _Hearing(self, conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError("a recogniser with faults only streams")


class _Hearing(stt.RecognizeStream):
    def __init__(self, faulty: FaultySTT, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=faulty, conn_options=conn_options)
        self._faulty = faulty

    async def _run(self) -> None:
        fault = self._faulty.strikes.next()
        if fault is not None and fault.then != "works":
            await Strikes(fault.model_copy(update={"skip": 0})).provider()
        async with (
            self._faulty.inner.stream(conn_options=ONCE) as stream,
            supervised(self._feed(stream), name="callagent.scripted_calls.faults.stt"),
        ):
            await self._pass_on(stream, fault.delay if fault else 0.0)

    async def _feed(self, stream: stt.RecognizeStream) -> None:
        async for item in self._input_ch:
            if isinstance(item, self._FlushSentinel):
                stream.flush()
            else:
                stream.push_frame(item)
        stream.end_input()

    async def _pass_on(self, stream: stt.RecognizeStream, delay: float) -> None:
        loop = asyncio.get_running_loop()
        async for event in stream:
            if delay:
                loop.call_later(delay, self._send, event)
            else:
                self._send(event)

    def _send(self, event: stt.SpeechEvent) -> None:
        with contextlib.suppress(utils.aio.ChanClosed):
            self._event_ch.send_nowait(event)

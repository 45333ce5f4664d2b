"""A model and a voice within the limits of a profile: what goes over them is an outage, told as the provider's own.

Their streams are those of the provider inside, with a generator around what comes out of them.
"""

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectOptions, inference, llm, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from callagent.agent.models.provider_proxy import ProviderProxy
from callagent.agent.outage.filler import Filler
from callagent.agent.prompts import pause
from callagent.agent.provider_limits import OverLimitError, SpeechLimit, limited_reply
from callagent.agent.untrusted_text import Chunk, whole_characters

if TYPE_CHECKING:
    from callagent.profile import LimitSettings


class LimitedLLM(ProviderProxy, llm.LLM[Any]):
    """The model `inner`, whose answers are whole characters and within limits; `filler` comes before one that takes
    long.
    """

    def __init__(self, inner: llm.LLM[Any], limits: "LimitSettings", filler: Filler | None = None) -> None:
        super().__init__()
        self.inner: llm.LLM[Any] = inner
        self._limits = limits
        self._filler = filler

    def chat(self, **request: Any) -> llm.LLMStream:
        """Return the answer to a request, as the model inside takes it."""
        return _LimitedReply(self.inner.chat(**request), self._limits, self._over, self._filler)

    def _over(self, error: OverLimitError) -> None:
        self.inner.emit("error", llm.LLMError(**_outage(self.inner, error)))


class _LimitedReply(llm.LLMStream):
    """The stream inside, which has the tasks, spans and metrics already: the base class does not begin its own."""

    def __init__(self, inner: llm.LLMStream, limits: "LimitSettings", over: Any, filler: Filler | None) -> None:
        self._inner = inner
        chunks = limited_reply(whole_characters(_chunks(inner)), limits, over)
        self._chunks = chunks if filler is None else filler.before(chunks)

    @property
    def chat_ctx(self) -> llm.ChatContext:
        """What is answered."""
        return self._inner.chat_ctx

    @property
    def tools(self) -> list[llm.Tool]:
        """What may be called."""
        return self._inner.tools

    async def __anext__(self) -> llm.ChatChunk:
        chunk = await anext(self._chunks)
        return chunk if isinstance(chunk, llm.ChatChunk) else _as_chunk(str(chunk))

    async def aclose(self) -> None:
        """End the request."""
        await self._chunks.aclose()
        await self._inner.aclose()

    async def _run(self) -> None:
        """Do nothing: the stream inside runs by itself."""


class LimitedTTS(ProviderProxy, tts.TTS[Any]):
    """The voice `inner`, within limits, and with a pause between frames in which others may run; `filler` is heard
    before its speech where that takes long.
    """

    def __init__(self, inner: tts.TTS[Any], limits: "LimitSettings", filler: Filler | None = None) -> None:
        streaming = inner.capabilities.streaming
        aligned = inner.capabilities.aligned_transcript or not streaming
        tts.TTS.__init__(
            self,
            capabilities=replace(inner.capabilities, streaming=True, aligned_transcript=aligned),
            sample_rate=inner.sample_rate,
            num_channels=inner.num_channels,
        )
        self.inner: tts.TTS[Any] = inner
        self._voice = inner if streaming else tts.StreamAdapter(tts=inner)
        self._limits = limits
        self._filler = filler

    @property
    def sample_rate(self) -> int:
        """Samples a second of the voice inside."""
        return self.inner.sample_rate

    @property
    def num_channels(self) -> int:
        """Channels of the voice inside."""
        return self.inner.num_channels

    @property
    def markup(self) -> tts.TTS.Markup:
        """What it can be told beside the text."""
        return self.inner.markup

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Return a text as the voice inside says it."""
        return self.inner.synthesize(text, conn_options=conn_options)

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> tts.SynthesizeStream:
        """Return a stream of speech within the limits."""
        return _LimitedSpeech(
            self._voice.stream(conn_options=conn_options), SpeechLimit(self._limits, self._over), self._filler
        )

    def _over(self, error: OverLimitError) -> None:
        self.inner.emit("error", tts.TTSError(**_outage(self.inner, error)))

    def _set_expressive(self, enabled: bool) -> None:
        """Hand on what the session tells every voice, as livekit's own adapters do."""
        self._voice._set_expressive(enabled)


class AdaptedTTS(LimitedTTS, tts.StreamAdapter):  # type: ignore[misc]  # its stream is none of the adapter's
    """A limited voice whose words pass one of livekit's adapters inside it, or livekit's gateway.

    There the model's markup of how something is to be said becomes the voice's own. livekit has a model write such for
    these voices alone, which it tells by this type; of the adapter's own code there is nothing in it.
    """


def limited_tts(voice: tts.TTS[Any], limits: "LimitSettings", filler: Filler | None = None) -> LimitedTTS:
    """Return a voice within limits, with what is heard where it takes long."""
    if isinstance(voice, LimitedTTS):
        return voice
    lowers = not voice.capabilities.streaming or isinstance(voice, inference.TTS | tts.StreamAdapter)
    return AdaptedTTS(voice, limits, filler) if lowers else LimitedTTS(voice, limits, filler)


class _LimitedSpeech(tts.SynthesizeStream):
    """The stream inside, which has the tasks, spans and metrics already: the base class does not begin its own."""

    def __init__(self, inner: tts.SynthesizeStream, limit: SpeechLimit, filler: Filler | None) -> None:
        self._inner = inner
        self._limit = limit
        self._filler = filler
        speech = limit.speech(_audio(inner))
        self._audio = speech if filler is None else filler.around(speech)

    def push_text(self, token: str) -> None:
        """Say more."""
        if self._filler is not None:
            token = self._filler.unwritten(token)
        if token:
            self._inner.push_text(token)

    def flush(self) -> None:
        """End a segment."""
        self._inner.flush()

    def end_input(self) -> None:
        """End the text."""
        self._inner.end_input()
        self._limit.text_ends()

    async def __anext__(self) -> tts.SynthesizedAudio:
        return await anext(self._audio)

    async def aclose(self) -> None:
        """End the speech."""
        self._limit.speech_ends()
        await self._audio.aclose()
        await self._inner.aclose()

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        """Do nothing: the stream inside runs by itself."""


async def _chunks(stream: llm.LLMStream) -> AsyncGenerator[Chunk, None]:
    async for chunk in stream:
        yield chunk


async def _audio(stream: tts.SynthesizeStream) -> AsyncGenerator[tts.SynthesizedAudio, None]:
    async for audio in stream:
        yield audio
        await pause()


def _as_chunk(text: str) -> llm.ChatChunk:
    return llm.ChatChunk(id="", delta=llm.ChoiceDelta(role="assistant", content=text))


def _outage(source: object, error: OverLimitError) -> dict[str, Any]:
    return {"timestamp": time.time(), "label": type(source).__name__, "error": error, "recoverable": False}

"""Piper as the agent's voice: sentence by sentence, the next one synthesised while the last one plays."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr
from livekit.agents import tokenize, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions

from callagent.concurrency import supervised
from callagent.providers.local.piper.synthesis import Abort, Voice

FIRST_PIECE: Final = 36
"""Characters of a first piece. Piper needs about 110 ms for as much speech as that (two idle cores)."""

SHORTEST_PIECE: Final = 10
"""Characters below which a piece is not cut off: a lone "Well," sounds chopped."""

_BOUNDARY = re.compile(
    "[,;:\u2013\u2014](?=\\s)|(?=\\s(?:and|or|but|because|so|from|until|when|if|which|with)\\s)", re.IGNORECASE
)


def sentence_tokenizer() -> tokenize.SentenceTokenizer:
    """Return the tokenizer that cuts sentences; a short one ("Done.") stands alone, since it is spoken first."""
    return tokenize.blingfire.SentenceTokenizer(min_sentence_len=5, stream_context_len=5)


def first_pieces(sentence: str) -> list[str]:
    """Return the first sentence of a reply in one or two pieces, cut at a clause boundary where it is long."""
    if len(sentence) <= FIRST_PIECE:
        return [sentence]
    ends = [match.end() for match in _BOUNDARY.finditer(sentence) if match.end() >= SHORTEST_PIECE]
    early = [end for end in ends if end <= FIRST_PIECE]
    cut = max(early) if early else min(ends, default=len(sentence))
    return [piece for piece in (sentence[:cut].strip(), sentence[cut:].strip()) if piece]


def pieces_of(text: str) -> list[str]:
    """Return a whole reply as the pieces in which it is synthesised."""
    sentences = sentence_tokenizer().tokenize(text)
    return [piece for index, each in enumerate(sentences) for piece in ([each] if index else first_pieces(each))]


AHEAD_S: Final = 3.0
"""Seconds of audio that lie ready before the next sentence is begun: what the caller interrupts was not computed."""

LEADING_SILENCE_S: Final = 0.02
"""Seconds of silence that stay before the first sound of a reply; the voice itself begins with 50 to 70 ms."""

_QUIET: Final = 0.01


class PiperTTS(tts.TTS[Any]):
    """Streaming speech from `voice`, mono. `sample_rate` None keeps the voice's own rate, without resampling.

    `pace` above 1 is slower. Synthesis runs in a thread of its own and ends within some 20 ms when the speech is
    interrupted.
    """

    def __init__(self, voice: Voice, *, sample_rate: int | None = None, pace: float = 1.0) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True),
            sample_rate=sample_rate or voice.sample_rate,
            num_channels=1,
        )
        self._voice = voice
        self._pace = pace
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="piper")

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._voice.name

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return "piper"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Return all of `text` as fast as it can be synthesised."""
        return _PiperChunks(self, text, conn_options)

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> tts.SynthesizeStream:
        """Return speech for text that comes bit by bit, at most `AHEAD_S` seconds ahead of its playing."""
        return _PiperStream(self, conn_options)

    async def pcm(self, piece: str, *, first: bool, abort: Abort) -> bytes:
        """Return one piece of text as 16-bit samples at `sample_rate`; empty when `abort` stopped it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._pcm, piece, first, abort)

    def _pcm(self, piece: str, first: bool, abort: Abort) -> bytes:
        samples = self._voice.say(piece, pace=self._pace, abort=abort)
        if first:
            samples = _begin_at_sound(samples, self._voice.sample_rate)
        if self.sample_rate != self._voice.sample_rate:
            samples = soxr.resample(samples, self._voice.sample_rate, self.sample_rate)
        return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()

    async def aclose(self) -> None:
        """End the synthesis thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class _PiperChunks(tts.ChunkedStream):
    def __init__(self, voice: PiperTTS, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, input_text=text, conn_options=conn_options)
        self._piper = voice

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _initialize(output_emitter, self._piper.sample_rate, stream=False)
        abort = Abort()
        try:
            for index, piece in enumerate(pieces_of(self.input_text)):
                output_emitter.push(await self._piper.pcm(piece, first=index == 0, abort=abort))
        finally:
            abort.stop()
        output_emitter.flush()


class _PiperStream(tts.SynthesizeStream):
    def __init__(self, voice: PiperTTS, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, conn_options=conn_options)
        self._piper = voice

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _initialize(output_emitter, self._piper.sample_rate, stream=True)
        output_emitter.start_segment(segment_id=utils.shortuuid())
        sentences = sentence_tokenizer().stream()
        abort = Abort()
        try:
            async with supervised(self._feed(sentences), name="piper.feed") as feeding:
                await self._speak(sentences, output_emitter, abort)
                await feeding
        finally:
            abort.stop()
            await sentences.aclose()
        output_emitter.end_segment()

    async def _feed(self, sentences: tokenize.SentenceStream) -> None:
        async for text in self._input_ch:
            if isinstance(text, str):
                sentences.push_text(text)
            else:
                sentences.flush()
        sentences.end_input()

    async def _speak(self, sentences: tokenize.SentenceStream, emitter: tts.AudioEmitter, abort: Abort) -> None:
        pushed = 0.0
        began: float | None = None
        async for piece in _pieces(sentences):
            self._mark_started()
            if began is not None:
                await asyncio.sleep(max(0.0, pushed - AHEAD_S - (time.monotonic() - began)))
            data = await self._piper.pcm(piece, first=began is None, abort=abort)
            emitter.push(data)
            emitter.flush()
            began = time.monotonic() if began is None else began
            pushed += len(data) / 2 / self._piper.sample_rate


async def _pieces(sentences: tokenize.SentenceStream) -> AsyncIterator[str]:
    first = True
    async for sentence in sentences:
        for piece in first_pieces(sentence.token) if first else [sentence.token]:
            yield piece
        first = False


def _initialize(emitter: tts.AudioEmitter, sample_rate: int, *, stream: bool) -> None:
    emitter.initialize(
        request_id=utils.shortuuid(), sample_rate=sample_rate, num_channels=1, mime_type="audio/pcm", stream=stream
    )


def _begin_at_sound(samples: npt.NDArray[np.float32], sample_rate: int) -> npt.NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(samples) > _QUIET)
    if not loud.size:
        return samples
    return samples[max(0, int(loud[0]) - int(LEADING_SILENCE_S * sample_rate)) :]

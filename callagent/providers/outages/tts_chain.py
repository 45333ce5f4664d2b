"""Voices of which each speaks where those before it fail, also in the middle of a sentence.

livekit's own chain drops the rest of an answer whose beginning has been heard. Here the next voice says the rest: from
the beginning of the sentence that broke off, because how far a voice has come is known only roughly.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, APIError, APITimeoutError, tokenize, tts, utils
from livekit.agents.tts.fallback_adapter import FallbackSynthesizeStream
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, USERDATA_TIMED_TRANSCRIPT

from callagent.concurrency import supervised
from callagent.providers.outages.chain_watch import ChainWatch, NamedAsWhoServes
from callagent.providers.outages.patience import BETWEEN_ROUNDS_S, FAILURES, Patience
from callagent.providers.outages.spoken_so_far import SpokenSoFar, sentence_ends

CHECK_WORDS: Final = "Okay."
"""What a voice is asked to say, unheard, to tell whether it is well."""


class VoiceChain(NamedAsWhoServes[tts.TTS[Any]], tts.FallbackAdapter):
    """A chain of voices.

    Args:
        watch: which of them are well.
        patience: how long each has for its first sound, and for more once it has all of the text.
    """

    def __init__(self, members: Sequence[tts.TTS[Any]], watch: ChainWatch, patience: Patience) -> None:
        super().__init__(list(members), max_retry_per_tts=0)
        able = replace(self.capabilities, streaming=True)  # whoever takes whole sentences is given them
        tts.TTS.__init__(self, capabilities=able, sample_rate=self.sample_rate, num_channels=self.num_channels)
        self.members, self.watch, self.patience = list(members), watch, patience

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> FallbackSynthesizeStream:
        """Return a stream of speech, whoever says it."""
        return _Speech(self, replace(conn_options, max_retry=0))

    async def aclose(self) -> None:
        """End the health checks, and what livekit's chain has begun."""
        await self.watch.aclose()
        await super().aclose()


class _Speech(FallbackSynthesizeStream):
    """One answer, spoken. Of livekit's stream it has what traces and metrics call it."""

    def __init__(self, chain: VoiceChain, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=chain, conn_options=conn_options)
        self._chain, self._options = chain, conn_options
        self._text, self._ended = "", False
        self._news = asyncio.Event()

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        chain = self._chain
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=chain.sample_rate,
            num_channels=chain.num_channels,
            mime_type="audio/pcm",
            stream=True,
        )
        output_emitter.start_segment(segment_id=utils.shortuuid())
        chain.watch.check(self._examine)
        async with supervised(self._take_text(), name="callagent.providers.tts_text"):
            await self._spoken_by_somebody(output_emitter)

    async def _take_text(self) -> None:
        async for data in self._input_ch:
            if isinstance(data, str):
                self._text += data
                self._news.set()
        self._ended = True
        self._news.set()

    async def _spoken_by_somebody(self, emitter: tts.AudioEmitter) -> None:
        watch, said = self._chain.watch, 0
        for number, turn in enumerate(self._chain.patience.rounds()):
            if number:
                await asyncio.sleep(BETWEEN_ROUNDS_S)
            members = watch.usable()
            for index in members:
                attempt = _Attempt(index, said, turn.limit(others=index != members[-1]))
                try:
                    await self._spoken_by(attempt, emitter)
                except FAILURES as error:
                    watch.failed(index, error)
                    watch.check(self._examine)
                    said += attempt.progress.resume_at(self._text[said:])
                else:
                    return
        names = ", ".join(each.label for each in self._chain.members)
        raise APIConnectionError(f"no voice of the chain speaks ({names})", retryable=False)

    async def _spoken_by(self, attempt: "_Attempt", emitter: tts.AudioEmitter) -> None:
        voice, progress = self._chain.members[attempt.index], attempt.progress
        resampler = _resampler(voice, self._chain)
        stream = _streaming(voice).stream(conn_options=replace(self._options, timeout=attempt.limit))
        async with stream, supervised(self._feed(stream, attempt), name="callagent.providers.tts_feed"):
            async for audio in self._sound(stream, attempt):
                if not progress.seconds:
                    self._chain.watch.serves(attempt.index)
                words = audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT) or ()
                progress.add(audio.frame.duration, words)
                if words:
                    emitter.push_timed_transcript(words)
                for frame in (audio.frame,) if resampler is None else resampler.push(audio.frame):
                    emitter.push_frame(frame)
        for frame in () if resampler is None else resampler.flush():
            emitter.push_frame(frame)
        if not progress.seconds and self._text[attempt.begin :].strip():
            raise APIError("the voice has said nothing")

    async def _feed(self, stream: tts.SynthesizeStream, attempt: "_Attempt") -> None:
        """Give a voice the text from where it is to begin, as it comes."""
        given = attempt.begin
        while True:
            self._news.clear()
            if len(self._text) > given:
                stream.push_text(self._text[given:])
                given = len(self._text)
            if self._ended:
                stream.end_input()
            attempt.expect(self._text[attempt.begin :], ended=self._ended)
            if self._ended:
                return
            await self._news.wait()

    async def _sound(
        self, stream: tts.SynthesizeStream, attempt: "_Attempt"
    ) -> AsyncGenerator[tts.SynthesizedAudio, None]:
        """Yield what a voice says. Raise APITimeoutError where it has something to say and does not."""
        while True:
            try:
                async with asyncio.timeout(None) as attempt.alarm:
                    attempt.expect(self._text[attempt.begin :], ended=self._ended)
                    audio = await anext(stream, None)
            except TimeoutError as error:
                raise APITimeoutError(f"no sound for {attempt.limit:.1f} s") from error
            finally:
                attempt.alarm = None
            if audio is None:
                return
            yield audio

    async def _examine(self, index: int) -> bool:
        """Tell whether a voice says something, unheard."""
        limit = self._chain.patience.attempt
        try:
            async with asyncio.timeout(limit):
                stream = _streaming(self._chain.members[index]).stream(
                    conn_options=replace(self._options, timeout=limit)
                )
                async with stream:
                    stream.push_text(CHECK_WORDS)
                    stream.end_input()
                    return await anext(stream, None) is not None
        except FAILURES:
            return False


@dataclass
class _Attempt:
    """One voice's speech, from the character `begin` of the text on, and when it has to be heard."""

    index: int
    begin: int
    limit: float
    progress: SpokenSoFar = field(default_factory=SpokenSoFar)
    alarm: asyncio.Timeout | None = None

    def expect(self, text: str, *, ended: bool) -> None:
        """Have the alarm ring when the voice has something to say and nothing comes: later than what it has said
        already lasts.
        """
        due = ended or (not self.progress.seconds and sentence_ends(text))
        if due and self.alarm is not None and self.alarm.when() is None and text.strip():
            self.alarm.reschedule(asyncio.get_running_loop().time() + self.limit + self.progress.ahead())


def _streaming(voice: tts.TTS[Any]) -> tts.TTS[Any]:
    """Return a voice that takes a text piece by piece."""
    if voice.capabilities.streaming:
        return voice
    sentences = tokenize.blingfire.SentenceTokenizer(retain_format=True)
    return tts.StreamAdapter(tts=voice, sentence_tokenizer=sentences)


def _resampler(voice: tts.TTS[Any], chain: VoiceChain) -> rtc.AudioResampler | None:
    """Return what makes a voice's sound that of its chain; None where it is already."""
    same = voice.sample_rate == chain.sample_rate
    return None if same else rtc.AudioResampler(input_rate=voice.sample_rate, output_rate=chain.sample_rate)

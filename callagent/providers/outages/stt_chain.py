"""Recognisers of which each hears where those before it fail, also in the middle of what the caller says.

What the caller has said since the last final transcript is kept, and the next recogniser hears it from there; livekit's
own chain loses it, waits five seconds before it tries again, and stays with the second recogniser for the whole call.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, APITimeoutError, stt, vad
from livekit.agents.stt.fallback_adapter import FallbackRecognizeStream
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr

from callagent.concurrency import supervised
from callagent.providers.outages.breaker import PAUSE_S
from callagent.providers.outages.chain_watch import ChainWatch, NamedAsWhoServes
from callagent.providers.outages.patience import BETWEEN_ROUNDS_S, FAILURES, GIVE_UP_S, Patience

KEPT_S: Final = 20.0
"""Seconds of the caller's audio that the next recogniser hears again, at most."""

CHECK_LIMIT_S: Final = 4.0
"""How long a recogniser that is checked may take for the caller's last words, in seconds."""

PRESENT_S: Final = 1.0
"""How long it has to stay where the caller has said nothing yet, in seconds."""

_WORDS: Final = (stt.SpeechEventType.INTERIM_TRANSCRIPT, stt.SpeechEventType.FINAL_TRANSCRIPT)


class NothingRecognised(APITimeoutError):
    """The caller has spoken, and the recogniser has made nothing of it: it has stalled, or there were no words."""


class RecogniserChain(NamedAsWhoServes[stt.STT[Any]], stt.FallbackAdapter):
    """A chain of recognisers.

    Args:
        watch: which of them are well.
        patience: how long each has to connect.
        detector: cuts the audio into utterances for one that takes only whole ones.
    """

    def __init__(
        self, members: Sequence[stt.STT[Any]], watch: ChainWatch, patience: Patience, detector: vad.VAD | None
    ) -> None:
        super().__init__(list(members), vad=detector, attempt_timeout=patience.attempt, max_retry_per_stt=0)
        self.members, self.watch, self.patience, self.detector = list(members), watch, patience, detector
        self.streams: list[_Hearing] = []

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Return a stream of transcripts, whoever recognises."""
        return _Hearing(self, language, replace(conn_options, max_retry=0, timeout=self.patience.attempt))

    def suspect(self) -> None:
        """Count the recogniser as failed: the caller has spoken, and nothing has come of it."""
        for stream in self.streams:
            stream.suspect()

    async def aclose(self) -> None:
        """End the health checks, and what livekit's chain has begun."""
        await self.watch.aclose()
        await super().aclose()


class _Hearing(FallbackRecognizeStream):
    """The caller's audio, recognised. Of livekit's stream it has what traces and metrics call it."""

    def __init__(self, chain: RecogniserChain, language: NotGivenOr[str], options: APIConnectOptions) -> None:
        super().__init__(stt=chain, language=language, conn_options=options)
        self._chain, self._spoken_language, self._options = chain, language, options
        self._kept: deque[rtc.AudioFrame] = deque()
        self._words: list[rtc.AudioFrame] = []
        self._current: stt.RecognizeStream | None = None
        self._doubt = asyncio.Event()
        self._ended = False
        self._began = 0.0
        self._doubtful: int | None = None

    def suspect(self) -> None:
        """Go over to the next recogniser."""
        self._doubt.set()

    async def _run(self) -> None:
        watch = self._chain.watch
        self._chain.streams.append(self)
        self._began = asyncio.get_running_loop().time()
        try:
            async with (
                supervised(self._feed(), name="callagent.providers.stt_audio"),
                supervised(self._check_now_and_then(), name="callagent.providers.stt_checks"),
            ):
                while not await self._heard_by_somebody():
                    watch.check(self._examine)
        finally:
            self._chain.streams.remove(self)

    async def _heard_by_somebody(self) -> bool:
        """Return True when the audio has ended, False when all may be asked again: a better one may be well by now."""
        watch, clock = self._chain.watch, asyncio.get_running_loop()
        for number, _ in enumerate(self._chain.patience.rounds()):
            if number:
                await asyncio.sleep(BETWEEN_ROUNDS_S)
            for index in watch.usable():
                since = clock.time()
                try:
                    return await self._heard_by(index)
                except NothingRecognised:
                    watch.doubted(index)
                    self._doubtful = index
                except FAILURES as error:
                    watch.failed(index, error)
                    watch.check(self._examine)
                    if clock.time() - since > GIVE_UP_S:
                        return False
        names = ", ".join(each.label for each in self._chain.members)
        raise APIConnectionError(f"no recogniser of the chain hears ({names})", retryable=False)

    async def _heard_by(self, index: int) -> bool:
        watch = self._chain.watch
        self._doubt.clear()
        async with self._open(index, list(self._kept)) as stream:
            self._current = stream
            try:
                async with supervised(self._doubted(stream), name="callagent.providers.stt_doubt"):
                    async for event in stream:
                        if _has_words(event):
                            self._confirm_doubt(index)
                            watch.serves(index)
                        self._event_ch.send_nowait(event)
                        if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                            self._words = list(self._kept)
                            self._kept.clear()
                            if index and watch.usable()[0] < index:
                                return False
            finally:
                self._current = None
        if self._doubt.is_set():
            raise NothingRecognised("the caller has spoken, and nothing was recognised")
        if not self._ended:
            raise APIConnectionError("the recogniser has ended")
        return True

    def _confirm_doubt(self, index: int) -> None:
        """Count another recogniser as failed that has made nothing of what this one understands."""
        doubtful, self._doubtful = self._doubtful, None
        if doubtful is not None and doubtful != index:
            self._chain.watch.failed(doubtful, NothingRecognised())

    async def _doubted(self, stream: stt.RecognizeStream) -> None:
        await self._doubt.wait()
        await stream.aclose()

    async def _feed(self) -> None:
        """Give the audio to whoever recognises, and keep what has no final transcript yet."""
        seconds = 0.0
        async for data in self._input_ch:
            stream = self._current
            if not isinstance(data, rtc.AudioFrame):
                if stream is not None:
                    with suppress(RuntimeError):
                        stream.flush()
                continue
            seconds = seconds + data.duration if self._kept else data.duration
            self._kept.append(data)
            while seconds > KEPT_S:
                seconds -= self._kept.popleft().duration
            if stream is not None:
                with suppress(RuntimeError):  # it has failed just now, and the next one gets what is kept
                    stream.push_frame(data)
        self._ended = True
        if self._current is not None:
            with suppress(RuntimeError):
                self._current.end_input()

    def _open(self, index: int, audio: Sequence[rtc.AudioFrame]) -> stt.RecognizeStream:
        """Return a stream of one recogniser that has begun to hear the audio."""
        stream = self._recogniser(index).stream(language=self._spoken_language, conn_options=self._options)
        behind = sum(frame.duration for frame in audio)
        elapsed = max(0.0, asyncio.get_running_loop().time() - self._began)
        stream.start_time_offset = max(0.0, self.start_time_offset + elapsed - behind)
        for frame in audio:
            stream.push_frame(frame)
        if self._ended:
            stream.end_input()
        return stream

    def _recogniser(self, index: int) -> stt.STT[Any]:
        recogniser = self._chain.members[index]
        if recogniser.capabilities.streaming or self._chain.detector is None:
            return recogniser
        return stt.StreamAdapter(stt=recogniser, vad=self._chain.detector)

    async def _check_now_and_then(self) -> None:
        """Look from time to time whether those before the one that hears are well again."""
        while True:
            await asyncio.sleep(PAUSE_S)
            self._chain.watch.check(self._examine)

    async def _examine(self, index: int) -> bool:
        """Tell whether a recogniser hears the caller's last words; where there are none, whether it is there."""
        words = self._words
        limit = CHECK_LIMIT_S if words else PRESENT_S
        try:
            async with asyncio.timeout(limit), self._open(index, words) as stream:
                stream.flush()
                async for event in stream:
                    if _has_words(event):
                        return True
        except TimeoutError:
            return not words
        except FAILURES:
            pass
        return False


def _has_words(event: stt.SpeechEvent) -> bool:
    return event.type in _WORDS and bool(event.alternatives) and bool(event.alternatives[0].text)

"""One stream of the local recogniser: utterances found, interim passes kept fresh, finals on time."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from livekit import rtc
from livekit.agents import LanguageCode, stt, utils, vad
from livekit.agents.stt import SpeechData, SpeechEvent, SpeechEventType
from livekit.agents.types import APIConnectOptions

from callagent.concurrency import all_of
from callagent.providers.local.whisper.transcript import Heard, Steadiness
from callagent.providers.local.whisper.utterance import Edge, Samples, Segmenter, Stretch, Utterance

EARLY_S: Final = 0.6
"""Seconds of an utterance in which interim passes follow each other at `EARLY_INTERVAL`: a command is short."""

EARLY_INTERVAL: Final = 0.08

SETTLED_S: Final = 0.09
"""Seconds of silence after which the words are taken to be complete and the final pass is made ahead."""

LONGEST_S: Final = 8.0
"""Seconds of an utterance that are recognised together; of a longer one the first part is given as final."""

SHORTEST_PART_S: Final = 2.0
"""Seconds that each part of a cut utterance has at least."""

_FLUSH_SLACK_S: Final = 0.07
"""Seconds that the detector may lag behind what was pushed when it waits for a full window."""


class Passes(Protocol):
    """What recognises samples at a sample rate with so many seconds of speech in them; blocking."""

    def interim(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        """Return what was said so far."""

    def final(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        """Return what was said, None when it was no speech."""


@dataclass(frozen=True)
class Listening:
    """When the stream speaks up. Thresholds are the detector's, durations in seconds."""

    language: str
    interim_interval: float
    end_silence: float
    activation: float
    deactivation: float
    min_speech: float
    prefix: float


@dataclass(eq=False)
class _Part:
    """What is recognised together, and what is known of it."""

    utterance: Utterance
    last: bool = True
    steadiness: Steadiness = field(default_factory=Steadiness)
    settled: tuple[float, Heard | None] | None = None
    """The final pass made ahead: the end of speech it was made for, and what it heard."""


class WhisperStream(stt.RecognizeStream):
    """Finds utterances with the detector's probabilities and recognises them in `thread`, one pass at a time.

    While the caller speaks, the newest audio is recognised as often as passes end, never an older one. When the speech
    seems over, the final pass is made ahead, so that it is there when `end_silence` has gone by.
    """

    def __init__(
        self,
        owner: stt.STT[str],
        conn_options: APIConnectOptions,
        *,
        detector: vad.VAD,
        recogniser: Passes,
        thread: Executor,
        options: Listening,
    ) -> None:
        super().__init__(stt=owner, conn_options=conn_options)
        self._detector = detector
        self._recogniser = recogniser
        self._thread = thread
        self._options = options
        self._language = LanguageCode(options.language)
        self._segmenter = Segmenter(options.activation, options.deactivation, options.min_speech, options.end_silence)
        self._sample_rate = 0
        self._before: deque[Stretch] = deque()
        self._part: _Part | None = None
        self._looked_at = 0.0
        self._finals: deque[_Part] = deque()
        self._fresh: _Part | None = None
        self._wake = asyncio.Event()
        self._ended = False
        self._pushed = self._detected = 0.0
        self._flush_at: float | None = None

    async def _run(self) -> None:
        detection = self._detector.stream()
        try:
            await all_of(self._forward(detection), self._detect(detection), self._recognise())
        finally:
            await detection.aclose()

    # -- from audio to utterances

    async def _forward(self, detection: vad.VADStream) -> None:
        async for item in self._input_ch:
            if isinstance(item, rtc.AudioFrame):
                self._pushed += item.duration
                detection.push_frame(item)
            else:
                self._flush_at = self._pushed
                self._flush_when_detected()
        detection.end_input()

    async def _detect(self, detection: vad.VADStream) -> None:
        async for event in detection:
            if event.type is vad.VADEventType.INFERENCE_DONE:
                self._take(event)
        self._end_part()
        self._ended = True
        self._wake.set()

    def _take(self, event: vad.VADEvent) -> None:
        frame = utils.merge_frames(event.frames)
        self._sample_rate = frame.sample_rate
        stretch = Stretch(np.array(frame.data, np.int16), event.probability, self._detected, frame.duration)
        self._detected = stretch.end
        if self._part is None:
            self._before.append(stretch)
        else:
            self._part.utterance.add(stretch)
        edge = self._segmenter.feed(stretch.probability, stretch.duration)
        if edge is Edge.START:
            self._begin_part()
        elif edge is Edge.END:
            self._end_part()
        elif self._part is not None:
            self._look(self._part)
        self._forget_old()
        self._flush_when_detected()

    def _begin_part(self) -> None:
        self._part = _Part(Utterance(self._before, self._options.deactivation))
        self._before.clear()
        ago = self._detected - self._part.utterance.begin
        self._event_ch.send_nowait(SpeechEvent(SpeechEventType.START_OF_SPEECH, speech_start_time=time.time() - ago))
        self._ask_for(self._part)

    def _look(self, part: _Part) -> None:
        """Ask for a pass when it is time for one, and cut off what has become too long."""
        if part.utterance.length > LONGEST_S:
            first = _Part(part.utterance.split(SHORTEST_PART_S), last=False)
            self._finish(first)
            part.steadiness, part.settled = Steadiness(), None
        interval = EARLY_INTERVAL if part.utterance.speech < EARLY_S else self._options.interim_interval
        if self._segmenter.silence >= SETTLED_S:
            if part.settled is None or part.settled[0] != part.utterance.end:
                self._ask_for(part)
        elif self._detected - self._looked_at >= interval:
            self._ask_for(part)

    def _ask_for(self, part: _Part) -> None:
        self._looked_at = self._detected
        self._fresh = part
        self._wake.set()

    def _end_part(self) -> None:
        part, self._part = self._part, None
        self._segmenter.cut()
        if part is not None:
            self._finish(part)

    def _finish(self, part: _Part) -> None:
        self._finals.append(part)
        self._wake.set()

    def _forget_old(self) -> None:
        kept = self._options.prefix + self._options.min_speech
        while self._before and self._detected - self._before[0].end > kept:
            self._before.popleft()

    def _flush_when_detected(self) -> None:
        if self._flush_at is not None and self._detected >= self._flush_at - _FLUSH_SLACK_S:
            self._flush_at = None
            self._end_part()

    # -- from utterances to words

    async def _recognise(self) -> None:
        while self._finals or not self._ended:
            await self._wake.wait()
            self._wake.clear()
            while self._finals or self._fresh:
                if self._finals:
                    await self._give_final(self._finals.popleft())
                else:
                    part, self._fresh = self._fresh, None
                    if part is not None and part is self._part:
                        await self._give_interim(part)

    async def _give_interim(self, part: _Part) -> None:
        utterance = part.utterance
        end = utterance.end
        if self._segmenter.silence >= SETTLED_S:
            heard = await self._pass(self._recogniser.final, utterance)
            part.settled = (end, heard)
        else:
            heard = await self._pass(self._recogniser.interim, utterance)
        if heard is not None and part is self._part:
            sure = part.steadiness.weigh(heard.text, heard.confidence, firm=heard.firm, doubtful=heard.doubtful)
            weighed = heard._replace(confidence=sure)
            self._send(SpeechEventType.INTERIM_TRANSCRIPT, weighed, utterance)

    async def _give_final(self, part: _Part) -> None:
        utterance = part.utterance
        if part.settled is not None and part.settled[0] == utterance.end:
            heard = part.settled[1]
        else:
            heard = await self._pass(self._recogniser.final, utterance)
        if heard is not None:
            self._send(SpeechEventType.FINAL_TRANSCRIPT, heard, utterance)
        if part.last:
            ended = time.time() - max(0.0, self._detected - utterance.end)
            self._event_ch.send_nowait(SpeechEvent(SpeechEventType.END_OF_SPEECH, speech_end_time=ended))
        usage = stt.RecognitionUsage(audio_duration=utterance.length)
        self._event_ch.send_nowait(SpeechEvent(SpeechEventType.RECOGNITION_USAGE, recognition_usage=usage))

    async def _pass(
        self, recognise: Callable[[Samples, int, float], Heard | None], utterance: Utterance
    ) -> Heard | None:
        audio, rate, speech = utterance.audio(), self._sample_rate, utterance.speech
        return await asyncio.get_running_loop().run_in_executor(self._thread, recognise, audio, rate, speech)

    def _send(self, kind: SpeechEventType, heard: Heard, utterance: Utterance) -> None:
        data = SpeechData(
            language=self._language,
            text=heard.text,
            start_time=self.start_time_offset + utterance.begin,
            end_time=self.start_time_offset + utterance.end,
            confidence=heard.confidence,
            metadata=heard.impression.as_metadata() if heard.impression else None,
        )
        self._event_ch.send_nowait(SpeechEvent(kind, alternatives=[data]))

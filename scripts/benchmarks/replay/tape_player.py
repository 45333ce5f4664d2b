"""Play a tape to a session: a player on the loop's timers, and the audio input, recogniser and VAD that repeat it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, LanguageCode, stt, utils, vad
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer, aio
from livekit.agents.voice import io

from callagent.audio import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, SILENCE, Samples
from scripts.benchmarks.capture.tape import SttReport, Tape, VadReport

T = TypeVar("T")

UPDATE_S = 0.032
"""How often Silero reports, seconds."""


class TapePlayer:
    """What is added to the lists gets called with each report, or frame (20 ms, 8 kHz mono), in order of time.

    guarded: play what was recognised behind callagent's ear, where the tape has it.
    """

    def __init__(self, *, guarded: bool = False) -> None:
        self._guarded = guarded
        self.on_frame: list[Callable[[Samples], None]] = []
        self.on_activity: list[Callable[[VadReport], None]] = []
        self.on_words: list[Callable[[SttReport], None]] = []

    def play(self, tape: Tape, audio: Samples, first_sample: float) -> None:
        """Play a tape so that the utterance's first sample comes at loop time `first_sample`.

        `audio` is what the agent heard, from `tape.audio_begins` on.
        """
        loop = asyncio.get_running_loop()
        for index, frame in enumerate(_frames(audio)):
            loop.call_at(first_sample + tape.audio_begins + index * FRAME_S, _tell, self.on_frame, frame)
        for activity in tape.vad:
            loop.call_at(first_sample + activity.at, _tell, self.on_activity, activity)
        for words in tape.guarded if self._guarded and tape.guarded is not None else tape.stt:
            loop.call_at(first_sample + words.at, _tell, self.on_words, words)


def _tell(listeners: list[Callable[[T], None]], what: T) -> None:
    for listener in listeners:
        listener(what)


def _frames(audio: Samples) -> Samples:
    if not audio.size:
        return SILENCE[np.newaxis, :0]
    return np.pad(audio, (0, -audio.size % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)


class TapeInput(io.AudioInput):
    """The audio of the tape, frame by frame."""

    def __init__(self, player: TapePlayer) -> None:
        super().__init__(label="tape")
        self._frames = aio.Chan[rtc.AudioFrame]()
        player.on_frame.append(self._push)

    def _push(self, frame: Samples) -> None:
        if not self._frames.closed:
            self._frames.send_nowait(rtc.AudioFrame(frame.tobytes(), SAMPLE_RATE, 1, frame.size))

    def close(self) -> None:
        """End the stream."""
        self._frames.close()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.__anext__()


class TapeSTT(stt.STT[str]):
    """A recogniser that repeats what was recognised."""

    def __init__(self, player: TapePlayer, language: str) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.player = player
        self.language = LanguageCode(language)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Return a stream of the tape's transcripts, whatever audio it gets."""
        return _Words(self, conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError("a tape only streams")


class _Words(stt.RecognizeStream):
    def __init__(self, tape: TapeSTT, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=tape, conn_options=conn_options)
        self._reports = tape.player.on_words
        self._language = tape.language
        self._id = utils.shortuuid()

    async def _run(self) -> None:
        self._reports.append(self._report)
        try:
            async for _ in self._input_ch:
                pass
        finally:
            self._reports.remove(self._report)

    def _report(self, report: SttReport) -> None:
        if self._event_ch.closed:
            return
        type_ = stt.SpeechEventType(report.type)
        words = stt.SpeechData(
            language=self._language,
            text=report.text,
            confidence=report.confidence or 0.0,
            metadata=report.metadata,
        )
        heard = [words] if report.text or type_ is stt.SpeechEventType.FINAL_TRANSCRIPT else []
        self._event_ch.send_nowait(stt.SpeechEvent(type=type_, request_id=self._id, alternatives=heard))


class TapeVAD(vad.VAD):
    """A VAD that repeats what was detected."""

    def __init__(self, player: TapePlayer) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=UPDATE_S))
        self.player = player

    def stream(self) -> vad.VADStream:
        """Return a stream of the tape's activity, whatever audio it gets."""
        return _Activity(self)


class _Activity(vad.VADStream):
    def __init__(self, tape: TapeVAD) -> None:
        super().__init__(tape)
        self._reports = tape.player.on_activity

    async def _main_task(self) -> None:
        self._reports.append(self._report)
        try:
            async for _ in self._input_ch:
                pass
        finally:
            self._reports.remove(self._report)

    def _report(self, report: VadReport) -> None:
        if self._event_ch.closed:
            return
        self._event_ch.send_nowait(
            vad.VADEvent(
                type=vad.VADEventType(report.type),
                samples_index=0,
                timestamp=report.at,
                speech_duration=report.speech,
                silence_duration=report.silence,
                probability=report.probability,
                speaking=report.speaking,
                raw_accumulated_speech=report.raw_speech,
                raw_accumulated_silence=report.raw_silence,
            )
        )

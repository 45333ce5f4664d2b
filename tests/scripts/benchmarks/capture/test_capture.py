import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, LanguageCode, stt, vad
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.audio import SAMPLE_RATE
from callagent.providers import Providers, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from scripts.benchmarks.capture.capture import BEFORE_S, LINE_BEFORE_S, Heard, capture
from scripts.benchmarks.corpus.synthesis import Rendered
from tests.support.tapes import case_of
from tests.support.virtual import virtually

SAID = Rendered(np.full(SAMPLE_RATE // 2, 3000, np.int16), ((0.0, 0.5),), np.zeros(160, np.int16), 0.0)


@dataclass
class Counter:
    """What the streams have heard so far, in seconds of audio, loud or not."""

    seconds: float = 0.0
    loud_since: float | None = None
    loud: list[float] = field(default_factory=list)

    def feed(self, frame: rtc.AudioFrame) -> bool:
        samples = np.frombuffer(frame.data, np.int16)
        is_loud = bool(np.max(np.abs(samples.astype(np.int32))) > 1000)
        if is_loud:
            self.loud.append(self.seconds)
        self.seconds += frame.duration
        return is_loud


class CountingVAD(vad.VAD):
    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.02))

    def stream(self) -> vad.VADStream:
        return CountingActivity(self)


class CountingActivity(vad.VADStream):
    async def _main_task(self) -> None:
        heard = Counter()
        async for frame in self._input_ch:
            if not isinstance(frame, rtc.AudioFrame):
                continue
            is_loud = heard.feed(frame)
            if is_loud and len(heard.loud) == 1:
                self.report(vad.VADEventType.START_OF_SPEECH, speaking=True)
            if heard.loud and heard.seconds - heard.loud[-1] > 0.3:
                self.report(vad.VADEventType.END_OF_SPEECH, speaking=False)
                heard = Counter()

    def report(self, kind: vad.VADEventType, *, speaking: bool) -> None:
        self._event_ch.send_nowait(vad.VADEvent(kind, 0, 0.0, 0.5, 0.3, speaking=speaking))


class CountingSTT(stt.STT[str]):
    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.fails = fails

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        return CountingWords(stt=self, conn_options=APIConnectOptions(max_retry=0), fails=self.fails)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError


class CountingWords(stt.RecognizeStream):
    def __init__(self, *, stt: CountingSTT, conn_options: APIConnectOptions, fails: bool) -> None:
        super().__init__(stt=stt, conn_options=conn_options)
        self._fails = fails

    async def _run(self) -> None:
        heard = Counter()
        async for frame in self._input_ch:
            if not isinstance(frame, rtc.AudioFrame):
                continue
            if heard.feed(frame) and len(heard.loud) == 10:
                if self._fails:
                    raise RuntimeError("the model broke")
                self.report(stt.SpeechEventType.INTERIM_TRANSCRIPT, "Okay")
            if heard.loud and heard.seconds - heard.loud[-1] > 0.4:
                self.report(stt.SpeechEventType.FINAL_TRANSCRIPT, "Okay.")
                heard = Counter()

    def report(self, kind: stt.SpeechEventType, text: str) -> None:
        words = stt.SpeechData(language=LanguageCode("en"), text=text, confidence=0.7)
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=[words]))


def captured(recogniser: CountingSTT | None = None) -> Heard:
    async def run() -> Heard:
        llm = ScriptedLLM(Script())
        providers = Providers(stt=recogniser or CountingSTT(), tts=ScriptedTTS(), llm=llm, vad=CountingVAD())
        async with asyncio.timeout(60):
            return await capture(case_of("acknowledgement", "Okay."), SAID, providers)

    return virtually(run)


def test_reports_are_timed_from_the_first_sample_of_the_utterance() -> None:
    tape = captured().tape
    assert [(report.type, round(report.at, 2)) for report in tape.vad] == [
        ("start_of_speech", 0.0),
        ("end_of_speech", 0.76),
    ]
    assert [(report.text, round(report.at, 2)) for report in tape.stt] == [("Okay", 0.18), ("Okay.", 0.86)]
    assert tape.stt[0].confidence == 0.7


def test_loudness_is_what_the_gate_makes_of_the_same_audio() -> None:
    assert [(report.audible, round(report.at, 2)) for report in captured().tape.loudness] == [
        (True, 0.0),
        (False, 0.58),
    ]


def test_the_tape_ends_soon_after_the_final_transcript() -> None:
    heard = captured()
    assert len(heard.audio) / SAMPLE_RATE == pytest.approx(LINE_BEFORE_S + BEFORE_S + 0.96, abs=0.1)


def test_the_audio_begins_before_what_the_recogniser_heard() -> None:
    heard = captured()
    first_sound = np.flatnonzero(np.abs(heard.audio.astype(np.int32)) > 1000)[0] / SAMPLE_RATE
    assert heard.tape.audio_begins + first_sound == pytest.approx(0.0, abs=0.01)


def test_a_recogniser_that_fails_is_not_taken_for_one_that_hears_nothing() -> None:
    with pytest.raises(RuntimeError, match="the model broke"):
        captured(CountingSTT(fails=True))

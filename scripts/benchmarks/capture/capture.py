"""One utterance over the line into the real VAD and the real recogniser; what they report is taped."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc
from livekit.agents import stt, vad

from callagent.audio import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, SILENCE, Pacer, Samples, Trunk
from callagent.concurrency import cancel_and_wait, first_of
from callagent.providers import Providers
from callagent.turns.hearing.echo_gate import Ear
from scripts.benchmarks.capture.tape import LoudnessReport, SttReport, Tape, VadReport
from scripts.benchmarks.corpus.case import Case
from scripts.benchmarks.corpus.synthesis import Rendered

BEFORE_S = 0.5
"""Seconds of line before the utterance that VAD and recogniser hear."""

ECHO_BEFORE_S = 1.5
"""The same on a line with an echo, which may be taken for speech."""

LINE_BEFORE_S = 3.0
"""Seconds of line before that, which are only looked at for their level: a line's noise is nothing new in a call."""

END_S = 0.3
"""Seconds after the utterance that are heard in any case."""

SETTLE_S = 1.0
"""Seconds after an utterance that nobody has noticed in which they still may."""

FINAL_S = 1.5
"""Seconds after the end of speech in which a final transcript may come."""

LONGEST_S = 4.0
"""Seconds after the utterance at which the tape ends in any case."""

ECHO_TAIL_S = 0.5
"""Seconds after the utterance for which the agent is still heard in the echo; by then it should have stopped, or it
does not matter any more."""


@dataclass
class Heard:
    """A tape and the audio that the agent heard, 8 kHz mono from `tape.audio_begins` on."""

    tape: Tape
    audio: Samples


async def capture(case: Case, said: Rendered, providers: Providers) -> Heard:
    """Play an utterance to the providers' VAD and recogniser, 20 ms by 20 ms in the running loop's time.

    Raises what the recogniser or the VAD raises.
    """
    ears = await _hear(_Ears(case, said), providers)
    reports = ears.reports
    guarded = None
    if case.impairments.echo is not None:
        guarded = tuple((await _hear(_Ears(case, said, guarded=True), providers)).reports.stt)
    tape = Tape(
        case=case,
        begins=-ears.before,
        audio_begins=-ears.before - LINE_BEFORE_S,
        spans=said.spans,
        vad=tuple(reports.vad),
        stt=tuple(reports.stt),
        loudness=tuple(reports.loudness),
        lateness=ears.pacer.worst_lateness,
        guarded=guarded,
    )
    return Heard(tape, np.concatenate(ears.heard))


async def _hear(ears: "_Ears", providers: Providers) -> "_Ears":
    async with _listening(ears, providers) as tasks:
        await ears.play(tasks)
    return ears


@dataclass
class _Reports:
    vad: list[VadReport] = field(default_factory=list)
    stt: list[SttReport] = field(default_factory=list)
    loudness: list[LoudnessReport] = field(default_factory=list)


class _Ears:
    """Sends the utterance frame by frame through the trunk to both streams, until nothing more can come of it.

    guarded: the recogniser gets what callagent's ear lets through.
    """

    def __init__(self, case: Case, said: Rendered, *, guarded: bool = False) -> None:
        self.reports = _Reports()
        self.heard: list[Samples] = []
        self.to_vad: Callable[[rtc.AudioFrame], None] = _nowhere
        self.to_words: Callable[[rtc.AudioFrame], None] = _nowhere
        self._guarded = guarded
        self.pacer = Pacer(self._tick, period=FRAME_S)
        self._trunk = Trunk("pcmu", case.impairments)
        self._ear = Ear()
        self._agent_sounds = (
            said.agent_start,
            min(said.agent_start + said.agent.size / SAMPLE_RATE, said.spans[-1][1]),
        )
        self.before = BEFORE_S if case.impairments.echo is None else ECHO_BEFORE_S
        self._length = said.spans[-1][1]
        self._caller = _frames(said.samples, LINE_BEFORE_S + self.before)
        self._agent = _frames(
            said.agent,
            LINE_BEFORE_S + self.before + said.agent_start,
            LINE_BEFORE_S + self.before + self._length + ECHO_TAIL_S,
        )
        self._began = 0.0
        self._over = asyncio.Event()

    def now(self) -> float:
        """Return seconds from the utterance's first sample."""
        return asyncio.get_running_loop().time() - self._began - self.before

    async def play(self, listening: list[asyncio.Task[None]]) -> None:
        """Wait until it is over. Raise what ends a task that listens, which none does by itself."""
        for _ in range(round(LINE_BEFORE_S / FRAME_S)):
            self._ear.hear(self._carry(), FRAME_S)
        self._began = asyncio.get_running_loop().time()
        await first_of(*listening, self.pacer.run(), self._until_over())

    async def _until_over(self) -> None:
        await self._over.wait()

    def _tick(self) -> None:
        heard = self._carry()
        begins, ends = self._agent_sounds
        self._ear.agent_sounds = begins <= self.now() < ends + ECHO_TAIL_S
        caller, change = self._ear.hear(heard, FRAME_S)
        if change is not None:
            self.reports.loudness.append(LoudnessReport(self.now(), change))
        frame = rtc.AudioFrame(heard.tobytes(), SAMPLE_RATE, 1, heard.size)
        self.to_vad(frame)
        self.to_words(
            rtc.AudioFrame(SILENCE.tobytes(), SAMPLE_RATE, 1, SILENCE.size) if self._guarded and not caller else frame
        )
        if self._is_over():
            self._over.set()

    def _carry(self) -> Samples:
        """Return what the agent hears in the next 20 ms."""
        heard, _ = self._trunk.exchange(next(self._caller), next(self._agent))
        self.heard.append(heard)
        return heard

    def _is_over(self) -> bool:
        """Tell whether nothing more is to come: the VAD has had its time, and the last
        final transcript is there or overdue.
        """
        since = self.now() - self._length
        if since < END_S or since >= LONGEST_S:
            return since >= LONGEST_S
        turns = [report for report in self.reports.vad if report.type != "inference_done"]
        if not turns:
            return since >= (FINAL_S if self.reports.stt else SETTLE_S)
        if turns[-1].type == "start_of_speech":
            return False
        finals = [report.at for report in self.reports.stt if report.type == "final_transcript"]
        answered = bool(finals) and finals[-1] >= turns[-1].at - 0.3
        return self.now() - turns[-1].at >= (0.1 if answered else FINAL_S)


def _frames(samples: Samples, offset: float, until: float = float("inf")) -> "itertools.chain[Samples]":
    """Return 20 ms frames of `samples`, the first of which comes after `offset`
    seconds (or has come before, where negative).

    They fall silent after `until` seconds.
    """
    shift = round(offset * SAMPLE_RATE)
    placed = samples[-shift:] if shift < 0 else np.concatenate((np.zeros(shift, np.int16), samples))
    if until != float("inf"):
        placed = placed[: round(until * SAMPLE_RATE)]
    placed = np.pad(placed, (0, -placed.size % FRAME_SAMPLES))
    return itertools.chain(placed.reshape(-1, FRAME_SAMPLES), itertools.repeat(SILENCE))


@asynccontextmanager
async def _listening(ears: _Ears, providers: Providers) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Streams of VAD and recogniser that hear every frame and whose events are reported."""
    recogniser = _streaming(providers)
    activity, words = providers.vad.stream(), recogniser.stream()
    ears.to_vad, ears.to_words = activity.push_frame, words.push_frame
    # A session asks such a recogniser for its final transcript when the VAD reports the end of speech.
    end_of_speech = words.flush if recogniser.capabilities.manual_flush else _nothing
    tasks = [
        asyncio.create_task(_take_activity(ears, activity, end_of_speech), name="bench.vad"),
        asyncio.create_task(_take_words(ears, words), name="bench.stt"),
    ]
    try:
        yield tasks
    finally:
        try:
            await cancel_and_wait(*tasks)
        finally:
            await activity.aclose()
            await words.aclose()


def _streaming(providers: Providers) -> "stt.STT[object]":
    if providers.stt.capabilities.streaming:
        return providers.stt
    return stt.StreamAdapter(stt=providers.stt, vad=providers.vad)


def _nothing() -> None: ...


def _nowhere(_: rtc.AudioFrame) -> None: ...


async def _take_activity(ears: _Ears, activity: vad.VADStream, end_of_speech: Callable[[], None]) -> None:
    async for event in activity:
        if event.type is vad.VADEventType.END_OF_SPEECH:
            end_of_speech()
        ears.reports.vad.append(
            VadReport(
                at=ears.now(),
                type=event.type.value,
                probability=event.probability,
                speaking=event.speaking,
                speech=event.speech_duration,
                silence=event.silence_duration,
                raw_speech=event.raw_accumulated_speech,
                raw_silence=event.raw_accumulated_silence,
            )
        )


async def _take_words(ears: _Ears, words: stt.RecognizeStream) -> None:
    async for event in words:
        if event.type is stt.SpeechEventType.RECOGNITION_USAGE:
            continue
        best = event.alternatives[0] if event.alternatives else None
        ears.reports.stt.append(
            SttReport(
                at=ears.now(),
                type=event.type.value,
                text=best.text if best else "",
                confidence=(best.confidence or None) if best else None,
                metadata=dict(best.metadata) if best and best.metadata else None,
            )
        )

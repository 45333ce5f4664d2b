"""The caller's end of the line."""

import asyncio
from collections import deque

import numpy as np

from callagent.audio.g711 import FRAME_SAMPLES, SAMPLE_RATE, SILENCE, Samples
from callagent.audio.timeline import Timeline


class LineClosedError(ConnectionError):
    """The call is over, so that nothing more can be said on the line."""


class Utterance:
    """Something the caller says, or another sound from the caller's end.

    `started` and `ended` resolve to the call times of its first and last sample on the line. An utterance that the end
    of the call (or `cancel`) cuts off ends there; one that was never begun fails with `LineClosedError`.
    """

    def __init__(self, pcm: Samples, text: str, loop: asyncio.AbstractEventLoop) -> None:
        self.text = text
        self.started: asyncio.Future[float] = loop.create_future()
        self.ended: asyncio.Future[float] = loop.create_future()
        self.interrupted = False
        self._pcm = pcm
        self._said = 0
        self._cancelled = False

    @property
    def duration(self) -> float:
        """Seconds that it takes to say it all."""
        return self._pcm.size / SAMPLE_RATE

    def cancel(self) -> None:
        """Fall silent at the next tick, or never begin."""
        self._cancelled = True

    @property
    def _over(self) -> bool:
        return self._cancelled or self._said >= self._pcm.size


class CallerVoice:
    """Says utterances one after the other, frame by frame, and keeps the caller's spans of the timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._queue: deque[Utterance] = deque()
        self._closed = False

    def speak(self, pcm: Samples, text: str = "") -> Utterance:
        """Queue 8 kHz mono samples. Raise `ValueError` for anything else, `LineClosedError` after `close`."""
        if self._closed:
            raise LineClosedError("the call is over")
        if pcm.dtype != np.int16 or pcm.ndim != 1 or pcm.size == 0:
            raise ValueError(f"not a mono int16 sound with at least one sample: {pcm.dtype} of shape {pcm.shape}")
        utterance = Utterance(pcm, text, asyncio.get_running_loop())
        self._queue.append(utterance)
        return utterance

    def next_frame(self, at: float) -> Samples:
        """Return the 160 samples that are sent at call time `at`; silence when there is nothing to say."""
        while self._queue and self._queue[0]._over:
            self._finish(self._queue.popleft(), at)
        if not self._queue:
            return SILENCE
        utterance = self._queue[0]
        if not utterance._said:
            self._timeline.begin_caller(at, utterance.text)
            _resolve(utterance.started, at)
        frame = utterance._pcm[utterance._said : utterance._said + FRAME_SAMPLES]
        utterance._said += FRAME_SAMPLES
        return frame if frame.size == FRAME_SAMPLES else np.pad(frame, (0, FRAME_SAMPLES - frame.size))

    def close(self, at: float) -> None:
        """Fall silent for good: cuts off what is being said and drops the rest."""
        self._closed = True
        for utterance in self._queue:
            utterance.cancel()
        while self._queue:
            self._finish(self._queue.popleft(), at)

    def _finish(self, utterance: Utterance, at: float) -> None:
        if not utterance._said:
            for future in (utterance.started, utterance.ended):
                _fail(future)
            return
        unsaid = max(0, utterance._said - utterance._pcm.size)
        utterance.interrupted = utterance._said < utterance._pcm.size
        end = at - unsaid / SAMPLE_RATE
        self._timeline.end_caller(end, interrupted=utterance.interrupted)
        _resolve(utterance.ended, end)


def _resolve(future: asyncio.Future[float], at: float) -> None:
    if not future.done():
        future.set_result(at)


def _fail(future: asyncio.Future[float]) -> None:
    if not future.done():
        future.set_exception(LineClosedError("it was never begun"))
        future.exception()  # nobody need wait for it

"""Plays a tape on the running loop's timers: frames, VAD and recogniser at the times at which they came."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from callagent.bench.tape import SttReport, Tape, VadReport
from callagent.line import FRAME_S, FRAME_SAMPLES, SILENCE, Samples

T = TypeVar("T")


class TapePlayer:
    """What is added to the lists gets called with each report, or frame (20 ms, 8 kHz mono), in order of time.

    audio: what the agent heard, from `tape.audio_begins` on.
    """

    def __init__(self, tape: Tape, audio: Samples) -> None:
        self.on_frame: list[Callable[[Samples], None]] = []
        self.on_activity: list[Callable[[VadReport], None]] = []
        self.on_words: list[Callable[[SttReport], None]] = []
        self._tape = tape
        self._audio = audio

    @property
    def lead(self) -> float:
        """Seconds of audio that come before what VAD and recogniser heard."""
        return self._tape.begins - self._tape.audio_begins

    def play(self, first_sample: float) -> None:
        """Begin, so that the utterance's first sample comes at loop time `first_sample`."""
        loop = asyncio.get_running_loop()
        for index, frame in enumerate(_frames(self._audio)):
            loop.call_at(first_sample + self._tape.audio_begins + index * FRAME_S, _tell, self.on_frame, frame)
        for activity in self._tape.vad:
            loop.call_at(first_sample + activity.at, _tell, self.on_activity, activity)
        for words in self._tape.stt:
            loop.call_at(first_sample + words.at, _tell, self.on_words, words)


def _tell(listeners: list[Callable[[T], None]], what: T) -> None:
    for listener in listeners:
        listener(what)


def _frames(audio: Samples) -> Samples:
    if not audio.size:
        return SILENCE[np.newaxis, :0]
    return np.pad(audio, (0, -audio.size % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)

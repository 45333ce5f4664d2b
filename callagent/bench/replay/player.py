"""Plays tapes on the running loop's timers: frames, VAD and recogniser at the times at which they came."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from callagent.bench.tape import SttReport, Tape, VadReport
from callagent.line import FRAME_S, FRAME_SAMPLES, SILENCE, Samples

T = TypeVar("T")


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

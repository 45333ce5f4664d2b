"""Tapes written by hand: what a VAD and a recogniser would report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples
from scripts.benchmarks.capture.tape import SttReport, Tape, VadReport
from scripts.benchmarks.corpus import utterances
from scripts.benchmarks.corpus.case import Case, Meaning, Part, Situation

BEGINS = -1.0


@dataclass(frozen=True)
class Said:
    """Said from `start` to `end`; the words are known `words_after` seconds after its first sample."""

    text: str
    start: float
    end: float
    words_after: float = 0.3


def case_of(
    meaning: Meaning,
    *texts: str,
    situation: Situation = "speaking",
    at: float = 2.0,
    agent: str = utterances.SPEECHES[0],
    goes_on: str = "",
    line: str = "clean",
    index: int = 1,
) -> Case:
    parts = tuple(Part(text, 0.1 * bool(number)) for number, text in enumerate(texts))
    return Case(index, meaning, parts, "piper joe", line, situation, agent, at, goes_on)


def tape_of(case: Case, *said: Said, confidence: float = 0.8, end_silence: float = 0.35) -> Tape:
    """One stretch of speech for the VAD; the transcript grows with each thing that is said, the last one is final."""
    start, end = said[0].start, said[-1].end
    words = [
        SttReport(each.start + each.words_after, "interim_transcript", _up_to(said, number), confidence)
        for number, each in enumerate(said)
    ]
    words.append(SttReport(end + 0.5, "final_transcript", _up_to(said, len(said) - 1), confidence))
    return Tape(
        case=case,
        begins=BEGINS,
        audio_begins=BEGINS,
        spans=tuple((each.start, each.end) for each in said),
        vad=tuple(_activity(start, end, end_silence)),
        stt=tuple(words),
    )


def audio_of(tape: Tape) -> Samples:
    """Loud where something is said."""
    audio = np.zeros(round((tape.ends + 2.0 - BEGINS) * SAMPLE_RATE), np.int16)
    for start, end in tape.spans:
        audio[round((start - BEGINS) * SAMPLE_RATE) : round((end - BEGINS) * SAMPLE_RATE)] = 3000
    return audio


def _up_to(said: Sequence[Said], number: int) -> str:
    return " ".join(each.text for each in said[: number + 1])


def _activity(start: float, end: float, end_silence: float) -> Iterator[VadReport]:
    yield VadReport(start + 0.1, "start_of_speech", 0.9, True, 0.1, 0.0, 0.1, 0.0)
    at = start + 0.13
    while at < end + end_silence:
        silence = max(0.0, at - end)
        loud = at < end
        yield VadReport(at, "inference_done", 0.9 * loud, True, at - start, 0.0, (at - start) * loud, silence)
        at += 0.032
    silence = end_silence
    yield VadReport(end + silence, "end_of_speech", 0.1, False, end - start, silence, 0.0, silence)

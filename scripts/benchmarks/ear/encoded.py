"""From samples to what the recogniser's encoder makes of them, at moments of the speech: the ear's input."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr

from callagent.audio import FRAME_SAMPLES, SAMPLE_RATE, SILENCE, Impairments, Samples, Trunk
from callagent.providers.local.ear.ear_model import FRAMES_BEHIND, FRAMES_PER_SECOND
from callagent.providers.local.whisper.passes import INTERIM_WINDOWS_S, resampled
from callagent.providers.local.whisper.weights import Whisper
from scripts.benchmarks.corpus.case import SOUNDS as NOISES
from scripts.benchmarks.corpus.coughs import make_sound
from scripts.benchmarks.corpus.synthesis import TIC_LEVEL, at_level
from scripts.benchmarks.corpus.voices import say
from scripts.benchmarks.ear.phrasebook import SOUNDS
from scripts.benchmarks.ear.sayings import Sample

LONGEST_S: Final = 2.6
"""Seconds of speech that are looked at, at most."""

_CLEAR_S: Final = 0.25
"""Seconds of the second part of a saying by which it can be told from the first."""


@dataclass(frozen=True)
class Moment:
    """What is known at one moment: `frames` of the encoder, [time, values], and what was said so far.

    `ended`: the caller has said everything.
    """

    frames: npt.NDArray[np.float16]
    sound: int
    speech: float
    ended: bool


def moments(sample: Sample, whisper: Whisper) -> Iterator[Moment]:
    """Speak the sample, send it over a line and look at it at three moments. Blocks. Raise `OSError` like `say`."""
    chance = np.random.default_rng(sample.seed)
    signal, spans = _spoken(sample, chance)
    before = round(chance.uniform(0.12, 0.42) * SAMPLE_RATE)
    audio = _over_line(np.pad(signal, (before, SAMPLE_RATE // 2)), chance)
    length = signal.size / SAMPLE_RATE
    ends = [min(length, LONGEST_S) + (chance.uniform(0.09, 0.3) if length < LONGEST_S else 0.0)]
    if length > 0.35:
        ends += [chance.uniform(0.25, min(length, 1.3)) for _ in range(2)]
    for end in ends:
        sound = _sound_at(sample, spans, end)
        if sound is None:
            continue
        heard = audio[: before + round(end * SAMPLE_RATE)]
        encoded: Any = whisper.encode(resampled(heard, SAMPLE_RATE), windows=INTERIM_WINDOWS_S)
        count = round(heard.size / SAMPLE_RATE * FRAMES_PER_SECOND) + FRAMES_BEHIND
        frames = np.array(encoded, dtype=np.float32)[0, :count].astype(np.float16)
        yield Moment(frames, sound, min(end, length), end >= length)


def _spoken(sample: Sample, chance: np.random.Generator) -> tuple[Samples, list[tuple[float, float]]]:
    level, speed = chance.uniform(-28, -17), chance.uniform(0.9, 1.1)
    pieces: list[Samples] = []
    spans: list[tuple[float, float]] = []
    size = 0
    for index, (text, _) in enumerate(sample.saying.parts):
        if index:
            pause = np.zeros(round(chance.uniform(0.0, 0.25) * SAMPLE_RATE), np.int16)
            pieces.append(pause)
            size += pause.size
        if text in NOISES:
            made = make_sound(text, sample.seed + index) * 16384.0
            said = at_level(made, level + TIC_LEVEL.get(text, 0.0))
        else:
            spoken = say(sample.voice, text, pace=sample.pace).astype(np.float64)
            said = at_level(soxr.resample(spoken, SAMPLE_RATE * speed, SAMPLE_RATE), level)
        spans.append((size / SAMPLE_RATE, (size + said.size) / SAMPLE_RATE))
        pieces.append(said)
        size += said.size
    return np.concatenate(pieces), spans


def _over_line(signal: Samples, chance: np.random.Generator) -> Samples:
    noise = (None, None, None, -60.0, -45.0, -38.0)[chance.integers(6)]
    loss = float(chance.choice([0.0, 0.0, 0.0, 0.01, 0.03, 0.05]))
    codec = chance.choice(["pcmu", "pcmu", "pcma"])
    trunk = Trunk(codec, Impairments(loss=loss, noise=noise, seed=int(chance.integers(1, 2**31))))
    padded = np.pad(signal, (0, -signal.size % FRAME_SAMPLES))
    return np.concatenate([trunk.exchange(frame, SILENCE)[0] for frame in padded.reshape(-1, FRAME_SAMPLES)])


def _sound_at(sample: Sample, spans: list[tuple[float, float]], end: float) -> int | None:
    """Return what was said by `end`, as an index into `SOUNDS`; None in the moment when the second part begins."""
    kinds = [sound for (_, sound), (start, _) in zip(sample.saying.parts, spans, strict=True) if start < end]
    start = spans[len(kinds) - 1][0]
    if len(kinds) > 1 and kinds[-1] != kinds[-2] and start < end < start + _CLEAR_S:
        return None
    return SOUNDS.index(kinds[-1])

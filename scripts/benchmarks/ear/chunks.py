"""Moments of speech on disk, in chunks: making them takes most of the time, and a run that was stopped goes on."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from callagent.profile import DEFAULT_PROFILE, load_profile
from callagent.providers.local.whisper.weights import Whisper, load_whisper
from scripts.benchmarks.corpus import voices
from scripts.benchmarks.ear.encoded import Moment, moments
from scripts.benchmarks.ear.sayings import Sample, samples

PER_CHUNK: Final = 250
"""Sayings of one chunk."""

logger = logging.getLogger(__name__)


def make_chunks(directory: Path, *, sayings: int, seed: int, processes: int = 2) -> None:
    """Make what is not there yet of so many sayings. Blocks for about a second for each."""
    directory.mkdir(parents=True, exist_ok=True)
    numbers = [number for number in range(-(-sayings // PER_CHUNK)) if not _path(directory, number).exists()]
    speaking = voices.available(voices.TUNE["en"])
    with ProcessPoolExecutor(max_workers=processes) as pool:
        for number in pool.map(_make, *zip(*[(directory, number, seed, speaking) for number in numbers], strict=True)):
            logger.info("chunk %d of %d", number + 1, numbers[-1] + 1)


def _path(directory: Path, number: int) -> Path:
    return directory / f"{number:04d}.npz"


def _make(directory: Path, number: int, seed: int, speaking: list[str]) -> int:
    whisper = load_whisper(1)
    spoken = samples(seed * 10_000 + number, load_profile(DEFAULT_PROFILE), speaking)
    found = [(sample, moment) for sample in islice(spoken, PER_CHUNK) for moment in _moments(sample, whisper)]
    made = [moment for _, moment in found]
    partial = directory / f"{number:04d}.partial"
    with partial.open("wb") as file:
        np.savez(
            file,
            frames=np.concatenate([moment.frames for moment in made]),
            length=np.array([len(moment.frames) for moment in made], np.int32),
            sound=np.array([moment.sound for moment in made], np.int32),
            speech=np.array([moment.speech for moment in made], np.float32),
            ended=np.array([moment.ended for moment in made]),
            kept=np.array([sample.kept for sample, _ in found], np.int32),
        )
    os.replace(partial, _path(directory, number))
    return number


def _moments(sample: Sample, whisper: Whisper) -> Iterator[Moment]:
    try:
        yield from moments(sample, whisper)
    except OSError as error:
        logger.warning("%s cannot say %r: %s", sample.voice, sample.saying.text, error)

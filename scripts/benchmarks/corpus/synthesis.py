"""From a case to the samples that go onto the line."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from callagent.audio import SAMPLE_RATE, SILENCE, Samples
from scripts.benchmarks.corpus.case import SOUNDS, Case
from scripts.benchmarks.corpus.coughs import make_sound
from scripts.benchmarks.corpus.voices import AGENTS, say

FULL_SCALE = 32768.0
ACTIVE_DB = 25.0
"""Samples further than this below the loudest 20 ms do not count for the level: pauses and tails (as in ITU-T P.56)."""

AGENT_LEVEL_DBFS = -20.0
"""RMS level of the agent's speech, dBFS."""

TIC_LEVEL = {"breath": -16.0, "throat": -6.0}
"""How much softer than speech a sound is, dB; coughs and sneezes are as loud."""


@dataclass(frozen=True)
class Rendered:
    """An utterance at 8 kHz mono, and where each of its parts lies, in seconds.

    agent: the agent's voice, where it comes back as an echo; it begins `agent_start` seconds after the utterance's
    first sample, mostly less than 0.
    """

    samples: Samples
    spans: tuple[tuple[float, float], ...]
    agent: Samples
    agent_start: float


def render(case: Case) -> Rendered:
    """Synthesise what the caller says. Blocks. Raise `OSError` where a synthesiser fails."""
    pieces: list[Samples] = []
    spans: list[tuple[float, float]] = []
    size = 0
    for index, part in enumerate(case.parts):
        pause = np.zeros(round(part.pause * SAMPLE_RATE), np.int16)
        if part.text in SOUNDS:
            level = case.level + TIC_LEVEL.get(part.text, 0.0)
            said = at_level(make_sound(part.text, case.seed + index) * 0.5 * FULL_SCALE, level)
        else:
            said = at_level(_said(case, part.text), case.level)
        pieces += [pause, said]
        start = size + pause.size
        size = start + said.size
        spans.append((start / SAMPLE_RATE, size / SAMPLE_RATE))
    agent, agent_start = (SILENCE, 0.0) if case.impairments.echo is None else _agent(case)
    return Rendered(np.concatenate(pieces), tuple(spans), agent, agent_start)


def _said(case: Case, text: str) -> npt.NDArray[np.float64]:
    return say(case.voice, text, pace=case.pace, locale=case.locale).astype(np.float64)


def _agent(case: Case) -> tuple[Samples, float]:
    """Return what the agent says, and when it began."""
    asked = agent_says(case.agent, case.locale)
    start = -case.at if case.situation == "speaking" else -case.at - asked.size / SAMPLE_RATE
    if not case.agent_goes_on:
        return asked, start
    return np.concatenate((asked, agent_says(case.agent_goes_on, case.locale))), start


@lru_cache(maxsize=16)
def agent_says(text: str, locale: str) -> Samples:
    """Return what the agent says in this language, at its level on the line."""
    return at_level(say(AGENTS[locale], text, locale=locale).astype(np.float64), AGENT_LEVEL_DBFS)


def at_level(signal: npt.NDArray[np.float64], dbfs: float) -> Samples:
    """Return the signal with its active level at `dbfs`; peaks that do not fit are clipped, as a telephone does."""
    size = SAMPLE_RATE // 50
    whole = signal[: max(size, signal.size // size * size)]
    powers = np.mean(np.pad(whole, (0, -whole.size % size)).reshape(-1, size) ** 2, axis=1)
    active = powers[powers > np.max(powers) * 10 ** (-ACTIVE_DB / 10)]
    now = 10 * math.log10(float(np.mean(active)) / FULL_SCALE**2)
    return np.clip(np.rint(signal * 10 ** ((dbfs - now) / 20)), -32768, 32767).astype(np.int16)

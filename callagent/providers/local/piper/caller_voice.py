"""The caller's voice of a simulated call: a phrase as 8 kHz samples."""

import re
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

SAMPLE_RATE: Final = 8000
"""Samples per second of a phone line."""

LEVEL_DBFS: Final = -20.0
"""Level of the speech in dBFS (RMS while it sounds): a caller who holds the telephone well."""

_SOUNDING: Final = 0.01
"""Part of the loudest 10 ms below which it is silence (-40 dB)."""

_SOUNDS: Final = {
    "mm-hmm": ("m̩hˈm̩", 1.2),  # noqa: RUF001 (IPA)
    "mhm": ("m̩hˈm̩", 1.2),  # noqa: RUF001 (IPA)
    "hmm": ("hˈʌm", 1.4),  # noqa: RUF001 (IPA)
    "uh-huh": ("ˈʌhˈʌ", 1.4),  # noqa: RUF001 (IPA)
}
"""Sounds that espeak spells out letter by letter or swallows: their phonemes, and the pace when nothing else is said
(they are drawn out; the voice, trained on read sentences, hurries over them)."""

_WORD = re.compile(r"[\w'-]+")


def speech(text: str) -> npt.NDArray[np.int16]:
    """Speak `text`: mono int16 samples at 8 kHz, no silence before or after, the same samples every time.

    Blocks for about a tenth of the speech's length, and a second more when the voice is not loaded yet. The result is
    cached per text and read-only. Raises ModuleNotFoundError when the extra `local` is not installed.
    """
    return _spoken(text)


@lru_cache(maxsize=512)
def _spoken(text: str) -> npt.NDArray[np.int16]:
    # The voice is an extra; this module is part of the room's face, which has to be importable without.
    from callagent.providers.local.piper.synthesis import load_voice

    voice = load_voice()
    sounds = [_SOUNDS.get(word.casefold()) for word in _WORD.findall(text)]
    pace = max((sound[1] for sound in sounds if sound), default=1.0) if all(sounds) else 1.0
    samples = voice.say(_WORD.sub(_pronounced, text), pace=pace, lively=False)
    samples = _trimmed(soxr.resample(samples, voice.sample_rate, SAMPLE_RATE))
    levelled = np.clip(samples * _gain(samples), -1.0, 1.0)
    pcm: npt.NDArray[np.int16] = (levelled * 32767).astype(np.int16)
    pcm.flags.writeable = False
    return pcm


def _pronounced(word: re.Match[str]) -> str:
    sound = _SOUNDS.get(word[0].casefold())
    return f"[[{sound[0]}]]" if sound else word[0]


def _loudness(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    step = SAMPLE_RATE // 100
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    loudness: npt.NDArray[np.float32] = np.sqrt(np.mean(frames**2, axis=1))
    return loudness


def _trimmed(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    loudness = _loudness(samples)
    sounding = np.flatnonzero(loudness > _SOUNDING * loudness.max(initial=0.0))
    if not sounding.size:
        return samples[:0]
    step = SAMPLE_RATE // 100
    return samples[int(sounding[0]) * step : (int(sounding[-1]) + 1) * step]


def _gain(samples: npt.NDArray[np.float32]) -> float:
    loudness = _loudness(samples)
    sounding = loudness[loudness > _SOUNDING * 10 * loudness.max(initial=0.0)]
    if not sounding.size:
        return 1.0
    return float(10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(sounding**2)))

